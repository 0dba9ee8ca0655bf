import { describe, expect, it } from "vitest";
import { memoryWatch } from "../memoryWatch.fixture.ts";
import { listening, testServer } from "../testServer.fixture.ts";

describe("the ledger", () => {
  it("is served file by file, for others to verify", async () => {
    const checkpoint = Buffer.from("anchorwatch\n1\nAAAA\n");
    const { url } = await listening(
      memoryWatch({ ledger: { checkpoint, "tile/0/000.p/1": Buffer.from("x") } }),
    );
    const answer = await fetch(`${url}/ledger/checkpoint`);
    expect([answer.status, await answer.text()]).toEqual([200, checkpoint.toString()]);
    expect(answer.headers.get("cache-control")).toBe("no-cache");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect((await fetch(`${url}/ledger/tile/0/000.p/1`)).headers.get("cache-control")).toContain("immutable");
    expect((await fetch(`${url}/ledger/checkpoint`, { method: "HEAD" })).status).toBe(200);
  });

  it("has nothing but what a log has", async () => {
    const { url } = await listening(memoryWatch({ ledger: { secret: Buffer.from("s") } }));
    for (const path of ["secret", "..%2fsecret", "tile/0/000", "", "checkpoint/"]) {
      expect((await fetch(`${url}/ledger/${path}`)).status).toBe(404);
    }
  });

  it("may not be there", async () => {
    const { api } = await testServer();
    const answer = await api.inject({ url: "/ledger/checkpoint", headers: { host: "localhost" } });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: "ledger_not_configured" });
  });
});

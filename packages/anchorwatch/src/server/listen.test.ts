import { createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { listen } from "./listen.ts";
import { testServer } from "./testServer.fixture.ts";

describe("listening", () => {
  it.each(["0.0.0.0", "::", "192.168.1.4", "example.com", "127.0.0.2", "", "localhost.", "__proto__"])(
    "is refused on %j",
    async (host) => {
      const { api } = await testServer();
      await expect(listen(api, { host, port: 0 })).rejects.toMatchObject({ code: "server_address_refused" });
      expect(api.server.listening).toBe(false);
    },
  );

  it.each(["127.0.0.1", "localhost", undefined])("on %s is on loopback, and nowhere else", async (host) => {
    const { api } = await testServer();
    const url = await listen(api, { ...(host === undefined ? {} : { host }), port: 0 });
    expect(url).toMatch(/^http:\/\/localhost:[0-9]+$/);
    expect(api.addresses()).toMatchObject([{ address: "127.0.0.1" }]);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it("tells that a port is taken, and what to do", async () => {
    const other = createServer();
    onTestFinished(() => void other.close());
    const port = await new Promise<number>((resolve) => {
      other.listen(0, "127.0.0.1", () => resolve((other.address() as { port: number }).port));
    });
    const { api } = await testServer();
    await expect(listen(api, { port })).rejects.toMatchObject({
      code: "server_address_taken",
      message: expect.stringContaining(String(port)),
      hint: expect.stringContaining("--port"),
    });
  });
});

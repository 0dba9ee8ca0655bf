import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { AnchorwatchError } from "../domain/errors.ts";
import { createLogger } from "./log.ts";
import { memoryWatch } from "./memoryWatch.fixture.ts";
import { testServer } from "./testServer.fixture.ts";

function logged(write: (logger: ReturnType<typeof createLogger>) => void): Record<string, unknown> {
  let text = "";
  const destination = new Writable({
    write: (chunk, _encoding, done) => {
      text += String(chunk);
      done();
    },
  });
  write(createLogger({ level: "info", destination }));
  return JSON.parse(text);
}

describe("the log", () => {
  it("has one line for each answer: its route, never its headers, query or body", async () => {
    const { api, log } = await testServer();
    await api.inject({
      method: "POST",
      url: "/api/v1/events/trail?canary-query=1",
      headers: { host: "localhost", authorization: "Bearer canary-header", cookie: "canary-cookie=1" },
      payload: "canary-body",
    });
    const lines = log().trim().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      {
        level: "info",
        method: "POST",
        route: "/api/v1/events/:source",
        status: 200,
        reqId: expect.any(String),
      },
    ]);
    expect(log()).not.toContain("canary");
  });

  it("says why an answer was a refusal", async () => {
    const error = new AnchorwatchError("event_signature_invalid", "no good");
    const { api, log } = await testServer(memoryWatch({ receipt: { kind: "unauthentic", error } }));
    await api.inject({ method: "POST", url: "/api/v1/events/trail", headers: { host: "localhost" } });
    expect(JSON.parse(log())).toMatchObject({ status: 401, code: "event_signature_invalid" });
  });

  it("has none of what libraries hang on their errors", () => {
    const cause = Object.assign(new Error("refused"), { config: { headers: { authorization: "canary" } } });
    const error = new AnchorwatchError("database_canary" as never, "it failed", { cause });
    const line = logged((logger) => logger.error({ err: error }, "failed"));
    expect(line).toMatchObject({ err: { message: "it failed", cause: { message: "refused" } } });
    expect(JSON.stringify(line).replace("database_canary", "")).not.toContain("canary");
  });

  it("blackens members that are named like secrets", () => {
    const line = logged((logger) =>
      logger.info({ token: "canary", source: { secret: "canary", name: "a" } }, "x"),
    );
    expect(line).toMatchObject({ token: "…", source: { secret: "…", name: "a" } });
  });

  it("ends with errors that are their own cause", () => {
    const error: Error & { cause?: unknown } = new Error("circle");
    error.cause = error;
    expect(logged((logger) => logger.error({ err: error }, "x"))).toMatchObject({
      err: { message: "circle" },
    });
  });
});

import { describe, expect, it } from "vitest";
import { AnchorwatchError } from "../../domain/errors.ts";
import { memoryWatch } from "../memoryWatch.fixture.ts";
import { testServer } from "../testServer.fixture.ts";

const post = { method: "POST", url: "/api/v1/events/trail" } as const;
const headers = { host: "localhost", "webhook-id": "msg_1" };

describe("what is posted for an event source", () => {
  it.each([
    ["application/json", '{ "a": 1.0, "a": 2 }\n'],
    ["application/json", "not JSON"],
    ["text/plain", "x"],
    ["application/octet-stream", "\u0000\u00ff"],
    [undefined, "x"],
  ])("comes to its source byte for byte, as %s", async (type, payload) => {
    const { api, watch } = await testServer();
    const answer = await api.inject({
      ...post,
      headers: { ...headers, ...(type === undefined ? {} : { "content-type": type }) },
      payload: Buffer.from(payload, "latin1"),
    });
    expect(answer.statusCode).toBe(200);
    const [received] = watch.received;
    expect(received).toMatchObject({ source: "trail", headers: { "webhook-id": "msg_1" } });
    expect(Buffer.from(received?.body ?? []).toString("latin1")).toBe(payload);
  });

  it("is answered by what became of it", async () => {
    const receipt = { kind: "accepted", records: 5, changes: 2, malformed: 1 } as const;
    const { api } = await testServer(memoryWatch({ receipt }));
    const answer = await api.inject({ ...post, headers, payload: "x" });
    expect(answer.json()).toEqual({ schema: "anchorwatch.receipt/v1", records: 5, changes: 2, malformed: 1 });
  });

  it("is for nobody where there is no such source", async () => {
    const { api } = await testServer(memoryWatch({ receipt: { kind: "unknown_source" } }));
    const answer = await api.inject({ ...post, headers, payload: "x" });
    expect(answer.json()).toMatchObject({ status: 404, code: "request_not_found" });
  });

  it("is refused when a delivery of that id is stored already", async () => {
    const { api } = await testServer(memoryWatch({ receipt: { kind: "repeated" } }));
    const answer = await api.inject({ ...post, headers, payload: "x" });
    expect(answer.json()).toMatchObject({ status: 409, code: "event_replayed" });
  });

  it.each(["unauthentic", "unreadable"] as const)(
    "is refused in the words of who found it %s",
    async (kind) => {
      const code = kind === "unauthentic" ? "event_signature_invalid" : "event_invalid";
      const error = new AnchorwatchError(code, "no good", { hint: "Do better." });
      const { api } = await testServer(memoryWatch({ receipt: { kind, error } }));
      const answer = await api.inject({ ...post, headers, payload: "x" });
      expect(answer.json()).toMatchObject({
        status: kind === "unauthentic" ? 401 : 400,
        code,
        hint: "Do better.",
      });
    },
  );

  it.each([
    ["event_signature_invalid", 401],
    ["event_signature_late", 401],
    ["event_replayed", 409],
    ["event_invalid", 400],
    ["database_unreachable", 503],
  ] as const)("is refused with %s as %d, in the words of who refused it", async (code, status) => {
    const error = new AnchorwatchError(code, "no good", { hint: "Do better." });
    const { api } = await testServer(memoryWatch({}, { receive: () => Promise.reject(error) }));
    const answer = await api.inject({ ...post, headers, payload: "x" });
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ status, code, detail: "no good", hint: "Do better." });
  });

  it("may be empty", async () => {
    const { api, watch } = await testServer();
    await api.inject({ ...post, headers });
    expect(watch.received).toMatchObject([{ body: new Uint8Array() }]);
  });

  it("is refused before it is read when it is too large", async () => {
    const { api, watch } = await testServer(undefined, { eventBody: 1000 });
    const send = (size: number) => api.inject({ ...post, headers, payload: "x".repeat(size) });
    expect((await send(1000)).statusCode).toBe(200);
    const refused = await send(1001);
    expect(refused.statusCode).toBe(413);
    expect(refused.json()).toMatchObject({ code: "request_too_large" });
    expect(watch.received).toHaveLength(1);
  });

  it("does not make other routes take what is no JSON", async () => {
    const { api } = await testServer();
    const send = (type: string, payload: string) =>
      api.inject({
        method: "POST",
        url: "/api/v1/stacks",
        headers: { host: "localhost", "content-type": type },
        payload,
      });
    expect((await send("text/plain", "{}")).json()).toMatchObject({
      status: 415,
      code: "request_media_type",
    });
    expect((await send("application/json", "{")).json()).toMatchObject({
      status: 400,
      code: "request_invalid",
    });
    expect((await send("application/json", "")).json()).toMatchObject({
      status: 400,
      code: "request_invalid",
    });
    const large = JSON.stringify({ name: "x".repeat(300_000) });
    expect((await send("application/json", large)).json()).toMatchObject({ status: 413 });
  });
});

import { describe, expect, it } from "vitest";
import type { ExceptionId, ExceptionRecord } from "../../watch/exception.ts";
import type { StackId } from "../../watch/stack.ts";
import { driftNumber, memoryWatch, NOW, stackNamed } from "../memoryWatch.fixture.ts";
import { testServer } from "../testServer.fixture.ts";

const LATER = new Date(NOW.getTime() + 3_600_000);

function exception(id: string, more: Partial<ExceptionRecord> = {}): ExceptionRecord {
  return {
    ...{ kind: "ignore", pattern: { path: "tags" }, until: LATER, evenCritical: false },
    ...{
      id: id as ExceptionId,
      stackId: "id-net" as StackId,
      reason: "known",
      by: "user-kim",
      byName: "kim",
    },
    ...{ at: NOW, updatedAt: NOW, state: "active", version: 3 },
    ...more,
  } as ExceptionRecord;
}

async function ask(method: "GET" | "POST" | "DELETE", url: string, body?: object, headers: object = {}) {
  const drift = { ...driftNumber(1), stackId: "id-net" as StackId };
  const content = { stacks: [stackNamed("net")], drifts: [drift], exceptions: [exception("e1")] };
  const { api } = await testServer(memoryWatch(content));
  const answer = await api.inject({
    ...{ method, url: `/api/v1${url}`, headers: { host: "localhost:7478", ...headers } },
    ...(body === undefined ? {} : { payload: body }),
  });
  return {
    status: answer.statusCode,
    body: answer.json() as Record<string, unknown>,
    headers: answer.headers,
  };
}

const accept = {
  ...{
    kind: "accept",
    driftId: "drift-1",
    digest: "sha256:01",
    until: LATER.toISOString(),
    reason: "on Friday",
  },
};

describe("exceptions", () => {
  it("are listed and shown, with the version that whoever takes one back has to send", async () => {
    const list = await ask("GET", "/exceptions?stack=id-net&state=active");
    expect(list.body).toMatchObject({
      exceptions: [{ id: "e1", kind: "ignore", until: LATER.toISOString() }],
    });
    const one = await ask("GET", "/exceptions/e1");
    expect([one.status, one.headers["etag"]]).toEqual([200, '"v3"']);
    expect((await ask("GET", "/exceptions/none")).status).toBe(404);
  });

  it("of a drift are of its stack, and say loudly what they silence", async () => {
    const quiet = await ask("POST", "/exceptions", accept);
    expect([quiet.status, quiet.headers["location"], quiet.headers["etag"]]).toEqual([
      ...[201, "/api/v1/exceptions/exception-1", '"v1"'],
    ]);
    expect(quiet.body).toMatchObject({ stackId: "id-net", kind: "accept", evenCritical: false });
    expect(quiet.body["warning"]).toBeUndefined();
    const loud = await ask("POST", "/exceptions", { ...accept, evenCritical: true });
    expect(loud.body["warning"]).toContain("Nobody is told of critical drift");
    const all = { kind: "ignore", stackId: "id-net", pattern: {}, until: accept.until, reason: "holidays" };
    expect((await ask("POST", "/exceptions", all)).body["warning"]).toContain("everything of the stack");
  });

  it.each([
    ["without a digest", { ...accept, digest: undefined }],
    ["without an end", { ...accept, until: undefined }],
    ["without a reason", { ...accept, reason: "  " }],
    ["that raise nothing", { kind: "escalate", stackId: "id-net", pattern: {}, raise: {}, reason: "r" }],
    ["of an unknown kind", { ...accept, kind: "forget" }],
    ["with other members", { ...accept, pattern: {} }],
  ])("%s are refused", async (_, body) => {
    const { status, body: problem } = await ask("POST", "/exceptions", body);
    expect([status, problem["code"]]).toEqual([400, "request_invalid"]);
  });

  it("of what is not there are not made", async () => {
    expect((await ask("POST", "/exceptions", { ...accept, driftId: "drift-9" })).status).toBe(404);
    const other = {
      kind: "escalate",
      stackId: "id-no",
      pattern: {},
      raise: { severity: "high" },
      reason: "r",
    };
    expect((await ask("POST", "/exceptions", other)).status).toBe(404);
  });

  it("are taken back by whoever says which version he read", async () => {
    expect((await ask("DELETE", "/exceptions/e1")).status).toBe(428);
    const revoked = await ask("DELETE", "/exceptions/e1", undefined, { "if-match": '"v3"' });
    expect([revoked.status, revoked.body["state"], revoked.headers["etag"]]).toEqual([
      200,
      "revoked",
      '"v4"',
    ]);
    expect((await ask("DELETE", "/exceptions/none", undefined, { "if-match": "*" })).status).toBe(404);
  });
});

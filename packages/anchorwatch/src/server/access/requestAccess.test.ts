import { describe, expect, it, vi } from "vitest";
import type { Principal } from "../../auth/principal.ts";
import type { LabelSetKey } from "../../domain/labels.ts";
import { ALL_LABELS, KIM, knowing, type MemoryAccess, memoryAccess } from "../memoryAccess.fixture.ts";
import { memoryWatch, NOW, stackNamed } from "../memoryWatch.fixture.ts";
import { testServer } from "../testServer.fixture.ts";

const host = "localhost:7478";
const LEE: Principal = { ...KIM, id: "user-lee", name: "lee", channel: "session", credentialId: "session-1" };
const OTHER = 2 as LabelSetKey;
const ENDS = new Date("2026-03-02T12:00:00.000Z");

/** Kim has a token, Lee a cookie, Max a cookie whose secret was just changed. */
const access = (changes: Parameters<typeof memoryAccess>[0] = {}): MemoryAccess =>
  memoryAccess({
    ...knowing({
      kim: { principal: KIM },
      lee: { principal: LEE },
      max: { principal: { ...LEE, id: "user-max" }, newCookie: { secret: "max2", endsAt: ENDS } },
    }),
    ...changes,
  });

const serverOf = (given: MemoryAccess = access()) =>
  testServer(memoryWatch({ stacks: [stackNamed("net")] }), {}, { access: given });

const bearer = (token: string) => ({ host, authorization: `Bearer ${token}` });
const cookie = (secret: string) => ({ host, cookie: `anchorwatch=${secret}` });
const ownPage = { origin: `http://${host}`, "sec-fetch-site": "same-origin" };

describe("who asks", () => {
  it.each([
    {},
    { authorization: "Bearer nobody" },
    { authorization: "Bearer " },
    { authorization: "Bearer kim kim" },
    { authorization: "Basic a2ltOmtpbQ==" },
    { authorization: "kim" },
    { cookie: "anchorwatch=nobody" },
    { cookie: "__Host-anchorwatch=lee" },
    { cookie: "other=lee" },
  ])("is nobody with %j, and hears the same each time", async (headers) => {
    const { api } = await serverOf();
    for (const url of ["/api/v1/stacks", "/api/v1/stacks/id-net", "/metrics", "/ledger/checkpoint"]) {
      const answer = await api.inject({ url, headers: { host, ...headers } });
      expect([answer.statusCode, answer.headers["www-authenticate"]]).toEqual([401, "Bearer"]);
      expect(answer.headers["content-type"]).toContain("application/problem+json");
      const { requestId: _, ...problem } = answer.json();
      expect(problem).toEqual({
        type: "/api/v1/problems/sign_in_required",
        title: expect.any(String),
        status: 401,
        detail: "nobody is signed in, or not any more",
        code: "sign_in_required",
        hint: expect.stringContaining("Bearer TOKEN"),
      });
    }
  });

  it("is whoever the token or the cookie is of; the token counts where there are both", async () => {
    const given = access();
    const authenticate = vi.spyOn(given, "authenticate");
    const { api } = await serverOf(given);
    for (const headers of [bearer("kim"), { host, authorization: "bearer   kim " }, cookie("lee")]) {
      expect((await api.inject({ url: "/api/v1/stacks", headers })).statusCode).toBe(200);
    }
    const both = { ...cookie("lee"), ...bearer("kim") };
    expect((await api.inject({ url: "/api/v1/stacks", headers: both })).statusCode).toBe(200);
    expect(authenticate.mock.lastCall?.[0]).toEqual({ bearer: "kim" });
    const dead = { ...cookie("lee"), ...bearer("nobody") };
    const answer = await api.inject({ url: "/api/v1/stacks", headers: dead });
    expect([answer.statusCode, answer.headers["set-cookie"]]).toEqual([401, undefined]);
  });

  it("is nobody with a token that is longer than any", async () => {
    const given = access();
    const authenticate = vi.spyOn(given, "authenticate");
    const { api } = await serverOf(given);
    const answer = await api.inject({ url: "/api/v1/stacks", headers: bearer("a".repeat(5000)) });
    expect([answer.statusCode, authenticate.mock.lastCall?.[0]]).toEqual([401, { bearer: "" }]);
  });

  it("does not matter where anybody may ask, and nobody is asked for", async () => {
    const { api } = await serverOf(
      access({
        authenticate: async () => {
          throw new TypeError("asked");
        },
      }),
    );
    for (const url of ["/healthz", "/readyz", "/api/v1/openapi.json", "/api/v1/problems/internal"]) {
      expect((await api.inject({ url, headers: bearer("x") })).statusCode).toBe(200);
    }
    expect((await api.inject({ url: "/api/v1/nothing", headers: { host } })).statusCode).toBe(404);
  });

  it("loses a cookie that opens nothing any more, and gets the new one of a session", async () => {
    const { api } = await serverOf();
    const dead = await api.inject({ url: "/api/v1/stacks", headers: cookie("gone") });
    expect(dead.headers["set-cookie"]).toMatch(/^anchorwatch=; .*Expires=Thu, 01 Jan 1970/);
    const rotated = await api.inject({ url: "/api/v1/stacks", headers: cookie("max") });
    expect(rotated.statusCode).toBe(200);
    expect(rotated.headers["set-cookie"]).toBe(
      "anchorwatch=max2; Path=/; Expires=Mon, 02 Mar 2026 12:00:00 GMT; HttpOnly; SameSite=Lax",
    );
    const log = memoryWatch({ ledger: { checkpoint: Buffer.from("x") } });
    const raw = await testServer(log, {}, { access: access() });
    const file = await raw.api.inject({ url: "/ledger/checkpoint", headers: cookie("max") });
    expect([file.statusCode, file.headers["set-cookie"]]).toEqual([
      200,
      expect.stringMatching(/^anchorwatch=max2;/),
    ]);
  });
});

describe("a cookie", () => {
  const check = { method: "POST", url: "/api/v1/stacks/id-net/check" } as const;

  it.each([{}, { "sec-fetch-site": "none" }, { referer: `http://${host}/` }, { "sec-fetch-mode": "cors" }])(
    "changes nothing where the page that asks is not named: %j",
    async (headers) => {
      const { api, watch, access: given } = await serverOf();
      const answer = await api.inject({ ...check, headers: { ...cookie("lee"), ...headers } });
      expect([answer.statusCode, answer.json().code]).toEqual([403, "request_origin_refused"]);
      expect([watch.wantedChecks, given.readings]).toEqual([[], []]);
      expect(
        (await api.inject({ url: "/api/v1/stacks", headers: { ...cookie("lee"), ...headers } })).statusCode,
      ).toBe(200);
    },
  );

  it("changes what it may on our own page; a token needs no page", async () => {
    const { api, watch } = await serverOf();
    for (const headers of [
      { ...cookie("lee"), ...ownPage },
      { ...cookie("lee"), origin: `http://${host}` },
      { ...cookie("lee"), "sec-fetch-site": "same-origin" },
      bearer("kim"),
    ]) {
      expect((await api.inject({ ...check, headers })).statusCode).toBe(202);
    }
    expect(watch.wantedChecks).toHaveLength(4);
  });

  it("and a page of another origin change nothing, whatever else is there", async () => {
    const { api, watch } = await serverOf();
    for (const headers of [
      { ...cookie("lee"), origin: "https://evil.example", "sec-fetch-site": "same-origin" },
      { ...cookie("lee"), ...ownPage, "sec-fetch-site": "cross-site" },
      { ...bearer("kim"), origin: "null" },
    ]) {
      expect((await api.inject({ ...check, headers })).statusCode).toBe(403);
    }
    expect(watch.wantedChecks).toEqual([]);
  });
});

describe("what a route needs", () => {
  it("has to be said before the route is added", async () => {
    const { api } = await serverOf();
    expect(() => api.get("/open", async () => "")).toThrow(/does not say who may ask/);
    expect(() => api.post("/open", { config: {} }, async () => "")).toThrow(/does not say who may ask/);
  });

  it("is asked before anything else of the request is looked at", async () => {
    const { api } = await serverOf();
    const body = "{ no json";
    const headers = { host, "content-type": "application/json" };
    const url = "/api/v1/stacks?no=such&filter";
    expect((await api.inject({ method: "POST", url, headers, body })).statusCode).toBe(401);
    expect((await api.inject({ url, headers })).statusCode).toBe(401);
  });

  it("is the same for HEAD as for GET", async () => {
    const { api } = await serverOf(access({ allows: async () => false }));
    const asked = (headers: Record<string, string>) =>
      api.inject({ method: "HEAD", url: "/api/v1/detectors", headers });
    expect((await asked({ host })).statusCode).toBe(401);
    expect((await asked(bearer("kim"))).statusCode).toBe(403);
    const { api: open } = await serverOf();
    const answer = await open.inject({ method: "HEAD", url: "/api/v1/detectors", headers: bearer("kim") });
    expect([answer.statusCode, answer.body]).toEqual([200, ""]);
  });

  it("is told to the ledger when it is refused, and what it would take to the asker", async () => {
    const { api, access: given } = await serverOf(access({ allows: async () => false }));
    const answer = await api.inject({ url: "/api/v1/configuration?x=secret", headers: bearer("kim") });
    expect([answer.statusCode, answer.json()]).toEqual([
      403,
      expect.objectContaining({
        code: "access_denied",
        detail: "none of your roles lets you see the configuration that is in force",
      }),
    ]);
    expect(given.refusals).toEqual([
      { by: "user-kim", action: "configuration.view", target: "GET /api/v1/configuration" },
    ]);
  });

  it("is, of something with labels, asked for these: what may not be seen is not there, what may only be seen is denied", async () => {
    const visible: MemoryAccess["visible"] = async (_, action) =>
      action === "stack.view" ? [ALL_LABELS] : [];
    const given = access({ visible });
    const watch = memoryWatch({ stacks: [stackNamed("net"), stackNamed("far", { labelSet: OTHER })] });
    const { api } = await testServer(watch, {}, { access: given });
    const asked = (id: string) =>
      api.inject({ method: "POST", url: `/api/v1/stacks/${id}/check`, headers: bearer("kim") });
    const [denied, far, none] = [await asked("id-net"), await asked("id-far"), await asked("id-no!")];
    expect([denied.statusCode, denied.json().code]).toEqual([403, "access_denied"]);
    expect(given.refusals).toEqual([{ by: "user-kim", action: "stack.check", target: "stack net" }]);
    expect([far.statusCode, none.statusCode]).toEqual([404, 404]);
    const without = (text: string, id: string) => text.replace(id, "ID").replace(/"requestId":"[^"]*"/, "");
    expect(without(far.body, "id-far")).toBe(without(none.body, "id-no!"));
    expect(watch.wantedChecks).toEqual([]);
  });
});

describe("what an auditor reads", () => {
  it("is noted before anything is read, and is not read when it cannot be noted", async () => {
    const steps: string[] = [];
    const watch = memoryWatch(
      {},
      { status: () => ({ startedAt: NOW, configuration: { inForceSince: NOW } }) },
    );
    const configuration = vi.spyOn(watch, "configuration").mockImplementation(() => {
      steps.push("read");
      return { settings: {}, atNextStart: [] };
    });
    const given = access();
    const reads = vi.spyOn(given, "reads").mockImplementation(async (_, target) => {
      steps.push(target);
    });
    const { api } = await testServer(watch, {}, { access: given });
    const asked = () => api.inject({ url: "/api/v1/configuration", headers: bearer("kim") });
    expect((await asked()).statusCode).toBe(200);
    expect(steps).toEqual(["GET /api/v1/configuration", "read"]);
    reads.mockRejectedValue(new TypeError("the database is away"));
    expect((await asked()).statusCode).toBe(500);
    expect(configuration).toHaveBeenCalledTimes(1);
  });

  it("is no change", async () => {
    const { api, access: given } = await serverOf();
    await api.inject({ method: "POST", url: "/api/v1/stacks/id-net/check", headers: bearer("kim") });
    expect(given.readings).toEqual([]);
  });
});

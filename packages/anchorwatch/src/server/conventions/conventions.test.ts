import { describe, expect, it } from "vitest";
import { KIM, knowing, memoryAccess } from "../memoryAccess.fixture.ts";
import { memoryWatch, stackNamed } from "../memoryWatch.fixture.ts";
import { testServer } from "../testServer.fixture.ts";
import { tagOf, wantedVersion } from "./versions.ts";

const host = "localhost:7478";

describe("what was read already", () => {
  const url = "/api/v1/stacks";
  const read = async (condition: string | undefined, method: "GET" | "HEAD" = "GET") => {
    const { api } = await testServer(memoryWatch({ stacks: [stackNamed("net")] }));
    const headers = { host, ...(condition === undefined ? {} : { "if-none-match": condition }) };
    return await api.inject({ method, url, headers });
  };

  it("is not sent again, however its tag is written", async () => {
    const first = await read(undefined);
    const tag = String(first.headers["etag"]);
    expect(tag).toMatch(/^"[^"]+"$/);
    for (const condition of [tag, `W/${tag}`, `"other", ${tag}`, `W/"a,b" , W/${tag}`, "*"]) {
      for (const method of ["GET", "HEAD"] as const) {
        const again = await read(condition, method);
        expect([again.statusCode, again.body, again.headers["etag"]]).toEqual([304, "", tag]);
        expect(again.headers["x-content-type-options"]).toBe("nosniff");
      }
    }
    for (const condition of ['"other"', tag.slice(1, -1), ""])
      expect((await read(condition)).statusCode).toBe(200);
  });

  it("says nothing of problems and writes", async () => {
    const { api, watch } = await testServer(memoryWatch({ stacks: [stackNamed("net")] }));
    const headers = { host, "if-none-match": "*" };
    expect((await api.inject({ url: "/api/v1/stacks/none", headers })).statusCode).toBe(404);
    const check = { method: "POST", url: "/api/v1/stacks/id-net/check", headers } as const;
    expect((await api.inject(check)).statusCode).toBe(202);
    expect(watch.wantedChecks).toHaveLength(1);
  });
});

describe("the version that a change means", () => {
  it("is the one of the tag that was read", () => {
    for (const version of [1, 7, 999_999_999]) expect(wantedVersion(tagOf(version))).toBe(version);
    expect(wantedVersion(` ${tagOf(3)} `)).toBe(3);
    expect(wantedVersion("*")).toBeUndefined();
  });

  it("has to be said, and one that nobody gave is outdated", () => {
    const code = (header: string | undefined) => {
      try {
        return wantedVersion(header);
      } catch (error) {
        return (error as { code?: string }).code;
      }
    };
    expect(code(undefined)).toBe("request_condition_missing");
    for (const header of ["", "v1", '"1"', 'W/"v1"', '"v1", "v2"', '"v-1"', '"v9999999999"', '"v1']) {
      expect(code(header)).toBe("request_outdated");
    }
  });
});

describe("what leaves the API", () => {
  it("says so in each answer and in the description, until its day", async () => {
    const { api } = await testServer();
    const deprecation = {
      since: new Date("2026-01-01T00:00:00Z"),
      sunset: new Date("2027-01-01T00:00:00Z"),
      successor: "/api/v1/stacks",
    };
    api.get(
      "/old",
      { config: { access: "public", deprecation }, schema: { summary: "Old" } },
      async () => ({}),
    );
    for (const method of ["GET", "HEAD"] as const) {
      expect((await api.inject({ method, url: "/old", headers: { host } })).headers).toMatchObject({
        deprecation: "@1767225600",
        sunset: "Fri, 01 Jan 2027 00:00:00 GMT",
        link: '</api/v1/stacks>; rel="successor-version"',
      });
    }
    expect((await api.inject({ url: "/healthz", headers: { host } })).headers).not.toHaveProperty(
      "deprecation",
    );
    const { paths } = api.swagger() as { paths: Record<string, { get?: { deprecated?: boolean } }> };
    expect(paths["/old"]?.get?.deprecated).toBe(true);
    expect(paths["/api/v1/stacks"]?.get?.deprecated).toBeUndefined();
  });
});

describe("a write with an idempotency key", () => {
  const server = (access = memoryAccess()) =>
    testServer(memoryWatch({ stacks: [stackNamed("net"), stackNamed("app")] }), {}, { access });
  const check = (id: string, key: string, body: object = {}, token = "any") => ({
    method: "POST" as const,
    url: `/api/v1/stacks/${id}/check`,
    headers: { host, "idempotency-key": key, authorization: `Bearer ${token}` },
    payload: body,
  });

  it("is done once, and answered each time alike", async () => {
    const { api, watch } = await server();
    const first = await api.inject(check("id-net", "k1", { addresses: ["a"] }));
    const again = await api.inject(check("id-net", "k1", { addresses: ["a"] }));
    expect([first.statusCode, again.statusCode, again.body]).toEqual([202, 202, first.body]);
    expect(again.headers["content-type"]).toBe(first.headers["content-type"]);
    expect([first, again].map(({ headers }) => headers["idempotency-replayed"])).toEqual([undefined, "true"]);
    expect(watch.wantedChecks).toHaveLength(1);
    await api.inject(check("id-net", "k2", { addresses: ["a"] }));
    expect(watch.wantedChecks).toHaveLength(2);
  });

  it("is refused for another request, and for what is no key", async () => {
    const { api, watch } = await server();
    await api.inject(check("id-net", "k1"));
    for (const other of [check("id-app", "k1"), check("id-net", "k1", { addresses: ["b"] })]) {
      const answer = await api.inject(other);
      expect([answer.statusCode, answer.json().code]).toEqual([422, "request_key_reused"]);
    }
    for (const key of ["", "a b", "ä", "x".repeat(201)]) {
      const answer = await api.inject(check("id-net", key));
      expect([answer.statusCode, answer.json().code]).toEqual([400, "request_invalid"]);
    }
    expect(watch.wantedChecks).toHaveLength(1);
  });

  it("is one's own: others have the same key for themselves, a token with limits too", async () => {
    const limited = { ...KIM, credentialId: "token-2", limit: { roles: ["operator"], scope: {} } } as const;
    const { api, watch } = await server(
      memoryAccess(
        knowing({
          kim: { principal: KIM },
          less: { principal: limited },
          lee: { principal: { ...KIM, id: "lee" } },
        }),
      ),
    );
    for (const token of ["kim", "less", "lee"]) {
      const answer = await api.inject(check("id-net", "k1", {}, token));
      expect([answer.statusCode, answer.headers["idempotency-replayed"]]).toEqual([202, undefined]);
    }
    expect(watch.wantedChecks).toHaveLength(3);
  });

  it("that failed is not done again: nobody knows how far it came", async () => {
    const { api } = await testServer();
    let tries = 0;
    api.post("/broken", { config: { access: "signed-in" } }, async () => {
      tries += 1;
      throw new RangeError("after half of it");
    });
    const asked = () =>
      api.inject({ method: "POST", url: "/broken", headers: { host, "idempotency-key": "k1" } });
    expect((await asked()).statusCode).toBe(500);
    const again = await asked();
    expect([again.statusCode, again.json().code, tries]).toEqual([409, "request_outcome_unknown", 1]);
  });

  it("can be sent again when it was refused", async () => {
    let isAllowed = false;
    const { api, watch } = await server(
      memoryAccess({
        visible: async (_, action) => (action === "stack.view" || isAllowed ? [1 as never] : []),
      }),
    );
    expect((await api.inject(check("id-net", "k1"))).statusCode).toBe(403);
    isAllowed = true;
    expect((await api.inject(check("id-net", "k1"))).statusCode).toBe(202);
    expect(watch.wantedChecks).toHaveLength(1);
  });

  it("waits for the one that is under way, also when its client was told to wait no longer", async () => {
    let finish = () => {};
    const done: string[] = [];
    const { api } = await testServer(memoryWatch(), { answerMs: 100 });
    api.post("/slow", { config: { access: "signed-in" } }, async () => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      done.push("done");
      return {};
    });
    const headers = { host, "idempotency-key": "k1" };
    const first = await api.inject({ method: "POST", url: "/slow", headers });
    expect([first.statusCode, first.json().code]).toEqual([503, "server_timeout"]);
    const second = await api.inject({ method: "POST", url: "/slow", headers });
    expect([second.statusCode, second.json().code]).toEqual([409, "request_underway"]);
    finish();
    await expect.poll(() => done).toEqual(["done"]);
  });

  it("keeps no secret: whoever sends it again is told that it was done", async () => {
    const { api } = await testServer();
    const config = { access: "signed-in", secretAnswer: true } as const;
    let made = 0;
    api.post("/secret", { config }, async (_, reply) => reply.code(201).send({ secret: `s${++made}` }));
    const asked = () =>
      api.inject({ method: "POST", url: "/secret", headers: { host, "idempotency-key": "k1" } });
    const first = await asked();
    expect([first.statusCode, first.json()]).toEqual([201, { secret: "s1" }]);
    const again = await asked();
    expect([again.statusCode, again.json().code]).toEqual([409, "request_conflict"]);
    expect(again.body).not.toContain("s1");
    expect(again.headers["etag"]).not.toBe(first.headers["etag"]);
    expect(made).toBe(1);
  });
});

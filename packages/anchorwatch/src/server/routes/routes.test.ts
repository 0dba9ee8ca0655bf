import { describe, expect, it } from "vitest";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { ClaimId, ClaimRecord } from "../../watch/claim.ts";
import type { StackId } from "../../watch/stack.ts";
import { driftNumber, memoryWatch, NOW, stackNamed } from "../memoryWatch.fixture.ts";
import { testServer } from "../testServer.fixture.ts";

const HOST = { host: "localhost:7478" };

async function get(content: Parameters<typeof memoryWatch>[0], url: string) {
  const { api } = await testServer(memoryWatch(content));
  const answer = await api.inject({ url, headers: HOST });
  return {
    status: answer.statusCode,
    body: answer.json() as Record<string, unknown>,
    headers: answer.headers,
  };
}

describe("stacks", () => {
  it("are listed by name, page after page, without a gap or a repetition", async () => {
    const names = ["c", "a", "e", "b", "d"];
    const { api } = await testServer(memoryWatch({ stacks: names.map((name) => stackNamed(name)) }));
    const seen: string[] = [];
    let url: string | undefined = "/api/v1/stacks?limit=2";
    while (url !== undefined) {
      const page: { stacks: { name: string }[]; next?: string } = (
        await api.inject({ url, headers: HOST })
      ).json();
      expect(page.stacks.length).toBeLessThanOrEqual(2);
      seen.push(...page.stacks.map(({ name }) => name));
      url =
        page.next === undefined
          ? undefined
          : `/api/v1/stacks?limit=2&cursor=${encodeURIComponent(page.next)}`;
    }
    expect(seen).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("are found by health and by name", async () => {
    const stacks = [stackNamed("a", { health: "failed" }), stackNamed("b")];
    expect((await get({ stacks }, "/api/v1/stacks?health=failed")).body["stacks"]).toMatchObject([
      { name: "a" },
    ]);
    expect((await get({ stacks }, "/api/v1/stacks?name=b")).body["stacks"]).toMatchObject([{ name: "b" }]);
  });

  it("are told with their state, and without members that are absent", async () => {
    const { status, body } = await get({ stacks: [stackNamed("net")] }, "/api/v1/stacks/id-net");
    expect(status).toBe(200);
    expect(body).toEqual({
      schema: "anchorwatch.stack/v1",
      id: "id-net",
      name: "net",
      engine: "terraform",
      origin: { kind: "folder", path: "/infra/net" },
      labels: {},
      declaredBy: "config",
      sweepEveryMs: 600_000,
      addedAt: "2026-03-01T12:00:00.000Z",
      health: "ok",
      state: { lineage: "1b6c", serial: 4, digest: "sha256:00" },
      lastCheckAt: "2026-03-01T12:00:00.000Z",
      failures: 0,
      openDrifts: 0,
    });
  });

  it("are added, and found where the answer says", async () => {
    const { api } = await testServer();
    const added = await api.inject({
      method: "POST",
      url: "/api/v1/stacks",
      headers: HOST,
      payload: {
        name: "dns",
        origin: { kind: "repository", url: "https://git.example/x", ref: "main", path: "" },
      },
    });
    expect(added.statusCode).toBe(201);
    const found = await api.inject({ url: String(added.headers["location"]), headers: HOST });
    expect(found.json()).toMatchObject({
      name: "dns",
      engine: "terraform",
      declaredBy: "api",
      health: "new",
    });
  });

  it.each([
    [{ name: "-x", origin: { kind: "folder", path: "/a" } }, "body.name"],
    [{ name: "x", origin: { kind: "folder", path: "/a" }, color: "red" }, "body."],
    [
      { name: "x", origin: { kind: "repository", url: "https://u:pw@h/x", ref: "main", path: "" } },
      "body.origin.url",
    ],
    [{ name: "x", origin: { kind: "folder", path: "/a" }, sweepEveryMs: 5 }, "body.sweepEveryMs"],
    [{ name: "x", origin: { kind: "folder", path: "infra/x" } }, "body.origin.path"],
    [[], "body."],
  ])("are refused where %j does not fit, naming the member", async (payload, path) => {
    const { api } = await testServer();
    const answer = await api.inject({ method: "POST", url: "/api/v1/stacks", headers: HOST, payload });
    expect(answer.statusCode).toBe(400);
    expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/);
    expect(answer.json()).toMatchObject({ code: "request_invalid", problems: [{ path }] });
    expect(answer.body).not.toContain("pw@");
  });

  it("are refused where the folder's own configuration is wrong, which is no fault of the server", async () => {
    const addStack = () =>
      Promise.reject(new AnchorwatchError("config_invalid", "anchorwatch.yaml:3:1: stacks has no “name”"));
    const { api, log } = await testServer(memoryWatch({}, { addStack }));
    const payload = { name: "x", origin: { kind: "folder", path: "/a" } };
    const answer = await api.inject({ method: "POST", url: "/api/v1/stacks", headers: HOST, payload });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ code: "config_invalid", detail: expect.stringContaining(":3:1") });
    expect(log()).not.toContain("a request failed");
  });

  it("are removed, unless a file declares them", async () => {
    const { api } = await testServer(memoryWatch({ stacks: [stackNamed("net")] }));
    const remove = async (id: string) =>
      (await api.inject({ method: "DELETE", url: `/api/v1/stacks/${id}`, headers: HOST })).statusCode;
    expect(await remove("id-net")).toBe(409);
    expect(await remove("nothing")).toBe(404);
    const added = await api.inject({
      method: "POST",
      url: "/api/v1/stacks",
      headers: HOST,
      payload: { name: "x", origin: { kind: "folder", path: "/a" } },
    });
    expect(await remove(added.json().id)).toBe(204);
    expect(await remove(added.json().id)).toBe(404);
  });

  it("are checked when asked for, as a whole or in part", async () => {
    const stacks = [stackNamed("net"), stackNamed("old", { health: "gone" })];
    const { api, watch } = await testServer(memoryWatch({ stacks }));
    const check = async (id: string, payload?: object) =>
      await api.inject({
        method: "POST",
        url: `/api/v1/stacks/${id}/check`,
        headers: HOST,
        ...(payload === undefined ? {} : { payload }),
      });
    expect((await check("id-net")).statusCode).toBe(202);
    expect((await check("id-net", { addresses: ["aws_vpc.a"] })).json()).toMatchObject({ stackId: "id-net" });
    expect((await check("id-old")).statusCode).toBe(409);
    expect((await check("no")).statusCode).toBe(404);
    expect(watch.wantedChecks).toEqual([
      { id: "id-net", addresses: [] },
      { id: "id-net", addresses: ["aws_vpc.a"] },
    ]);
  });
});

describe("drifts", () => {
  const drifts = [1, 2, 3].map((number) => driftNumber(number));

  it("come in pages, and the last page says so by naming no next one", async () => {
    const first = await get({ drifts }, "/api/v1/drifts?limit=2");
    expect(first.body).toMatchObject({ drifts: [{ id: "drift-3" }, { id: "drift-2" }] });
    const second = await get({ drifts }, `/api/v1/drifts?limit=2&cursor=${first.body["next"]}`);
    expect(second.body).toMatchObject({ drifts: [{ id: "drift-1" }] });
    expect(second.body).not.toHaveProperty("next");
    expect((await get({ drifts }, "/api/v1/drifts?limit=3")).body).not.toHaveProperty("next");
  });

  it("are filtered by stack and status", async () => {
    const mixed = [
      driftNumber(1, { status: "closed", closedAt: NOW, end: "reverted" }),
      driftNumber(2, { stackId: "other" as StackId }),
      driftNumber(3),
    ];
    const { body } = await get({ drifts: mixed }, "/api/v1/drifts?stack=id-network&status=open");
    expect(body["drifts"]).toMatchObject([{ id: "drift-3" }]);
  });

  it("are told with their history and whoever was it, but never with their fingerprints", async () => {
    const [drift = driftNumber(1)] = drifts;
    const step = {
      driftId: drift.id,
      at: NOW,
      kind: "opened",
      verdict: "changed",
      checkId: "check-1",
      found: drift.found,
      attributions: [],
    } as const;
    const { body } = await get({ drifts, steps: [step] }, "/api/v1/drifts/drift-1");
    expect(body).toMatchObject({
      drift: { attributions: [{ actor: { sessionName: "kim" }, person: { kind: "mapped", name: "Kim" } }] },
      history: [{ kind: "opened", at: "2026-03-01T12:00:00.000Z" }],
    });
    expect(JSON.stringify(body)).not.toContain("secret-mark");
  });

  it("keep keys that JavaScript has a meaning for", async () => {
    const found = JSON.parse('{"after": {"tags": {"__proto__": "x", "constructor": "y"}}}');
    const { api } = await testServer(memoryWatch({ drifts: [driftNumber(1, { found })] }));
    const { body } = await api.inject({ url: "/api/v1/drifts/drift-1", headers: HOST });
    expect(body).toContain('"tags":{"__proto__":"x","constructor":"y"}');
  });
});

describe("stacks that have the same resources", () => {
  const claim = (id: string, status: "open" | "closed", other: string): ClaimRecord => ({
    id: id as ClaimId,
    stacks: ["id-network" as StackId, other as StackId],
    status,
    count: 1,
    resources: [{ type: "aws_vpc", id: "vpc-1", addresses: ["aws_vpc.a", "aws_vpc.b"] }],
    ...{ openedAt: NOW, updatedAt: NOW, entryId: id },
    ...(status === "closed" ? { closedAt: NOW } : {}),
  });
  const claims = [claim("claim-2", "open", "id-old"), claim("claim-1", "closed", "id-dns")];

  it("are listed, by stack and by status, in pages", async () => {
    const all = await get({ claims }, "/api/v1/claims?limit=1");
    expect(all.body).toEqual({
      schema: "anchorwatch.claims/v1",
      claims: [
        {
          ...{
            schema: "anchorwatch.claim/v1",
            id: "claim-2",
            stacks: ["id-network", "id-old"],
            status: "open",
          },
          ...{ count: 1, resources: claims[0]?.resources, entryId: "claim-2" },
          ...{ openedAt: NOW.toISOString(), updatedAt: NOW.toISOString() },
        },
      ],
      next: expect.any(String),
    });
    const second = await get({ claims }, `/api/v1/claims?limit=1&cursor=${all.body["next"]}`);
    expect(second.body["claims"]).toMatchObject([{ id: "claim-1", closedAt: NOW.toISOString() }]);
    for (const filter of ["status=closed", "stack=id-dns"])
      expect((await get({ claims }, `/api/v1/claims?${filter}`)).body["claims"]).toMatchObject([
        { id: "claim-1" },
      ]);
    expect((await get({ claims }, "/api/v1/status")).body).toMatchObject({ openClaims: 1 });
  });
});

describe("everything else", () => {
  it("lists checks, events, candidates and detectors", async () => {
    const event = {
      id: "e",
      source: "trail",
      time: NOW,
      receivedAt: NOW,
      name: "PutBucketPolicy",
      service: "s3.amazonaws.com",
      actor: { principal: "root", kind: "root", channel: "console" },
      identifiers: ["bucket"],
    } as const;
    const touched = [{ stackId: "id-network" as StackId, address: "aws_s3_bucket.b" }];
    const content = {
      checks: [
        {
          id: "c",
          stackId: "id-network" as StackId,
          trigger: "event",
          startedAt: NOW,
          finishedAt: NOW,
          outcome: "failed",
          error: { code: "state_missing", message: "no state" },
        },
      ],
      events: [
        { ...event, touched },
        { ...event, id: "f", touched: [] },
      ],
      detectors: [
        { name: "events:trail", at: NOW, expectedWithinMs: 60_000 },
        { name: "stack:network", at: new Date(NOW.getTime() - 90_000), expectedWithinMs: 60_000 },
      ],
    } as const;
    expect((await get(content, "/api/v1/checks")).body["checks"]).toMatchObject([
      { id: "c", outcome: "failed" },
    ]);
    expect((await get(content, "/api/v1/events")).body["events"]).toMatchObject([
      { id: "f" },
      { id: "e", touched },
    ]);
    expect((await get(content, "/api/v1/events?candidates=true")).body["events"]).toMatchObject([
      { id: "f" },
    ]);
    expect((await get(content, "/api/v1/detectors")).body).toMatchObject({
      detectors: [
        { name: "stack:network", isAlive: false, ageMs: 90_000 },
        { name: "events:trail", isAlive: true, ageMs: 0 },
      ],
      ...{ alive: 1, dead: 1 },
    });
    expect((await get(content, "/api/v1/status")).body).toMatchObject({
      version: "1.2.3",
      installation: { outbox: { entries: 2 } },
    });
  });

  it("tells what an error code means, where a problem says it can be read", async () => {
    const { api } = await testServer();
    const problem = (await api.inject({ url: "/api/v1/drifts/none", headers: HOST })).json();
    expect(problem).toMatchObject({
      status: 404,
      code: "request_not_found",
      detail: 'there is no drift "none"',
      requestId: expect.any(String),
    });
    const meaning = await api.inject({ url: problem.type, headers: HOST });
    expect(meaning.json()).toMatchObject({ code: "request_not_found", meaning: problem.title });
  });

  it.each([
    ["/api/v1/drifts?limit=0"],
    ["/api/v1/drifts?limit=501"],
    ["/api/v1/drifts?limit=x"],
    ["/api/v1/drifts?status=opened"],
    ["/api/v1/drifts?unknown=1"],
    ["/api/v1/drifts/%zz"],
    [`/api/v1/drifts/${"x".repeat(201)}`],
  ])("refuses %s", async (url) => {
    const { status, headers } = await get({}, url);
    expect(status).toBe(400);
    expect(headers["content-type"]).toMatch(/^application\/problem\+json/);
  });

  it.each([
    ["GET", "/nothing"],
    ["PUT", "/api/v1/stacks"],
    ["GET", "/api/v1/../healthz"],
  ] as const)("has nothing for %s %s", async (method, url) => {
    const { api } = await testServer();
    const answer = await api.inject({ method, url, headers: HOST });
    expect(answer.statusCode).toBe(404);
    expect(answer.json().code).toBe("request_not_found");
  });

  it("tells of a defect nothing but where to look for it", async () => {
    const failing = memoryWatch({}, { totals: () => Promise.reject(new TypeError("password is hunter2")) });
    const { api, log } = await testServer(failing);
    const answer = await api.inject({ url: "/api/v1/status", headers: HOST });
    expect(answer.statusCode).toBe(500);
    expect(answer.json()).toMatchObject({ code: "internal" });
    expect(answer.body).not.toContain("hunter2");
    expect(log()).toContain(answer.json().requestId);
  });

  it("gives errors of the watch with their own words", async () => {
    const taken = new AnchorwatchError("request_conflict", "the name net is taken", {
      hint: "Choose another.",
    });
    const { api } = await testServer(memoryWatch({}, { addStack: () => Promise.reject(taken) }));
    const payload = { name: "net", origin: { kind: "folder", path: "/a" } };
    const answer = await api.inject({ method: "POST", url: "/api/v1/stacks", headers: HOST, payload });
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({ detail: "the name net is taken", hint: "Choose another." });
  });
});

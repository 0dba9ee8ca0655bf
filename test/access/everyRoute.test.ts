/** Every route and every role, in one table; and what one team's people learn of the other team's things: nothing. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AlertId } from "../../packages/anchorwatch/src/alerts/alert.ts";
import { ToldChannel } from "../../packages/anchorwatch/src/app/alerts/alerting.fixture.ts";
import { deliverOne } from "../../packages/anchorwatch/src/app/alerts/delivering.ts";
import { testChannel } from "../../packages/anchorwatch/src/app/alerts/testing.ts";
import { ACTIONS } from "../../packages/anchorwatch/src/auth/action.ts";
import { ROLES, type Role } from "../../packages/anchorwatch/src/auth/role.ts";
import type { Labels } from "../../packages/anchorwatch/src/domain/labels.ts";
import type { RouteAccess } from "../../packages/anchorwatch/src/server/access/requestAccess.ts";
import type { Database } from "../../packages/anchorwatch/src/store/connect.ts";
import { openTestDatabase, quickTestServer } from "../../packages/anchorwatch/src/store/postgres.fixture.ts";
import { at } from "../../packages/anchorwatch/src/store/records.fixture.ts";
import { createWatchRecords } from "../../packages/anchorwatch/src/store/watchRecords.ts";
import type { StackId } from "../../packages/anchorwatch/src/watch/stack.ts";
import type { Answer, Somebody } from "./accessServer.fixture.ts";
import { statementsOf } from "./statements.fixture.ts";
import { type Team, type TeamThings, type Tenants, tenants } from "./tenants.fixture.ts";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
type Ids = Readonly<Record<string, string>>;

interface Row {
  readonly route: `${Method} /${string}`;
  readonly needs: RouteAccess;
  /** Another action that the handler asks for as well. */
  readonly also?: keyof typeof ACTIONS;
  /** What stands for `{…}`: a member of what a team has, or the text itself. */
  readonly ids?: Ids;
  /** What is asked for after the `?`, given like `ids`. */
  readonly query?: Ids;
  readonly body?: (things: TeamThings) => object;
  /** It only answers people in a browser, or refuses for a reason of its own: what is told then. */
  readonly allowed?: readonly number[];
}

const none = () => ({});
const secret = "x".repeat(43);
const person = { login: "new", name: "New" };
const later = "2100-01-01T00:00:00.000Z";
const passkey = { id: "AA", rawId: "AA", type: "public-key", clientExtensionResults: {} };
const registration = { ...passkey, response: { clientDataJSON: "AA", attestationObject: "AA" } };
const assertion = {
  ...passkey,
  response: { clientDataJSON: "AA", authenticatorData: "AA", signature: "AA" },
};

const ROWS: readonly Row[] = [
  { route: "GET /healthz", needs: "public" },
  { route: "GET /readyz", needs: "public" },
  { route: "GET /metrics", needs: "metrics.view" },
  { route: "GET /api/v1/status", needs: "stack.view" },
  { route: "GET /api/v1/problems/{code}", needs: "public", ids: { code: "internal" } },
  { route: "GET /api/v1/configuration", needs: "configuration.view" },
  { route: "GET /api/v1/stacks", needs: "stack.view" },
  {
    route: "POST /api/v1/stacks",
    needs: "stack.add",
    body: () => ({
      name: "new",
      labels: { team: "red" },
      origin: { kind: "repository", url: "https://example.com/a.git", ref: "main", path: "" },
    }),
  },
  { route: "GET /api/v1/stacks/{id}", needs: "stack.view", ids: { id: "stack" } },
  { route: "DELETE /api/v1/stacks/{id}", needs: "stack.remove", ids: { id: "stack" } },
  { route: "POST /api/v1/stacks/{id}/check", needs: "stack.check", ids: { id: "stack" }, body: none },
  { route: "GET /api/v1/stacks/{id}/gate", needs: "stack.view", ids: { id: "stack" } },
  { route: "GET /api/v1/stacks/{id}/resources", needs: "stack.view", ids: { id: "stack" } },
  { route: "GET /api/v1/stacks/{id}/ledger", needs: "stack.view", ids: { id: "stack" }, allowed: [404] },
  { route: "GET /api/v1/actors", needs: "stack.view" },
  { route: "GET /api/v1/drifts", needs: "stack.view" },
  { route: "GET /api/v1/drifts/{id}", needs: "stack.view", ids: { id: "drift" } },
  { route: "GET /api/v1/drifts/{id}/proof", needs: "stack.view", ids: { id: "drift" }, allowed: [404] },
  { route: "GET /api/v1/exceptions", needs: "stack.view" },
  { route: "GET /api/v1/exceptions/{id}", needs: "stack.view", ids: { id: "exception" } },
  {
    route: "POST /api/v1/exceptions",
    needs: "exception.manage",
    body: ({ stack }) => ({
      ...{ kind: "escalate", stackId: stack, pattern: {}, raise: { severity: "high" }, reason: "known" },
    }),
  },
  {
    route: "DELETE /api/v1/exceptions/{id}",
    needs: "exception.manage",
    ids: { id: "exception" },
    allowed: [428],
  },
  { route: "GET /api/v1/freezes", needs: "stack.view" },
  { route: "GET /api/v1/freezes/{id}", needs: "stack.view", ids: { id: "freeze" } },
  {
    route: "POST /api/v1/freezes",
    needs: "deploy.freeze",
    body: ({ stack }) => ({ stackId: stack, reason: "wait" }),
  },
  {
    route: "DELETE /api/v1/freezes/{id}",
    needs: "deploy.freeze",
    ids: { id: "freeze" },
    allowed: [428],
  },
  { route: "GET /api/v1/playbooks", needs: "watch.view" },
  {
    route: "GET /api/v1/playbooks/{name}/dry-run",
    needs: "stack.view",
    ids: { name: "none" },
    query: { drift: "drift" },
    // Of a drift that is seen, there is no such playbook.
    allowed: [404],
  },
  { route: "GET /api/v1/playbook-runs", needs: "stack.view" },
  { route: "GET /api/v1/playbook-runs/{id}", needs: "stack.view", ids: { id: "run" } },
  { route: "GET /api/v1/alerts", needs: "stack.view" },
  { route: "GET /api/v1/alerts/{id}", needs: "stack.view", ids: { id: "alert" } },
  {
    route: "POST /api/v1/alerts/{id}/acknowledge",
    needs: "drift.acknowledge",
    ids: { id: "alert" },
    body: none,
  },
  {
    route: "POST /api/v1/alerts/{id}/snooze",
    needs: "drift.acknowledge",
    ids: { id: "alert" },
    body: () => ({ until: later }),
    allowed: [422],
  },
  {
    route: "POST /api/v1/alerts/{id}/accept",
    needs: "exception.manage",
    ids: { id: "alert" },
    body: () => ({ until: later, reason: "known", digest: "sha256:01" }),
  },
  { route: "GET /api/v1/channels", needs: "watch.view" },
  { route: "GET /api/v1/channels/dead-letters", needs: "watch.view" },
  { route: "POST /api/v1/channels/dead-letters/resend", needs: "channels.manage", body: none },
  {
    route: "POST /api/v1/channels/{name}/test",
    needs: "channels.manage",
    ids: { name: "none" },
    body: none,
    allowed: [404],
  },
  // Its signature lets it in.
  {
    route: "POST /api/v1/channels/slack/{name}/interactions",
    needs: "public",
    ids: { name: "none" },
    body: none,
    allowed: [401],
  },
  { route: "GET /api/v1/checks", needs: "stack.view" },
  { route: "GET /api/v1/claims", needs: "stack.view" },
  { route: "GET /api/v1/events", needs: "stack.view" },
  { route: "GET /api/v1/stream", needs: "stack.view" },
  { route: "GET /api/v1/detectors", needs: "watch.view" },
  { route: "GET /api/v1/unmanaged", needs: "account.view" },
  { route: "GET /api/v1/unmanaged/accounts", needs: "account.view" },
  { route: "GET /api/v1/unmanaged/{id}", needs: "account.view", ids: { id: "unmanaged" } },
  {
    route: "POST /api/v1/unmanaged/accept",
    needs: "account.baseline",
    body: ({ account }) => ({ account, reason: "known" }),
  },
  {
    route: "POST /api/v1/unmanaged/withdraw",
    needs: "account.baseline",
    body: ({ account }) => ({ account, reason: "known" }),
  },
  { route: "GET /api/v1/ledger/entries", needs: "ledger.view", allowed: [404] },
  { route: "GET /api/v1/ledger/entries/{index}", needs: "ledger.view", ids: { index: "0" }, allowed: [404] },
  {
    route: "GET /api/v1/ledger/entries/{index}/proof",
    needs: "ledger.view",
    ids: { index: "0" },
    allowed: [404],
  },
  { route: "GET /api/v1/ledger/checkpoint", needs: "ledger.view", allowed: [404] },
  { route: "GET /api/v1/ledger/consistency", needs: "ledger.view", allowed: [400, 404] },
  { route: "GET /api/v1/session/ways", needs: "public" },
  { route: "GET /api/v1/session/oidc", needs: "public" },
  { route: "GET /api/v1/session/oidc/{provider}/start", needs: "public", ids: { provider: "none" } },
  { route: "GET /api/v1/session/oidc/{provider}/callback", needs: "public", ids: { provider: "none" } },
  { route: "POST /api/v1/session/workload", needs: "public", body: () => ({ token: "x.y.z" }) },
  { route: "POST /api/v1/session/password", needs: "public", body: () => ({ login: "ada", password: "x" }) },
  { route: "POST /api/v1/session/passkey/options", needs: "public", body: none },
  { route: "POST /api/v1/session/passkey", needs: "public", body: () => ({ answer: assertion }) },
  { route: "POST /api/v1/session/proof/options", needs: "signed-in", body: none },
  { route: "POST /api/v1/session/proof", needs: "signed-in", body: () => ({ answer: assertion }) },
  {
    route: "POST /api/v1/session/proof/password",
    needs: "signed-in",
    body: () => ({ password: "x" }),
    allowed: [403],
  },
  { route: "GET /api/v1/session", needs: "signed-in" },
  { route: "DELETE /api/v1/session", needs: "signed-in" },
  { route: "POST /api/v1/session/end-all", needs: "signed-in", body: none },
  { route: "GET /api/v1/sessions", needs: "signed-in" },
  { route: "DELETE /api/v1/sessions/{id}", needs: "signed-in", ids: { id: "none" }, allowed: [403, 404] },
  { route: "POST /api/v1/setup", needs: "public", body: () => ({ secret }) },
  {
    route: "POST /api/v1/setup/password",
    needs: "public",
    body: () => ({ secret, person, password: "a long password indeed" }),
  },
  { route: "POST /api/v1/setup/passkey/options", needs: "public", body: () => ({ secret, person }) },
  {
    route: "POST /api/v1/setup/passkey",
    needs: "public",
    body: () => ({ secret, person, label: "key", answer: registration }),
  },
  { route: "GET /api/v1/passkeys", needs: "signed-in" },
  {
    route: "POST /api/v1/passkeys",
    needs: "signed-in",
    body: () => ({ label: "key", answer: registration }),
  },
  { route: "POST /api/v1/passkeys/options", needs: "signed-in", body: none },
  { route: "DELETE /api/v1/passkeys/{id}", needs: "signed-in", ids: { id: "none" } },
  { route: "GET /api/v1/chat-accounts", needs: "signed-in" },
  { route: "POST /api/v1/chat-accounts", needs: "signed-in", body: () => ({ code: "BCDF-GHJK" }) },
  { route: "POST /api/v1/chat-accounts/look", needs: "signed-in", body: () => ({ code: "BCDF-GHJK" }) },
  { route: "DELETE /api/v1/chat-accounts/{id}", needs: "signed-in", ids: { id: "none" } },
  { route: "PUT /api/v1/password", needs: "signed-in", body: () => ({ password: "a long password indeed" }) },
  { route: "GET /api/v1/password", needs: "signed-in" },
  { route: "DELETE /api/v1/password", needs: "signed-in", allowed: [403, 404, 409] },
  { route: "GET /api/v1/users", needs: "access.view" },
  { route: "POST /api/v1/users", needs: "access.manage", body: none },
  { route: "GET /api/v1/users/{id}", needs: "access.view", ids: { id: "none" }, allowed: [404] },
  {
    route: "PATCH /api/v1/users/{id}",
    needs: "access.manage",
    ids: { id: "none" },
    body: none,
    allowed: [404, 428],
  },
  { route: "DELETE /api/v1/users/{id}", needs: "access.manage", ids: { id: "none" }, allowed: [404, 428] },
  {
    route: "POST /api/v1/users/{id}/invitation",
    needs: "access.manage",
    ids: { id: "none" },
    allowed: [404],
  },
  { route: "GET /api/v1/role-assignments", needs: "access.view" },
  { route: "POST /api/v1/role-assignments", needs: "access.manage", body: none },
  {
    route: "DELETE /api/v1/role-assignments/{id}",
    needs: "access.manage",
    ids: { id: "none" },
    allowed: [404, 428],
  },
  { route: "GET /api/v1/access/policies", needs: "access.view" },
  { route: "GET /api/v1/access/roles", needs: "access.view" },
  { route: "POST /api/v1/access/explain", needs: "access.view", body: none },
  { route: "GET /api/v1/access/tokens", needs: "access.view" },
  { route: "DELETE /api/v1/access/tokens/{id}", needs: "access.manage", ids: { id: "none" }, allowed: [404] },
  { route: "GET /api/v1/tokens", needs: "signed-in" },
  { route: "POST /api/v1/tokens", needs: "signed-in", body: () => ({ name: "t", expiresAt: later }) },
  { route: "DELETE /api/v1/tokens/{id}", needs: "signed-in", ids: { id: "none" }, allowed: [404] },
  { route: "POST /api/v1/device", needs: "public", body: () => ({ name: "laptop" }) },
  { route: "POST /api/v1/device/token", needs: "public", body: () => ({ deviceCode: secret }) },
  { route: "POST /api/v1/device/look", needs: "signed-in", body: () => ({ userCode: "BCDF-GHJK" }) },
  {
    route: "POST /api/v1/device/answer",
    needs: "signed-in",
    body: () => ({ userCode: "BCDF-GHJK", answer: "deny" }),
  },
  { route: "POST /api/v1/events/{source}", needs: "public", ids: { source: "none" }, body: none },
];

/** What each role may, said once more: the policies have to agree. */
const MAY: Readonly<Record<Role, readonly (keyof typeof ACTIONS)[]>> = {
  viewer: ["stack.view", "account.view", "watch.view"],
  operator: [
    ...(["stack.view", "account.view", "watch.view", "stack.check", "stack.add", "stack.remove"] as const),
    ...(["account.baseline", "remediation.request", "metrics.view", "configuration.view"] as const),
    "exception.manage",
    "drift.acknowledge",
    "deploy.freeze",
  ],
  approver: [
    "stack.view",
    "account.view",
    "watch.view",
    "remediation.review",
    "exception.manage",
    "drift.acknowledge",
    "deploy.freeze",
  ],
  auditor: [
    ...(["stack.view", "account.view", "watch.view", "metrics.view"] as const),
    ...(["configuration.view", "ledger.view", "access.view"] as const),
  ],
  administrator: [
    ...(["stack.view", "account.view", "watch.view", "stack.check", "stack.add", "stack.remove"] as const),
    ...([
      "account.baseline",
      "watch.manage",
      "channels.manage",
      "drift.acknowledge",
      "deploy.freeze",
      "metrics.view",
      "configuration.view",
    ] as const),
    ...(["ledger.view", "access.view", "access.manage"] as const),
  ],
};

let shared: Tenants;
let database: Database;
let statements: () => readonly string[];
let leave: () => Promise<void>;
beforeAll(async () => {
  const server = await quickTestServer();
  database = await openTestDatabase(await server.createDatabase());
  shared = await tenants(database);
  statements = statementsOf(database);
  leave = () => server.leave();
}, 60_000);
afterAll(async () => {
  await shared?.server.api.close();
  await database?.close();
  await leave?.();
});

function request(row: Row, team: Team, replaced: Ids = {}): readonly [Method, string, object | undefined] {
  const things = shared.things[team];
  const [method, template] = row.route.split(" ") as [Method, string];
  const given = (id: string) => encodeURIComponent((things as unknown as Ids)[id] ?? id);
  const path = template.replace(/\{([^}]+)\}/g, (_, name: string) =>
    given(replaced[name] ?? row.ids?.[name] ?? ""),
  );
  const query = Object.entries(row.query ?? {}).map(([name, id]) => `${name}=${given(replaced["id"] ?? id)}`);
  const asked = [path.replace(/^\/api\/v1/, ""), ...query].join("?");
  return [method, asked, row.body?.(things)];
}

function asksLabels({ needs }: Row): boolean {
  return needs !== "public" && needs !== "signed-in" && ACTIONS[needs].on !== "installation";
}

const isStream = ({ route }: Row) => route === "GET /api/v1/stream";

async function ask(who: Somebody, row: Row, team: Team = "red", replaced: Ids = {}): Promise<Answer> {
  const [method, path, body] = request(row, team, replaced);
  const atRoot = !row.route.includes("/api/v1/");
  return await who.askAt(method, atRoot ? path : `/api/v1${path}`, body);
}

describe("the table", () => {
  it("has every route of the server, and no other", async () => {
    await shared.server.api.ready();
    const { paths = {} } = shared.server.api.swagger() as { paths?: Record<string, object> };
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(ROWS.map(({ route }) => route).sort()).toEqual(routes.sort());
  });

  it("knows of each role what it may", () => {
    for (const role of ROLES) for (const action of MAY[role]) expect(ACTIONS).toHaveProperty([action]);
  });
});

describe("without signing in", () => {
  it.each(ROWS.filter((row) => row.needs !== "public" && !isStream(row)))(
    "$route is refused",
    async (row) => {
      const { status, body, headers } = await ask(shared.server.somebody(), row);
      expect([status, body.code, headers["www-authenticate"]]).toEqual([401, "sign_in_required", "Bearer"]);
    },
  );

  it("the stream is refused, and the files of the ledger are", async () => {
    for (const path of ["/api/v1/stream", "/ledger/checkpoint", "/ledger/tile/0/000"]) {
      expect((await shared.server.somebody().askAt("GET", path)).status).toBe(401);
    }
  });

  it.each(ROWS.filter(({ needs }) => needs === "public"))("$route does not ask who it is", async (row) => {
    expect((await ask(shared.server.somebody(), row)).body?.code).not.toBe("sign_in_required");
  });
});

describe.each([undefined, ...ROLES])("with the role %s everywhere", (role) => {
  const may = (row: Row) => {
    if (row.needs === "public" || row.needs === "signed-in") return true;
    return role !== undefined && MAY[role].includes(row.needs);
  };
  const seesStacks = role !== undefined;

  it.each(ROWS.filter((row) => row.needs !== "public" && !isStream(row)))("$route", async (row) => {
    const who = await shared.person(role);
    const { status, body } = await ask(who, row);
    const told = `${status} ${body?.code ?? ""} ${body?.detail ?? ""}`;
    if (may(row)) {
      const refusals = row.needs === "signed-in" ? [401] : [401, 403, 404];
      expect(
        refusals.filter((one) => row.allowed?.includes(one) !== true),
        told,
      ).not.toContain(status);
      return;
    }
    const isLabelled = asksLabels(row);
    // Whoever sees nothing gets empty lists, and nothing to which he could do something.
    const isList = isLabelled && row.route.startsWith("GET") && row.ids === undefined;
    if (isList) expect(told).toBe("200  ");
    else if (isLabelled && !seesStacks && row.needs !== "stack.add") expect(status, told).toBe(404);
    else expect([status, body?.code], told).toEqual([403, "access_denied"]);
  });
});

describe("of the other team's things", () => {
  const labelled = ROWS.filter(asksLabels);

  it.each(labelled.filter(({ ids }) => ids !== undefined))(
    "$route tells the same as of things that there are not",
    async (row) => {
      for (const role of ROLES) {
        const who = await shared.person(role, { team: "red" });
        const theirs = await ask(who, row, "blue");
        const nobodys = await ask(who, row, "blue", { id: "blue-nothing" });
        const [id] = Object.values({ ...row.query, ...row.ids });
        const idOfTheirs = (shared.things.blue as unknown as Ids)[id ?? ""] ?? "";
        const neutral = ({ status, body }: Answer) => [
          status,
          JSON.stringify({ ...body, requestId: "" })
            .replaceAll(idOfTheirs, "ID")
            .replaceAll("blue-nothing", "ID"),
        ];
        expect(neutral(theirs), role).toEqual(neutral(nobodys));
        expect(theirs.status, role).toBe(404);
      }
    },
  );

  it.each(labelled.filter((row) => row.ids === undefined && row.route.startsWith("GET") && !isStream(row)))(
    "$route tells nothing, in no filter, and counts nothing",
    async (row) => {
      const who = await shared.person("operator", { team: "red" });
      const { body, status } = await ask(who, row);
      expect(status).toBe(200);
      expect(JSON.stringify(body)).not.toContain("blue");
      expect(JSON.stringify(body)).not.toContain("event-nothing");
      const { stack, account } = shared.things.blue;
      for (const filter of [
        `stack=${stack}`,
        `account=${account}`,
        "label=team%3Dblue",
        "name=blue%2Fnetwork",
      ]) {
        const [method, path] = row.route.split(" ") as [Method, string];
        const found = await who.askAt(method, `${path}?${filter}`);
        if (found.status === 400) continue;
        const lists = Object.values(found.body as object).filter((member) => Array.isArray(member));
        if (row.route !== "GET /api/v1/status") expect(lists, filter).toEqual([[]]);
      }
    },
  );

  it("nothing can be done by naming their account or labels", async () => {
    const who = await shared.person("operator", { team: "red" });
    const { account } = shared.things.blue;
    for (const path of ["/unmanaged/accept", "/unmanaged/withdraw"]) {
      const theirs = await who.ask("POST", path, { account, reason: "x" });
      const nobodys = await who.ask("POST", path, { account: "blue-nothing", reason: "x" });
      expect([theirs.status, theirs.body.code]).toEqual([nobodys.status, nobodys.body.code]);
      expect(theirs.status).toBe(404);
    }
    const origin = { kind: "repository", url: "https://example.com/a.git", ref: "main", path: "" };
    for (const labels of [{ team: "blue" }, {}, { env: "prod" }]) {
      const added = await who.ask("POST", "/stacks", { name: "mine", origin, labels });
      expect([added.status, added.body.code]).toEqual([403, "access_denied"]);
    }
    expect((await who.ask("POST", "/stacks", { name: "mine", origin, labels: { team: "red" } })).status).toBe(
      201,
    );
  });

  it("a stack of theirs that could not be read is not counted in what a search of one's own account tells", async () => {
    const { stacks, unmanaged } = createWatchRecords(database);
    const { red, blue } = shared.things;
    const failure = { at: at(9), error: { code: "state_missing", message: "none" } } as const;
    for (const id of [red.other, blue.stack, blue.other]) await stacks.failed(id as StackId, failure);
    await unmanaged.searched(red.account, "111111111111", {
      ...{ startedAt: at(9), finishedAt: at(9), isComplete: true, things: 1, managed: 0, managedByGuess: 0 },
      ...{ unreadStacks: 3, drifts: 0, unmanaged: 1, leftOut: {}, units: [], calls: 1, waitedMs: 0 },
    });
    const counted = async (scope: Labels) => {
      const who = await shared.person("viewer", scope);
      const { accounts } = (await who.ask("GET", "/unmanaged/accounts")).body;
      return accounts.find(({ name }: { name: string }) => name === red.account).search.unreadStacks;
    };
    expect([await counted({ team: "red" }), await counted({})]).toEqual([1, 3]);
  });

  it("a name that is theirs is given like any other: whoever does not see all stacks gets one with an end of its own", async () => {
    const origin = { kind: "repository", url: "https://example.com/a.git", ref: "main", path: "" };
    const added = async (who: Somebody, name: string) => {
      const { status, body } = await who.ask("POST", "/stacks", { name, origin, labels: { team: "red" } });
      return { status, code: body.code, name: String(body.name).replace(/-[0-9a-f]{8}$/, "-END") };
    };
    const scoped = await shared.person("operator", { team: "red" });
    for (const name of ["blue/network", "blue/nothing", "red/network", "blue/network"])
      expect(await added(scoped, name)).toEqual({ status: 201, code: undefined, name: `${name}-END` });
    const whole = await shared.person("operator");
    expect(await added(whole, "blue/network")).toMatchObject({ status: 409, code: "stack_name_taken" });
    expect(await added(whole, "blue/else")).toMatchObject({ status: 201, name: "blue/else" });
  });

  it("a folder of the server's machine is for administrators of everything", async () => {
    const origin = { kind: "folder", path: "/etc" };
    const wanted = { name: "etc", origin, labels: { team: "red" } };
    for (const [role, scope] of [
      ["operator", {}],
      ["administrator", { team: "red" }],
    ] as const) {
      const who = await shared.person(role, scope);
      expect(await who.told("POST", "/stacks", wanted)).toEqual([403, "access_denied"]);
    }
  });
});

/** Whatever the clock could tell, the database would have been asked for: it is asked the same, whether there is something or not. */
describe("the time of an answer", () => {
  const withId = ROWS.filter(({ route, query }) => route.includes("{id}") || query !== undefined);
  const labelled = asksLabels;

  /** What is asked for one request, once what is remembered of whoever asks is known. */
  async function asked(
    work: () => Promise<Answer>,
  ): Promise<{ told: string; statements: readonly string[] }> {
    await work();
    statements();
    const { status, body } = await work();
    return { told: `${status} ${body?.code ?? ""}`, statements: statements() };
  }

  it.each(withId.filter(labelled))("$route says nothing of the other team's", async (row) => {
    for (const role of ROLES) {
      const who = await shared.person(role, { team: "red" });
      const theirs = await asked(() => ask(who, row, "blue"));
      expect(theirs.told, role).toBe("404 request_not_found");
      expect(theirs.statements.length, role).toBeGreaterThan(1);
      expect(theirs, role).toEqual(await asked(() => ask(who, row, "blue", { id: "blue-nothing" })));
    }
  });

  it.each(withId.filter((row) => !labelled(row)))("$route says nothing of somebody else's", async (row) => {
    const other = await shared.possessions();
    const kind = row.route.replace(/^.*\/(.+)\/\{id\}.*$/, "$1");
    const id = other[kind as keyof typeof other];
    expect(id, kind).toEqual(expect.any(String));
    const who = await shared.visitor();
    const theirs = await asked(() => ask(who, row, "red", { id }));
    // One's own are looked for; whoever may nothing else is refused before anything is.
    expect(theirs.told).toBe(row.needs === "signed-in" ? "404 request_not_found" : "403 access_denied");
    expect(theirs.statements.length).toBeGreaterThan(0);
    expect(theirs).toEqual(await asked(() => ask(who, row, "red", { id: "nothing" })));
  });

  it.each(["accept", "withdraw"])(
    "of POST /unmanaged/%s says nothing of an account of theirs",
    async (change) => {
      const who = await shared.person("operator", { team: "red" });
      const naming = (account: string) => () =>
        who.ask("POST", `/unmanaged/${change}`, { account, reason: "x" });
      const theirs = await asked(naming(shared.things.blue.account));
      expect(theirs.told).toBe("404 request_not_found");
      expect(theirs).toEqual(await asked(naming("blue-nothing")));
    },
  );

  it.each(["/drifts?stack=", "/checks?stack=", "/events?stack=", "/claims?stack=", "/unmanaged?account="])(
    "of GET %s says nothing of what is theirs",
    async (list) => {
      const who = await shared.person("viewer", { team: "red" });
      const { stack, account } = shared.things.blue;
      const theirs = await asked(() =>
        who.ask("GET", `${list}${list.includes("account") ? account : stack}`),
      );
      expect(theirs.told).toBe("200 ");
      expect(theirs).toEqual(await asked(() => who.ask("GET", `${list}blue-nothing`)));
    },
  );
});

describe("an auditor", () => {
  it("leaves an entry of whatever he reads, and of what he is refused", async () => {
    const { server } = shared;
    await server.entries();
    const who = await shared.person("auditor");
    await who.ask("GET", "/drifts?status=open");
    await who.ask("POST", `/stacks/${shared.things.red.stack}/check`, {});
    const entries = await server.entries();
    expect(entries.map(({ kind, data }) => [kind, data["target"]])).toEqual([
      ["access.read", "GET /api/v1/drifts?status=open"],
      ["access.refused", "stack red/network"],
    ]);
  });
});

// Changes what the red team sees: last.
describe("a message of an alert", () => {
  it("links to nothing that is not there", async () => {
    const { alerts, things } = shared;
    const chat = new ToldChannel("chat");
    const { deliveries, alerts: kept } = alerts.records;
    const [red, blue] = [things.red.alert as AlertId, things.blue.alert as AlertId];
    const member = {
      isOpen: true,
      severity: "high",
      class: "security",
      channels: ["chat"],
      further: [],
    } as const;
    // One of a single drift, one of two.
    const { drift, unmanaged } = things.red;
    const thing = "alert-of-a-thing" as AlertId;
    const known = (await kept.byId(red)) ?? expect.fail("there is no alert");
    await kept.save([{ alert: { ...known, id: thing }, key: thing, nextMoment: undefined }]);
    await kept.saveMembers([
      { ...member, alert: blue, drift, joinedAt: new Date() },
      { ...member, alert: thing, drift: unmanaged, joinedAt: new Date() },
    ]);
    await deliveries.want([
      { alert: red, channels: ["chat"] },
      { alert: thing, channels: ["chat"] },
      { alert: blue, channels: ["chat"] },
    ]);
    const signal = new AbortController().signal;
    const delivering = { context: alerts, channel: chat, quiet: undefined, random: () => 0.5, signal };
    for (const record of await deliveries.due("chat", new Date(), 10)) await deliverOne(delivering, record);
    const principal = { kind: "user", id: "kim", name: "Kim", channel: "session" };
    await testChannel(alerts, chat, {
      ...{ address: "192.0.2.1", userAgent: "", requestId: "r" },
      principal,
    } as never);
    expect(chat.told.map(({ message: { total } }) => total).sort()).toEqual([0, 0, 1, 1, 2]);
    const links = new Set(
      chat.told.flatMap(({ message: { actions } }) => actions.flatMap(({ url }) => url ?? [])),
    );
    expect(links.size).toBe(4);
    const who = await shared.person("administrator");
    for (const link of links) {
      const { origin, pathname } = new URL(link);
      expect(origin).toBe(alerts.origin());
      expect((await who.askAt("GET", pathname)).status, link).toBe(200);
    }
  });
});

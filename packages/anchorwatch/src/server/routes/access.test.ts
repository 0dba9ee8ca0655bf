import { describe, expect, it } from "vitest";
import type { AccessContext } from "../../app/access/accessContext.ts";
import { createAccessControl } from "../../app/access/accessControl.ts";
import { DEFAULT_ACCESS } from "../../app/access/accessSettings.ts";
import { has } from "../../auth/authorize/asking.fixture.ts";
import type { RoleAssignment } from "../../auth/role.ts";
import { memoryAccess } from "../memoryAccess.fixture.ts";
import { memoryWatch, stackNamed } from "../memoryWatch.fixture.ts";
import { testServer } from "../testServer.fixture.ts";

const ISSUER = "https://okta.example";

const settings = {
  ...DEFAULT_ACCESS,
  providers: [
    { name: "okta", title: "Okta", issuer: ISSUER, clientId: "anchorwatch", scopes: [], loginClaim: "email" },
  ],
  assignments: [
    {
      ...has("operator", { team: "payments" }),
      subject: { kind: "group", group: "okta:platform" },
      origin: "config",
      source: { file: "anchorwatch.server.yaml", line: 12 },
    } satisfies RoleAssignment,
  ],
  policies: [
    {
      name: "own.cedar",
      text: '@id("closed") forbid (principal, action == Anchorwatch::Action::"stack.remove", resource);',
    },
  ],
};

const MARIA = {
  id: "user-maria",
  login: "maria",
  kind: "oidc",
  issuer: ISSUER,
  status: "active",
  groups: ["okta:platform"],
};
/** Who would come in no more. */
const BARRED = [
  { ...MARIA, id: "user-off", login: "off", status: "disabled" },
  { ...MARIA, id: "user-gone", login: "", status: "removed" },
  { ...MARIA, id: "user-other", login: "other", issuer: "https://other.example" },
];
const USERS = [MARIA, ...BARRED];

/** Users, and roles that were given here. */
const accounts = {
  settings: () => settings,
  records: {
    users: {
      byLogin: async (login: string) => USERS.find((user) => user.login === login),
      byId: async (id: string) => USERS.find((user) => user.id === id),
    },
    assignments: {
      list: async () => [
        { ...has("viewer"), subject: { kind: "user", id: MARIA.id } },
        has("administrator", {}, "root"),
      ],
    },
  },
} as unknown as AccessContext;

async function server(visible = true) {
  const network = stackNamed("network");
  const stacks = [{ ...network, stack: { ...network.stack, labels: { team: "payments" } } }];
  const control = createAccessControl({
    settings: () => settings,
    labels: { since: async () => [] },
    report: () => {},
  });
  const access = memoryAccess(visible ? {} : { visible: async () => [] });
  const { api } = await testServer(memoryWatch({ stacks }), {}, { access, accounts, control });
  const ask = async (body: unknown) => {
    const headers = { host: "localhost:7478", "content-type": "application/json" };
    const answer = await api.inject({
      method: "POST",
      url: "/api/v1/access/explain",
      headers,
      payload: JSON.stringify(body),
    });
    return { status: answer.statusCode, body: answer.json() };
  };
  const get = async (url: string) => (await api.inject({ url, headers: { host: "localhost:7478" } })).json();
  return { ask, get, access };
}

describe("access", () => {
  it("shows the policies in force, and what each role may", async () => {
    const { get } = await server();
    const { policies } = await get("/api/v1/access/policies");
    expect(policies.map(({ id }: { id: string }) => id)).toEqual([
      "viewer",
      "operator",
      "approver",
      "auditor",
      "administrator",
      "closed",
    ]);
    expect(policies.at(-1)).toMatchObject({
      origin: "config",
      file: "own.cedar",
      line: 1,
      text: settings.policies[0]?.text,
    });
    const { roles } = await get("/api/v1/access/roles");
    expect(roles[0]).toEqual({ role: "viewer", actions: ["stack.view", "account.view", "watch.view"] });
    expect(roles).toHaveLength(5);
  });

  it("explains what a user may by his groups of the last sign-in, the operator's file and what was given here", async () => {
    const { ask } = await server();
    const explained = await ask({ user: "Maria", action: "stack.check", resource: { stack: "id-network" } });
    expect(explained).toMatchObject({
      status: 200,
      body: {
        allowed: true,
        principal: {
          kind: "user",
          name: "maria",
          groups: ["okta:platform"],
          channel: "session",
          strong: false,
        },
        resource: { kind: "stack", labels: { team: "payments" } },
        roles: [
          { role: "viewer", subject: "user-id:user-maria", origin: "api" },
          { role: "operator", subject: "group:okta:platform", file: "anchorwatch.server.yaml", line: 12 },
        ],
        policies: [{ id: "operator" }],
      },
    });
    const byId = await ask({
      user: "user-maria",
      action: "stack.remove",
      resource: { labels: { team: "payments" } },
    });
    expect(byId.body).toMatchObject({ allowed: false, policies: [{ id: "closed" }], ways: [] });
    expect((await ask({ user: "root", action: "access.manage" })).body).toMatchObject({ allowed: true });
    expect((await ask({ user: "workload:root", action: "access.manage" })).body).toMatchObject({
      allowed: false,
    });
  });

  it.each([
    ["off", "disabled"],
    ["user-gone", "removed"],
    ["other", "provider"],
    ["workload:deploy", "workload"],
  ])("says of %s that nobody comes in as him, whatever roles he has: %s", async (user, barred) => {
    const { ask } = await server();
    const question = { action: "stack.check", resource: { labels: { team: "payments" } } };
    expect((await ask({ ...question, user: "maria" })).body).toMatchObject({ allowed: true });
    expect((await ask({ ...question, user })).body).toMatchObject({ allowed: false, barred, ways: [] });
  });

  it("counts an explanation as reading", async () => {
    const { ask, access } = await server();
    await ask({ user: "maria", action: "access.view" });
    expect(access.readings).toEqual([{ by: "user-kim", target: "explain maria access.view" }]);
  });

  it("does not tell of a stack that whoever asks may not see", async () => {
    const question = { user: "maria", action: "stack.check", resource: { stack: "id-network" } };
    const { ask } = await server(false);
    const hidden = await ask(question);
    const missing = await ask({ ...question, resource: { stack: "id-nothing" } });
    expect([hidden.status, missing.status]).toEqual([404, 404]);
    expect(hidden.body.title).toBe(missing.body.title);
  });

  it.each([
    [{ user: "maria", action: "stack.check" }, 422],
    [{ user: "maria", action: "access.view", resource: { labels: {} } }, 422],
    [{ user: "maria", action: "stack.chek", resource: { labels: {} } }, 400],
    [{ user: "maria", action: "access.view", resource: { stack: "a", labels: {} } }, 400],
    [{ user: "", action: "access.view" }, 400],
    [{ user: "maria", action: "access.view", unknown: 1 }, 400],
  ])("refuses %j with %i", async (question, status) => {
    const { ask } = await server();
    expect(await ask(question)).toMatchObject({ status });
  });
});

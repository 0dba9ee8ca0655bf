import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatProblem } from "../problems.ts";
import { parseServerConfiguration } from "./parse.ts";
import type { ServerConfiguration } from "./serverConfiguration.ts";

const FILE = "anchorwatch.server.yaml";
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "access-sections-"));
  writeFileSync(
    join(folder, "own.cedar"),
    '@id("no-night-work")\nforbid (principal, action, resource) unless { context.strong };\n',
  );
  writeFileSync(
    join(folder, "broken.cedar"),
    "forbid (principal, action, resource)\n  when { context.storng };\n",
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(lines: string): Promise<ServerConfiguration> {
  const parsed = await parseServerConfiguration(`version: 1\n${lines}`, FILE, folder);
  if (!parsed.ok) expect(parsed.problems.map(formatProblem)).toEqual([]);
  if (parsed.ok) return parsed.configuration;
  throw new TypeError("unreachable");
}

async function problems(lines: string): Promise<string> {
  const parsed = await parseServerConfiguration(`version: 1\n${lines}`, FILE, folder);
  return parsed.ok ? "" : parsed.problems.map(formatProblem).join("\n");
}

async function warnings(lines: string): Promise<string> {
  return (await read(lines)).warnings.map(formatProblem).join("\n");
}

const WHOLE = `server:
  publicUrl: https://anchorwatch.example.com/
  host: 0.0.0.0
  trustedProxies: [10.0.0.0/8, 192.0.2.1, "fd00::/8"]
  tls: { certFile: tls/cert.pem, keyFile: /etc/tls/key.pem }
access:
  providers:
    - name: okta
      title: Our Okta
      issuer: https://example.okta.com
      clientId: anchorwatch
      clientSecretVariable: OKTA_SECRET
      scopes: [openid, email, groups]
      groupsClaim: groups
      loginDomains: [Example.com]
      strongAcr: [phr]
    - { name: here, issuer: "http://localhost:9000", clientId: a, clientSecretFile: here.secret, loginClaim: sub, loginDomains: [x] }
  roles:
    - role: administrator
      users: [Ada@Example.com]
    - role: operator
      groups: ["okta:platform: eu"]
      workloads: [deploy]
      stacks: { team: payments }
  workloads:
    - name: deploy
      github: { repository: example/infra, ref: refs/heads/main }
    - name: release
      gitlab: { repository: group/sub/infra, environment: production, issuer: "https://gitlab.example" }
      audience: aw
  policies: [own.cedar]
  sessions: { idle: 30m, longest: 1d }
  tokens: { longest: 90d }
  passwords: false
`;

describe("what the operator's file says of access", () => {
  it("is read whole, with paths of its folder and the line of every assignment", async () => {
    const { access, listen, variables, warnings: none } = await read(WHOLE);
    expect(listen).toEqual({
      publicUrl: "https://anchorwatch.example.com",
      host: "0.0.0.0",
      trustedProxies: ["10.0.0.0/8", "192.0.2.1/32", "fd00::/8"],
      tls: { certFile: join(folder, "tls/cert.pem"), keyFile: "/etc/tls/key.pem" },
    });
    expect(access).toEqual({
      providers: [
        {
          name: "okta",
          title: "Our Okta",
          issuer: "https://example.okta.com",
          clientId: "anchorwatch",
          clientSecret: { kind: "variable", name: "OKTA_SECRET" },
          scopes: ["openid", "email", "groups"],
          groupsClaim: "groups",
          loginClaim: "email",
          loginDomains: ["example.com"],
          strongAcr: ["phr"],
        },
        {
          name: "here",
          title: "here",
          issuer: "http://localhost:9000",
          clientId: "a",
          clientSecret: { kind: "file", path: join(folder, "here.secret") },
          scopes: ["openid", "profile", "email"],
          loginClaim: "sub",
          loginDomains: ["x"],
        },
      ],
      assignments: [
        {
          id: expect.stringMatching(/^config-[0-9a-f]{16}$/),
          role: "administrator",
          subject: { kind: "login", login: "ada@example.com" },
          scope: {},
          origin: "config",
          source: { file: FILE, line: 21 },
        },
        {
          id: expect.any(String),
          role: "operator",
          subject: { kind: "group", group: "okta:platform: eu" },
          scope: { team: "payments" },
          origin: "config",
          source: { file: FILE, line: 23 },
        },
        {
          id: expect.any(String),
          role: "operator",
          subject: { kind: "workload", name: "deploy" },
          scope: { team: "payments" },
          origin: "config",
          source: { file: FILE, line: 24 },
        },
      ],
      workloads: [
        {
          name: "deploy",
          forge: "github",
          issuer: "https://token.actions.githubusercontent.com",
          audience: "https://anchorwatch.example.com",
          repository: "example/infra",
          ref: "refs/heads/main",
        },
        {
          name: "release",
          forge: "gitlab",
          issuer: "https://gitlab.example",
          audience: "aw",
          repository: "group/sub/infra",
          environment: "production",
        },
      ],
      policies: [{ name: "own.cedar", text: expect.stringContaining("no-night-work") }],
      sessions: { idleMs: 1_800_000, longestMs: 86_400_000 },
      tokens: { longestMs: 90 * 86_400_000 },
      passwords: false,
    });
    expect(variables).toMatchObject([{ name: "OKTA_SECRET", location: { line: 13 } }]);
    expect(none).toEqual([]);
  });

  it("gives the same assignment the same id, wherever it stands", async () => {
    const first = await read("access: { roles: [{ role: viewer, users: [a], stacks: { a: b, c: d } }] }");
    const second = await read(
      "access:\n  roles:\n  - { role: viewer, users: [b] }\n  - { role: viewer, users: [A, a], stacks: { c: d, a: b } }",
    );
    const ids = second.access.assignments.map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
    expect(ids[1]).toBe(first.access.assignments[0]?.id);
  });

  it.each([
    ["access: { provider: [] }", "access has the unknown key “provider”. Did you mean “providers”?"],
    ["access: { roles: [{ role: admin, users: [a] }] }", "access.roles[0].role: expected viewer or operator"],
    ["access: { roles: [{ role: viewer }] }", "access.roles[0] says nobody who has the role"],
    [
      "access: { roles: [{ role: viewer, groups: [platform] }] }",
      "is no group of a provider. Expected PROVIDER:GROUP",
    ],
    ["access: { roles: [{ role: viewer, workloads: [ci] }] }", "there is no workload “ci”. Add it"],
    [
      "access: { roles: [{ role: viewer, users: [a], stacks: { team: 1 } }] }",
      "access.roles[0].stacks.team: expected text, found 1",
    ],
    ["access: { sessions: { idle: 1w } }", "expected a time such as 30m, 12h or 7d"],
    ["access: { sessions: { idle: 10s } }", "access.sessions.idle: 10s is too short or too long"],
    ["access: { tokens: { longest: 9999d } }", "access.tokens.longest: 9999d is too short or too long"],
    ["access: { policies: [none.cedar] }", "access.policies[0]: none.cedar cannot be read"],
    ["access: { policies: [own.cedar, ./own.cedar] }", "access.policies[1]: ./own.cedar is there already"],
    ["access: { policies: [broken.cedar] }", "broken.cedar:"],
    ["access: { workloads: [{ name: ci }] }", "expected one of github, gitlab, found nothing"],
    [
      "access: { workloads: [{ name: ci, github: { repository: a/b, ref: refs/heads/main } }] }",
      "access.workloads[0] has no “audience”",
    ],
    [
      "access: { workloads: [{ name: ci, audience: a, github: { repository: a/b } }] }",
      "has neither “ref” nor “environment”",
    ],
    [
      "access: { workloads: [{ name: ci, audience: a, github: { repository: 'a/*', ref: refs/heads/main } }] }",
      "is no repository. Expected OWNER/NAME",
    ],
    [
      "access: { workloads: [{ name: ci, audience: a, github: { repository: a/b/c, ref: refs/heads/main } }] }",
      "is no repository",
    ],
    [
      "access: { workloads: [{ name: ci, audience: a, github: { repository: a/b, ref: main } }] }",
      "is no ref. Expected refs/heads/BRANCH",
    ],
    [
      "access: { workloads: [{ name: ci, audience: a, github: { repository: a/b, ref: refs/heads/* } }] }",
      "is no ref",
    ],
    [
      "access: { workloads: [{ name: ci, audience: a, gitlab: { repository: a/b, environment: 'prod*' } }] }",
      "environment holds a *",
    ],
    ["server: { publicUrl: 'http://anchorwatch.example.com' }", "server.publicUrl is not on https"],
    [
      "server: { publicUrl: 'https://example.com/anchorwatch' }",
      "server.publicUrl has more than a host and a port",
    ],
    ["server: { publicUrl: 'https://10.0.0.5' }", "server.publicUrl names an address of the network"],
    ["server: { publicUrl: 'https://[fd00::1]' }", "server.publicUrl names an address of the network"],
    ["server: { publicUrl: example.com }", "server.publicUrl is no address of a server"],
    ["server: { host: anchorwatch.example.com }", "server.host is no address of this machine"],
    ["server: { trustedProxies: [0.0.0.0/0] }", "server.trustedProxies[0] is the whole Internet"],
    [
      "server: { trustedProxies: [10.0.0.5/8] }",
      "is an address in a network, not the network. The network is 10.0.0.0/8",
    ],
    ["server: { trustedProxies: [10.1/16] }", "server.trustedProxies[0] is no network"],
    ["server: { trustedProxies: [proxy.example] }", "server.trustedProxies[0] is no network"],
    ["server: { tls: { certFile: a } }", "server.tls has no “keyFile”"],
  ])("%j is refused where it is wrong", async (lines, words) => {
    expect(await problems(lines)).toContain(words);
  });

  const provider = (members: string) => `access: { providers: [{ name: okta, clientId: a, ${members} }] }`;

  it.each([
    "http://idp.example",
    "https://ada:hunter2@idp.example",
    "https://idp.example/?tenant=1",
    "https://idp.example/#a",
    "http://localhost.example",
    "http://127.0.0.1.example",
    "ftp://idp.example",
    "idp.example",
  ])("an issuer %s is none that can be trusted", async (issuer) => {
    expect(await problems(provider(`issuer: "${issuer}"`))).toContain("is no address of an issuer");
  });

  it.each([
    "https://idp.example",
    "https://idp.example/realms/a",
    "http://localhost:1/a",
    "http://127.0.0.1:1",
    "http://[::1]:1",
  ])("an issuer %s is one", async (issuer) => {
    expect(await problems(provider(`issuer: "${issuer}"`))).toBe("");
  });

  it.each([
    ["issuer: 'https://a', scopes: [email]", "has no openid"],
    ["issuer: 'https://a', scopes: [openid, 'a b']", "scopes[1] is no scope"],
    ["issuer: 'https://a', clientSecretFile: a, clientSecretVariable: B", "names its secret twice"],
  ])("a provider with %s is refused", async (members, words) => {
    expect(await problems(provider(members))).toContain(words);
  });

  it("does not repeat a secret that stands where none belongs", async () => {
    for (const members of [
      "issuer: 'https://a', clientSecret: hunter2",
      "issuer: 'https://a', clientSecretVariable: hunter-2!",
    ]) {
      const found = await problems(provider(members));
      expect(found).not.toBe("");
      expect(found).not.toContain("hunter");
    }
  });

  it("refuses two providers of one name or one issuer", async () => {
    const found = await problems(
      "access:\n  providers:\n  - { name: a, issuer: 'https://i', clientId: c }\n  - { name: a, issuer: 'https://i', clientId: d }",
    );
    expect(found).toContain(`${FILE}:5:13: access.providers[1].name stands in line 4 already`);
    expect(found).toContain("access.providers[1].issuer stands in line 4 already");
  });

  const ADMIN = "{ role: administrator, users: [a@x] }";

  it.each([
    [
      `roles: [${ADMIN}, { role: viewer, groups: ["okat:a"] }], providers: [{ name: okta, issuer: "https://i", clientId: c }]`,
      "there is no provider “okat”. Did you mean “okta”?",
    ],
    [
      `roles: [${ADMIN}, { role: viewer, groups: ["okta:a"] }], providers: [{ name: okta, issuer: "https://i", clientId: c }]`,
      "the provider “okta” tells no groups",
    ],
    ["roles: [{ role: viewer, users: [a] }]", "access.roles makes nobody an administrator"],
    [
      "roles: [{ role: administrator, users: [a], stacks: { a: b } }]",
      "an administrator of some stacks alone administers nothing",
    ],
    [
      `roles: [${ADMIN}, { role: administrator, workloads: [ci] }], workloads: [{ name: ci, audience: a, github: { repository: a/b, ref: refs/heads/main } }]`,
      "the pipeline “ci” has the role administrator",
    ],
    [
      `roles: [${ADMIN}], providers: [{ name: a, issuer: "https://i", clientId: c, loginDomains: [x] }, { name: b, issuer: "https://j", clientId: c }]`,
      "whoever the provider “b” gives a login of access.roles gets its roles",
    ],
    ["sessions: { idle: 8d }", "access.sessions.idle is longer than access.sessions.longest"],
  ])("%s is allowed, and told to be hardly meant", async (members, words) => {
    expect(await warnings(`access: { ${members} }`)).toContain(words);
  });
});

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run as runAny } from "../testSurroundings.fixture.ts";

const SERVER = `version: 1
unmanaged:
  accounts: [{ name: production, regions: [eu-central-1], labels: { env: prod } }]
access:
  roles:
    - role: viewer
      users: [maria@example.com]
    - role: operator
      groups: ["okta:platform"]
      stacks: { team: payments }
    - role: operator
      workloads: [deploy]
    - role: administrator
      users: [root@example.com]
  workloads:
    - name: deploy
      github: { repository: acme/infra, ref: refs/heads/main }
      audience: https://anchorwatch.example.com
  policies: [own.cedar]
  providers:
    - name: okta
      issuer: https://acme.okta.com
      clientId: anchorwatch
watch:
  stacks: [{ folder: infra, labels: { team: payments } }]
`;

const CEDAR = `// Production is changed by people who proved themselves twice.
@id("strong-in-production")
@means("production is changed with a second factor only")
forbid (principal is Anchorwatch::User, action in Anchorwatch::Action::"change", resource is Anchorwatch::Stack)
when {\tresource.hasTag("env") && resource.getTag("env") == "prod" }
unless { context.strong };
`;

const TESTS = `version: 1
principals:
  maria: { user: Maria@example.com, groups: ["okta:platform"] }
  guest: { roles: [{ role: viewer, stacks: { team: web } }] }
  deploy: { workload: deploy }
  script: { user: root@example.com, channel: token, limit: { roles: [viewer] } }
tests:
  - { principal: maria, action: stack.check, resource: { labels: { team: payments } }, expect: allow, because: operator }
  - principal: maria
    action: stack.check
    resource: { labels: { team: payments, env: prod } }
    expect: deny
    because: strong-in-production
  - { principal: guest, action: stack.view, resource: { labels: {} }, expect: deny }
  - { principal: guest, action: stack.view, resource: { labels: { team: web } }, expect: allow }
  - { principal: deploy, action: stack.check, resource: { labels: { env: prod } }, expect: allow }
  - { principal: script, action: access.manage, expect: deny }
  - { principal: script, action: watch.view, expect: allow }
`;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "anchorwatch-access-"));
  await writeFile(join(folder, "anchorwatch.server.yaml"), SERVER);
  await writeFile(join(folder, "own.cedar"), CEDAR);
  await writeFile(join(folder, "access.test.yaml"), TESTS);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (...argv: readonly string[]) =>
  runAny(["access", ...argv], {
    workingDirectory: folder,
    environment: { ANCHORWATCH_SERVER: join(folder, "anchorwatch.server.yaml") },
  });
const explain = (...argv: readonly string[]) => run("explain", ...argv);

describe("anchorwatch access explain", () => {
  it("says by which role, from which line, and by which policy", async () => {
    const asked = ["maria@example.com", "stack.check", "labels:team=payments,env=test"];
    const { status, stdout } = await explain(...asked, "--group", "okta:platform");
    expect(status).toBe(0);
    expect(stdout).toBe(`ALLOWED  maria@example.com  stack.check  a stack with team=payments, env=test
         (to have a stack checked now)

Permitted by:
  “operator” (built in): operators see what viewers see, and run the watch: stacks, checks, baselines, exceptions, alerts, and requests to put a drift right

Roles that count here:
  viewer everywhere (anchorwatch.server.yaml:7)
  operator where team=payments (group:okta:platform, anchorwatch.server.yaml:9)
`);
  });

  it("says what stands against it, and what would be needed", async () => {
    const asked = ["maria@example.com", "stack.check", "labels:team=payments,env=prod"];
    const { status, stdout } = await explain(...asked, "--group", "okta:platform");
    expect(status).toBe(2);
    expect(stdout).toContain(`Forbidden by:
  “strong-in-production” (own.cedar:2): production is changed with a second factor only
`);
    expect(stdout).toContain(`What would allow it:
  signing in with a passkey or a second factor
`);
    expect(await explain(...asked, "--group", "okta:platform", "--strong")).toMatchObject({ status: 0 });
  });

  it("says which roles would be enough for whoever has none that counts", async () => {
    const { status, stdout } = await explain("maria@example.com", "stack.check", "labels:team=web");
    expect(status).toBe(2);
    expect(stdout).toBe(`DENIED  maria@example.com  stack.check  a stack with team=web
        (to have a stack checked now)

No policy permits it to these roles.

Roles that count here:
  viewer everywhere (anchorwatch.server.yaml:7)

What would allow it:
  the role operator here
  the role administrator here
`);
    const nobody = await explain("nobody", "stack.view", "labels:");
    expect(nobody.stdout).toContain("No role counts here, and no policy permits it otherwise.");
  });

  it("knows pipelines and the installation, and prints JSON", async () => {
    const { status, stdout } = await explain(
      "workload:deploy",
      "stack.check",
      "labels:env=prod",
      "--format",
      "json",
    );
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      schema: "anchorwatch.access-explanation/v1",
      allowed: true,
      principal: { kind: "workload", name: "deploy", groups: [], channel: "workload", strong: false },
      action: "stack.check",
      resource: { kind: "stack", labels: { env: "prod" } },
      roles: [
        {
          role: "operator",
          subject: "workload:deploy",
          labels: {},
          origin: "config",
          file: "anchorwatch.server.yaml",
          line: 12,
        },
      ],
      rolesElsewhere: [],
      policies: [{ id: "operator", effect: "permit", origin: "built-in", means: expect.any(String) }],
      failures: [],
      limitedByToken: false,
      ways: [],
    });
    expect(await explain("root@example.com", "access.manage", "installation")).toMatchObject({ status: 0 });
    expect(await explain("maria@example.com", "access.manage", "installation")).toMatchObject({ status: 2 });
  });

  it.each([
    [["maria", "stack.chek", "labels:"], "there is no action “stack.chek”", "Did you mean “stack.check”?"],
    [
      ["maria", "stack.check", "installation"],
      "stack.check is asked of a stack, not of the installation",
      "labels:",
    ],
    [["maria", "access.view", "labels:a=b"], "access.view is asked of the installation", "“installation”"],
    [["maria", "stack.check", "network"], "“network” names nothing that can be asked about", "stack:NAME"],
    [["maria", "stack.check", "labels:team"], "“team” is no label", "labels:team=payments"],
    [["maria", "stack.check", "labels:a=b,a=c"], "the label a is named twice", "one value"],
  ])("%j is refused with what would be right", async (argv, message, hint) => {
    const { status, stderr, stdout } = await explain(...argv);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
  });

  it("knows the stacks of the file's folders, whose labels nothing in them can choose", async () => {
    await mkdir(join(folder, "infra", "network"), { recursive: true });
    await writeFile(join(folder, "infra", "network", "main.tf"), 'terraform {\n  backend "local" {}\n}\n');
    const yaml = "version: 1\nstacks:\n  - name: billing\n    path: network\n";
    await writeFile(join(folder, "infra", "anchorwatch.yaml"), yaml);
    const { status, stdout } = await explain("maria@example.com", "stack.view", "stack:billing");
    expect(status).toBe(0);
    expect(stdout).toContain("stack.view  stack:billing, a stack with team=payments");
    expect(await explain("maria@example.com", "stack.view", "stack:nothing")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("no folder that anchorwatch.server.yaml names has a stack “nothing”"),
    });
  });

  it("knows the labels that the file gives to all stacks of a repository", async () => {
    const source = (url: string, env: string) =>
      `    - { repository: "${url}", ref: main, folders: [${env}], labels: { team: payments, env: ${env} } }\n`;
    const [infra, twice] = ["https://git.example/acme/infra.git", "https://git.example/acme/twice.git"];
    const sources = source(infra, "test") + source(twice, "test") + source(twice, "prod");
    await writeFile(
      join(folder, "repositories.yaml"),
      SERVER.replace(/watch:\n.*\n$/, `watch:\n  stacks:\n${sources}`),
    );
    const asked = (resource: string) =>
      explain("workload:deploy", "stack.check", resource, "--server", "repositories.yaml");
    const { status, stdout } = await asked(`repository:${infra}`);
    expect(status).toBe(0);
    expect(stdout).toContain(`repository:${infra}, a stack with team=payments, env=test`);
    for (const [resource, words] of [
      ["repository:https://git.example/acme/infr.git", `Did you mean “${infra}”?`],
      [`repository:${twice}`, "more than once, with other labels"],
      ["stack:network", `repository:${infra}.`],
    ] as const) {
      expect(await asked(resource)).toMatchObject({ status: 1, stderr: expect.stringContaining(words) });
    }
  });

  it("does not let in a pipeline that the file does not name, whatever policies say", async () => {
    const { status, stdout } = await explain("workload:deploi", "stack.check", "labels:");
    expect(status).toBe(2);
    expect(stdout).toContain("names no such pipeline");
    const json = await explain("workload:deploi", "stack.check", "labels:", "--format", "json");
    expect(JSON.parse(json.stdout)).toMatchObject({ allowed: false, barred: "workload", ways: [] });
  });

  it("knows a login however it is typed", async () => {
    const { status, stdout } = await explain(" Ｍaria@Example.com ", "stack.view", "labels:");
    expect(status).toBe(0);
    expect(stdout).toContain("ALLOWED  maria@example.com  ");
  });

  it("knows the accounts of the file", async () => {
    const { status, stdout } = await explain("maria@example.com", "account.view", "account:production");
    expect(status).toBe(0);
    expect(stdout).toContain("account.view  account:production, an account with env=prod");
    expect(await explain("maria@example.com", "account.view", "account:producton")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("Did you mean “production”?"),
    });
    expect(await explain("maria@example.com", "stack.view", "account:production")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("stack.view is asked of a stack, not of an account"),
    });
  });

  it("shows nothing that a terminal would act on", async () => {
    const { stdout } = await explain("mal\u001b[2Jory", "stack.check", "labels:team=\u202ex");
    expect(stdout).toContain("mal\\u001b[2jory");
    expect(stdout).toContain("team=\\u202ex");
  });

  it("needs an operator's file", async () => {
    const { status, stderr } = await runAny(["access", "explain", "a", "stack.view", "labels:"]);
    expect(status).toBe(1);
    expect(stderr).toContain("No operator's file was named");
  });
});

describe("anchorwatch access test", () => {
  it("says that all is as expected", async () => {
    expect(await run("test", "access.test.yaml")).toMatchObject({
      status: 0,
      stdout: "OK  access.test.yaml: 7 tests, all as expected\n",
      stderr: "",
    });
  });

  it("names the line, what was expected and who decided otherwise", async () => {
    const text = TESTS.replace("expect: allow, because: operator", "expect: deny")
      .replace("because: strong-in-production", "because: strong-in-prodution")
      .replace(
        "labels: { team: web } }, expect: allow",
        "labels: { team: web } }, expect: allow, because: operator",
      );
    await writeFile(join(folder, "failing.yaml"), text);
    const { status, stdout } = await run("test", "failing.yaml");
    expect(status).toBe(2);
    expect(stdout).toBe(`FAIL  failing.yaml:8  maria: stack.check of team=payments
      expected deny, found allow (permitted by “operator”)
FAIL  failing.yaml:9  maria: stack.check of team=payments,env=prod
      there is no policy “strong-in-prodution”; did you mean “strong-in-production”?
FAIL  failing.yaml:15  guest: stack.view of team=web
      expected allow because of “operator”, found allow (permitted by “viewer”)
failing.yaml: 7 tests, 3 not as expected
`);
    const json = JSON.parse((await run("test", "failing.yaml", "--format", "json")).stdout);
    expect(json).toMatchObject({ schema: "anchorwatch.access-tests/v1", tests: 7, failed: 3 });
    expect(json.results[0]).toEqual({
      name: "maria: stack.check of team=payments",
      line: 8,
      ok: false,
      expected: "deny",
      found: "allow",
      policies: ["operator"],
      failure: "expected deny, found allow (permitted by “operator”)",
    });
    const junit = await run("test", "failing.yaml", "--format", "junit");
    expect(junit).toMatchObject({ status: 2 });
    expect(junit.stdout).toContain('<testsuites name="anchorwatch access" tests="7" failures="3" errors="0"');
    expect(junit.stdout).toContain('file="failing.yaml" line="8"');
  });

  it.each([
    ["version: 1\nprincipals: {}\ntests: []", "tests: expected at least 1"],
    [
      TESTS.replace("principal: guest", "principal: gest"),
      "14:18: tests[2].principal: there is no “gest” among principals. Did you mean “guest”?",
    ],
    [
      TESTS.replace("action: access.manage", "action: stack.check"),
      "stack.check is asked of a stack, not of the installation. Add resource",
    ],
    [TESTS.replace("action: access.manage", "action: stack.chek"), "17:34: tests[5].action: expected"],
    [
      TESTS.replace("expect: deny\n    because", "expects: deny\n    because"),
      "unknown key “expects”. Did you mean “expect”?",
    ],
    [
      TESTS.replace("{ workload: deploy }", "{ workload: deploy, user: x }"),
      "principals.deploy is a user and a workload",
    ],
  ])("refuses a file in which something is wrong: %#", async (text, message) => {
    await writeFile(join(folder, "wrong.yaml"), text);
    const { status, stderr } = await run("test", "wrong.yaml");
    expect(status).toBe(1);
    expect(stderr).toContain(message);
  });

  it("refuses policies in which something is wrong, with their line", async () => {
    const wrong = join(folder, "wrong.server.yaml");
    await writeFile(
      join(folder, "wrong.cedar"),
      `${CEDAR}\nforbid (principal, action, resource) when { contxt.strong };\n`,
    );
    await writeFile(wrong, SERVER.replace("own.cedar", "wrong.cedar"));
    const { status, stderr } = await run("test", "access.test.yaml", "--server", wrong);
    expect(status).toBe(1);
    expect(stderr).toContain("wrong.cedar:8:45: ");
  });
});

describe("anchorwatch access policies", () => {
  it("prints those that are built in and the operator's, as Cedar that can be read again", async () => {
    const { status, stdout } = await run("policies");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^\/\/ built in: viewer\n@id\("viewer"\)\n/);
    expect(stdout).toContain("when {\tresource");
    expect(stdout).toContain('\n\n// own.cedar:2: strong-in-production\n@id("strong-in-production")\n');
    const { policies } = JSON.parse((await run("policies", "--format", "json")).stdout);
    expect(policies.at(-1)).toMatchObject({
      id: "strong-in-production",
      effect: "forbid",
      origin: "config",
      line: 2,
    });
    expect((await run("policies", "--schema")).stdout).toContain(
      'action "stack.check" in ["change"] appliesTo {',
    );
  });
});

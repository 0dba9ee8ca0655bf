import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { builtinRules } from "../../app/policy/rules/builtinRules.ts";
import { OBJECT_TYPES, OWN_FUNCTIONS, VARIABLES } from "../../policy/cel/vocabulary.ts";
import { openConfiguration } from "../service/configuration.ts";
import { run as runAny, stillSurroundings } from "../testSurroundings.fixture.ts";

const RULES = `version: 1
rules:
  - id: team.port
    title: Somebody opened a port
    types: [acme_firewall]
    when: |
      changes.exists(c,
        c.op == "add" && c.element.from_port == 22)
    class: security
    severity: medium
    explain: "\${actor.name} opened port \${changes[0].element.from_port}."
    controls: [SOC 2 CC6.6]
    remedy: { strategy: rollback, text: "Close \${resource.id}." }
  - id: team.size
    title: Another size
    when: changes.exists(c, c.attribute == "size")
    class: operational
    severity: low
    explain: It is of another size.
`;

const CASES = `version: 1
cases:
  - name: SSH is opened by hand
    given:
      stack: { labels: { env: prod } }
      resource: { type: acme_firewall, id: sg-1 }
      changes: [{ path: opening, op: add, element: { from_port: 22 } }]
      actor: { principal: arn:aws:iam::1:user/joe, channel: console }
    expect:
      class: security
      severity: high
      rules: [team.port]
      notRules: [team.size]
      adjustments: [context.production]
      explains: [joe opened port 22]
      fallback: true
`;

const CHECK = JSON.stringify({
  schema: "anchorwatch.check/v1",
  stack: { name: "network", kind: "terraform" },
  finishedAt: "2026-03-04T10:20:00.000Z",
  resources: [
    {
      address: "module.net.acme_firewall.web",
      type: "acme_firewall",
      provider: "registry.terraform.io/hashicorp/aws",
      id: "sg-1",
      verdict: "changed",
      changes: [{ path: ["opening"], op: "add", element: { from_port: 22 }, settable: true }],
    },
    { address: "aws_sqs_queue.q", type: "aws_sqs_queue", verdict: "unknown" },
  ],
});

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "anchorwatch-policy-"));
  await mkdir(join(folder, "policies"));
  await put("policies/net.yaml", RULES);
  await put("policies/cases.yaml", CASES);
  await put(
    "anchorwatch.yaml",
    "version: 1\nruleFiles: [policies/net.yaml]\npolicyTests: [policies/cases.yaml]\n",
  );
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const put = (name: string, text: string) => writeFile(join(folder, name), text);

function run(args: readonly string[], more: Parameters<typeof runAny>[1] = {}) {
  return runAny(args, { workingDirectory: folder, ...more });
}

describe("anchorwatch policy test", () => {
  it("runs the cases that anchorwatch.yaml names, and says which rules have none", async () => {
    const { status, stdout, stderr } = await run(["policy", "test"]);
    expect(stderr).toBe("");
    expect(stdout).toBe(
      "OK  1 case, all as expected\n50 % of 2 rules have a case that makes them fire\n      none: team.size\n",
    );
    expect(status).toBe(0);
  });

  it("runs the recorded cases of the built-in rules, too, of those that are in force", async () => {
    await put("server.yaml", 'version: 1\npolicy: { disable: [aws.kms.gone, "aws.s3.*"] }\n');
    const { status, stdout } = await run(["policy", "test", "--builtin", "--server", "server.yaml"]);
    expect(stdout).toMatch(
      /^OK {2}[0-9]{3} cases, all as expected\n99 % of 1[0-9]{2} rules have a case that makes them fire\n {6}none: team.size\n$/,
    );
    expect(status).toBe(0);
  });

  it("ends with 1 when fewer rules have cases than wanted", async () => {
    const { status, stdout } = await run(["policy", "test", "--min-coverage", "60"]);
    expect(stdout).toContain("50 % of 2 rules have a case that makes them fire; expected at least 60 %");
    expect(status).toBe(1);
    const junit = await run(["policy", "test", "--min-coverage", "60", "--format", "junit"]);
    expect(junit.stdout).toContain('failures="1"');
    expect(junit.stdout).toContain(
      "expected cases for at least 60 % of the rules, found 50 %; none: team.size",
    );
  });

  it("says what was expected and what was found, each in a line", async () => {
    const wrong = CASES.replace("severity: high", "severity: critical")
      .replace("rules: [team.port]", "rules: [team.size, team.prot]")
      .replace("notRules: [team.size]", "notRules: [team.port]")
      .replace("joe opened port 22", "maria");
    await put("wrong.yaml", wrong);
    const { status, stdout } = await run(["policy", "test", "wrong.yaml"]);
    expect(status).toBe(1);
    expect(stdout).toContain(`FAIL  wrong.yaml:3  SSH is opened by hand
      severity: expected critical, found high
      rules: expected team.size to fire, found team.port
      rules: expected team.prot to fire, there is no rule team.prot; did you mean team.port?
      rules: expected team.port not to fire, and it did: changes[0].op is "add", changes[0].element.from_port is 22
      explains: expected “maria”, found “joe opened port 22.”, “No rule speaks of it: acme_firewall is about security as a whole.”
1 case, 1 not as expected
`);
    const json = JSON.parse((await run(["policy", "test", "wrong.yaml", "--format", "json"])).stdout);
    expect(json).toMatchObject({
      failed: 1,
      results: [{ ok: false, severity: "high", rules: ["team.port"] }],
    });
  });

  it("names file, line and column of what is wrong in a file with cases", async () => {
    await put("wrong.yaml", CASES.replace("severity: high", "severity: hihg"));
    const { status, stderr } = await run(["policy", "test", "wrong.yaml"]);
    expect(status).toBe(1);
    expect(stderr).toContain("wrong.yaml:11:17");
    expect(stderr).toContain("expected info or low or medium or high or critical");
  });

  it("shows a rule that is wrong with the place of its token, and ends with 1 though the cases are fine", async () => {
    await put("policies/net.yaml", RULES.replace('c.attribute == "size"', 'c.attribte == "size"'));
    const { status, stderr } = await run(["policy", "test"]);
    expect(status).toBe(1);
    expect(stderr).toContain("policies/net.yaml:16:31");
    expect(stderr).toContain("it has no member “attribte”");
  });
});

describe("anchorwatch config validate", () => {
  it("finds the token within a condition of several lines", async () => {
    await put("policies/net.yaml", RULES.replace("c.element.from_port == 22", "c.elment.from_port == 22"));
    const { status, stderr } = await run(["config", "validate"]);
    expect(status).toBe(1);
    expect(stderr).toContain("policies/net.yaml:8:28: rule team.port: when: it has no member “elment”");
  });

  it("takes nothing from a repository that lowers, is built in, or lies outside", async () => {
    const more = `rules:
  - { id: context.root, title: Mine, when: "true", class: operational, severity: info, explain: x }
adjust:
  - { id: quiet, when: "true", severity: lower 4, because: x }
`;
    await put("anchorwatch.yaml", `version: 1\n${more}`);
    expect((await run(["config", "validate"])).stderr).toContain(
      "adjust[0].severity: a repository can only raise a severity",
    );
    await put("anchorwatch.yaml", `version: 1\n${more.replace("lower 4", "raise 1")}`);
    expect((await run(["config", "validate"])).stderr).toContain("the id is already taken (it is built in)");
    await put("anchorwatch.yaml", "version: 1\nruleFiles: [../net.yaml]\n");
    expect((await run(["config", "validate"])).stderr).toContain("leaves the folder");
  });

  it("checks the operator's rules, windows and what is switched off", async () => {
    const policy = (text: string) => put("server.yaml", `version: 1\npolicy:\n${text}`);
    const validate = () => run(["config", "validate", "--server", "server.yaml"]);
    await policy(`  rules: [policies/net.yaml]
  disable: [context.delivery, "aws.*"]
  breakGlass: ["arn:aws:iam::*:role/emergency"]
  changeWindows:
    - { name: release, stacks: { env: prod }, weekly: { days: [wed], from: "22:00", to: "02:00", zone: Europe/Berlin } }
    - { name: move, once: { from: "2026-03-01T22:00:00Z", to: "2026-03-02T04:00:00Z" } }
  adjust:
    - { id: own.night, when: "hour(openedAt, 'Europe/Berlin') < 6", severity: raise 1, because: It was night. }
`);
    const fine = await validate();
    expect(fine.stderr).toBe("");
    expect(fine.stdout).toContain("2 rules and 1 adjustment for drifts");
    await policy(`  disable: [context.delivry]
  changeWindows: [{ name: a, weekly: { days: [wed], from: "22:00", to: "02:00", zone: Europe/Berln } }]
  adjust: [{ id: own.x, when: "sevrity == 'low'", severity: raise 1, because: x }]
`);
    const { stderr } = await validate();
    expect(stderr).toContain(
      "server.yaml:3:13: policy.disable[0]: there is no built-in rule “context.delivry”. Did you mean “context.delivery”?",
    );
    expect(stderr).toContain("there is no time zone “Europe/Berln”");
    expect(stderr).toContain("server.yaml:5:32: rule own.x: when: there is no variable “sevrity”");
  });
});

describe("anchorwatch policy explain", () => {
  it("says of a saved check which rules fired, by which values, and what was adjusted", async () => {
    await put("drift.json", CHECK);
    const { status, stdout } = await run(["policy", "explain", "drift.json"]);
    expect(status).toBe(0);
    expect(stdout).toContain("module.net.acme_firewall.web  changed  security, ");
    expect(stdout).toContain(`  fired   team.port  security, medium
          Somebody opened port 22.
          changes[0].op = "add"
          changes[0].element.from_port = 22
          controls: SOC 2 CC6.6
          rollback: Close sg-1.
`);
    expect(stdout).not.toContain("aws_sqs_queue.q");
    const all = await run(["policy", "explain", "-", "--all"], { input: CHECK });
    expect(all.stdout).toContain("  no      team.size\n");
    expect(all.stdout).toContain('changes[0].attribute = "opening"');
  });

  it("says what is wrong with a file that is no check, or has no such resource", async () => {
    await put("drift.json", CHECK);
    await put("other.json", "{}");
    const other = await run(["policy", "explain", "other.json"]);
    expect(other.status).toBe(1);
    expect(other.stderr).toContain("other.json is no check that was saved");
    const nothing = await run(["policy", "explain", "drift.json", "--resource", "aws_x.y"]);
    expect(nothing.stderr).toContain("There are: module.net.acme_firewall.web.");
  });
});

describe("the page about policies", () => {
  const page = readFile(new URL("../../../../../docs/policies.md", import.meta.url), "utf8");

  it("has rules, cases and settings that are right together", async () => {
    const blocks = [...(await page).matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = ""]) => text);
    const [rules = "", settings = "", cases = ""] = ["\nrules:", "\npolicy:", "\ncases:"].map((start) =>
      blocks.find((text) => text.includes(start)),
    );
    await put("policies/network.yaml", rules);
    await put("server.yaml", settings);
    await put("cases.yaml", cases);
    const { stdout, stderr, status } = await run(["policy", "test", "cases.yaml", "--server", "server.yaml"]);
    expect(stderr).toBe("");
    expect(stdout).toContain("OK  1 case, all as expected");
    expect(status).toBe(0);
  });

  it("tells of every variable, member and function", async () => {
    const names = [
      ...Object.keys(VARIABLES),
      ...Object.values(OBJECT_TYPES).flatMap((members) => Object.keys(members)),
      ...OWN_FUNCTIONS.map(({ signature }) => signature.split("(")[0] ?? ""),
      ...builtinRules().compiled.adjustments.map(({ source }) => source.id),
    ];
    for (const name of names) expect(await page).toContain(name);
  });
});

it("anchorwatch policy list shows what is in force, without what the operator switched off", async () => {
  await put("server.yaml", 'version: 1\npolicy: { disable: ["context.*", aws.kms.rotation_off] }\n');
  const { stdout, status } = await run(["policy", "list", "--server", "server.yaml", "--format", "json"]);
  expect(status).toBe(0);
  const { rules, adjustments } = JSON.parse(stdout) as {
    rules: { id: string; origin: string }[];
    adjustments: unknown[];
  };
  expect(adjustments).toEqual([]);
  expect(rules.map(({ id }) => id)).toEqual(
    expect.arrayContaining(["aws.s3.public_access_block_gone", "team.port"]),
  );
  expect(rules.map(({ id }) => id)).not.toContain("aws.kms.rotation_off");
});

it("a running server keeps the rules that it had while the new ones are wrong, and takes them once they are right", async () => {
  await put("server.yaml", "version: 1\npolicy: { rules: [policies/net.yaml] }\n");
  const configuration = await openConfiguration("server.yaml", {
    ...stillSurroundings(),
    workingDirectory: folder,
  });
  const ids = () => configuration.inForce.policy.compiled.rules.map(({ source }) => source.id);
  expect(ids()).toEqual(["team.port", "team.size"]);
  await put("policies/net.yaml", RULES.replace("team.size", "team.new").replace("== 22", "== verdic"));
  const refused = await configuration.reload();
  expect(refused).toMatchObject({
    kind: "refused",
    problems: [
      {
        location: { file: "policies/net.yaml", line: 8, column: 49 },
        message: expect.stringContaining("verdic"),
      },
    ],
  });
  expect(ids()).toEqual(["team.port", "team.size"]);
  await put("policies/net.yaml", RULES.replace("team.size", "team.new"));
  expect(await configuration.reload()).toMatchObject({ kind: "changed" });
  expect(ids()).toEqual(["team.port", "team.new"]);
});

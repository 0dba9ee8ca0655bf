import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { KIM, knowing, memoryAccess } from "../../server/memoryAccess.fixture.ts";
import {
  driftNumber,
  type MemoryContent,
  memoryWatch,
  NOW,
  stackNamed,
} from "../../server/memoryWatch.fixture.ts";
import { listening } from "../../server/testServer.fixture.ts";
import type { Watch } from "../../server/watch.ts";
import { type GivenChange, planText } from "../../terraform/plan/plan.fixture.ts";
import { checkResult, resource } from "../formats/checkResult.fixture.ts";
import { remoteUser } from "../remote/remoteRun.fixture.ts";
import type { Surroundings } from "../surroundings.ts";
import { stillSurroundings } from "../testSurroundings.fixture.ts";

const TOKEN = "awt_Q7c2mJxkzq0Vt1rA9nE4hYbLw8sPfDuG3oKiXeTjRvM";
/** No built-in rule speaks of it. */
const WEB = "acme_group.web";
const HOSTILE = "a\n::error::b ##[error]c ##vso[task]d <img src=x> `@all` [x](javascript:y) \u001b[2J|";
const opening: GivenChange = {
  address: WEB,
  before: { ingress: [], name: HOSTILE },
  after: { ingress: [{ cidr_blocks: ["0.0.0.0/0"] }], name: HOSTILE },
};
const RULES = `version: 1
stacks: [{ name: network, path: . }]
rules:
  - id: open
    title: It lets in the Internet
    when: changes.exists(c, c.attribute == "ingress" && c.op == "add")
    class: security
    severity: high
    explain: "\${actor.name} opens \${live.name}"
    remedy: { strategy: rollback, text: Take it back. }
`;

/** A repository with a plan, and a user in it. */
function repository(plan: string, files: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "aw-gate-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const code = 'resource "acme_group" "web" {\n}\n';
  for (const [name, text] of Object.entries({
    "plan.json": plan,
    "main.tf": `\n\n${code}`,
    "anchorwatch.yaml": RULES,
    ...files,
  })) {
    writeFileSync(join(folder, name), text);
  }
  const surroundings = (more: Partial<Surroundings> = {}) => ({
    workingDirectory: folder,
    lasting: { ...stillSurroundings().lasting, clock: () => NOW },
    ...more,
  });
  return {
    folder,
    gate: (argv: readonly string[], more?: Partial<Surroundings>) =>
      remoteUser(surroundings(more)).run("gate", ...argv),
  };
}

async function server(content: MemoryContent, changes: Partial<Watch> = {}) {
  const access = memoryAccess(knowing({ [TOKEN]: { principal: KIM } }));
  const { url } = await listening(memoryWatch(content, changes), {}, { access });
  return { url, environment: { ANCHORWATCH_TOKEN: TOKEN, ANCHORWATCH_SERVER_URL: url } };
}

const HARMLESS = planText([{ address: WEB, before: { name: "a" }, after: { name: "b" } }]);

describe("anchorwatch gate without a server", () => {
  it("judges a plan by the rules, and names file and line", async () => {
    const { gate } = repository(planText([opening]));
    const ran = await gate(["--plan", "plan.json"]);
    expect(ran).toMatchObject({ status: 2, stderr: "" });
    expect(ran.stdout).toContain("Gate for network: BLOCKED by 1 finding");
    expect(ran.stdout).toContain(`[blocks] It lets in the Internet: update ${WEB}  main.tf:3`);
    expect(ran.stdout).toContain("Take it back.");
    expect(ran.stdout).toContain("In sync: not asked");
  });

  it("reads the plan from the standard input, and passes what no rule speaks of", async () => {
    const { gate } = repository("");
    const ran = await gate(["--plan", "-"], { readInput: async () => HARMLESS });
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    expect(ran.stdout).toContain("PASS");
  });

  it("is never a yes where it was asked nothing, or could not read the plan", async () => {
    const { gate } = repository("{}");
    expect(await gate([])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("(gate_nothing_asked)"),
    });
    expect(await gate(["--plan", "plan.json"])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("(gate_plan_invalid)"),
    });
    expect(await gate(["--plan", "gone.json"])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("(gate_plan_unreadable)"),
    });
  });

  it("looks for drift itself with --check, and says no where that could not see everything", async () => {
    const { gate } = repository(HARMLESS);
    const changed = resource(WEB, {
      verdict: "changed",
      changes: [{ path: ["name"], op: "replace", settable: true }],
    });
    const drifted = await gate(["--plan", "plan.json", "--check"], {
      checkStack: async () => checkResult([changed]),
    });
    expect(drifted.status).toBe(2);
    expect(drifted.stdout).toContain(`This deploy would undo somebody's change: ${WEB}`);
    const blind = resource("aws_vpc.a", {
      verdict: "unknown",
      reason: { code: "x", message: "no credentials" },
    });
    const unknown = await gate(["--check"], { checkStack: async () => checkResult([blind]) });
    expect(unknown.status).toBe(1);
    expect(unknown.stdout).toContain("aws_vpc.a: no credentials");
    const failing = await gate(["--check"], { checkStack: () => Promise.reject(new TypeError("boom")) });
    expect(failing).toMatchObject({ status: 1, stdout: expect.stringContaining("The check failed: boom") });
  });

  it("says what to do with a file that is no JSON: the plan itself, another encoding, what is too long", async () => {
    const { gate, folder } = repository("");
    writeFileSync(join(folder, "PLAN"), Buffer.from([0x50, 0x4b, 3, 4, 0xff, 0xfe, 0x80]));
    writeFileSync(join(folder, "utf16.json"), Buffer.from(`\ufeff${HARMLESS}`, "utf16le"));
    writeFileSync(join(folder, "bom.json"), `\ufeff${HARMLESS}`);
    const said = async (plan: string) => {
      const { status, stderr } = await gate(["--plan", plan]);
      return `${status} ${stderr}`;
    };
    expect(await said("PLAN")).toMatch(/^1 .*terraform show -json PLAN \| anchorwatch gate --plan -/s);
    expect(await said("utf16.json")).toMatch(/^1 .*it is UTF-16/s);
    expect(await said("bom.json")).toBe("0 ");
    const endless = { readInput: () => Promise.reject(new RangeError("the text is too long")) };
    expect(await gate(["--plan", "-"], endless)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("(gate_plan_unreadable)"),
    });
  });

  it("takes a rule of the repository that is wrong, or fails, for no yes", async () => {
    const broken = (when: string) => RULES.replace(/when: .*/, `when: ${when}`);
    const { gate, folder } = repository(HARMLESS);
    for (const when of ["live.name ==", "1 / (size(live.name) - 1) > 0"]) {
      writeFileSync(join(folder, "anchorwatch.yaml"), broken(when));
      const ran = await gate(["--plan", "plan.json"]);
      expect(ran).toMatchObject({ status: 1, stdout: expect.stringContaining("UNKNOWN") });
      expect(ran.stdout).toMatch(/anchorwatch\.yaml:6:\d+: open: /);
    }
  });

  it("goes by the operator's file, which the repository can only tighten", async () => {
    const operator = "version: 1\ngate: { failOn: critical, tell: [open] }\n";
    const { gate, folder } = repository(planText([opening]), { "server.yaml": operator });
    expect(await gate(["--plan", "plan.json", "--server", "server.yaml"])).toMatchObject({ status: 0 });
    writeFileSync(join(folder, "anchorwatch.yaml"), `${RULES}gate: { failOn: low, block: [open] }\n`);
    expect(await gate(["--plan", "plan.json", "--server", "server.yaml"])).toMatchObject({ status: 2 });
    writeFileSync(join(folder, "anchorwatch.yaml"), `${RULES}gate: { failOn: never }\n`);
    expect(await gate(["--plan", "plan.json"])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("anchorwatch.yaml:11"),
    });
  });
});

it("judges a change set by the built-in rules, and names the types of which none speaks", async () => {
  const change = (LogicalResourceId: string, ResourceType: string, properties: object) => ({
    Type: "Resource",
    ResourceChange: {
      Action: "Add",
      LogicalResourceId,
      ResourceType,
      AfterContext: JSON.stringify({ Properties: properties }),
    },
  });
  const SecurityGroupIngress = [{ CidrIp: "0.0.0.0/0", FromPort: "22", ToPort: "22", IpProtocol: "tcp" }];
  const Changes = [
    change("Web", "AWS::EC2::SecurityGroup", { SecurityGroupIngress }),
    change("Thing", "AWS::IoT::Thing", {}),
  ];
  const text = JSON.stringify({ Status: "CREATE_COMPLETE", Changes });
  const { gate } = repository("", { "changes.json": text, "anchorwatch.yaml": "version: 1\n" });
  const ran = await gate(["--change-set", "changes.json", "--stack", "network"]);
  expect(ran.status).toBe(2);
  expect(ran.stdout).toContain("aws.security_group.admin_port_open");
  expect(ran.stdout).toContain("No rule speaks of: AWS::IoT::Thing.");
});

const FORMS = ["text", "github", "markdown", "json", "sarif", "gitlab"];

describe("the forms of the answer", () => {
  it("are no commands to a runner, whatever a value begins with", async () => {
    const name = "::stop-commands::x##teamcity[a]";
    const { gate, folder } = repository(
      planText([{ ...opening, after: { ...(opening.after as object), name } }]),
      {
        "anchorwatch.yaml": RULES.replace("${actor.name} opens ", ""),
      },
    );
    await gate(["--plan", "plan.json", ...FORMS.map((form) => `--report=${form}=out.${form}`)]);
    for (const form of FORMS) {
      const text = readFileSync(join(folder, `out.${form}`), "utf8");
      expect(text, form).toContain("stop-commands");
      expect(
        text.split("\n").filter((line) => /^\s*::(?!error file)/.test(line)),
        form,
      ).toEqual([]);
      expect(text, form).not.toContain("##teamcity[");
    }
  });

  it("hold nothing that a forge, a terminal or a browser would act on", async () => {
    const { gate, folder } = repository(planText([opening]));
    const reports = FORMS.map((form) => `--report=${form}=out.${form}`);
    expect(await gate(["--plan", "plan.json", ...reports])).toMatchObject({ status: 2 });
    for (const form of FORMS) {
      const text = readFileSync(join(folder, `out.${form}`), "utf8");
      expect(text).not.toContain("\u001b");
      const lines = text.split("\n").map((line) => line.trim());
      expect(
        lines.filter((line) => line.startsWith("::")),
        form,
      ).toHaveLength(form === "github" ? 1 : 0);
      if (form === "github" || form === "text") expect(text).not.toMatch(/##(\[|vso)/);
    }
    const markdown = readFileSync(join(folder, "out.markdown"), "utf8");
    expect(markdown).toMatch(/^<!-- anchorwatch-gate network -->\n/);
    expect(markdown).toMatch(/```+text\nThis plan, once applied, opens a/);
    expect(readFileSync(join(folder, "out.github"), "utf8")).toMatch(
      /^::error file=main\.tf,line=3,title=It lets in the Internet%3A update acme_group\.web::This plan, once applied, opens a ::error::b # #\[error\]c/,
    );
  });

  it("carry what other programs go by", async () => {
    const { gate, folder } = repository(planText([opening]));
    const { stdout } = await gate([
      "--plan",
      "plan.json",
      "--format",
      "json",
      "--report=sarif=out.sarif",
      "--report=gitlab=out.gitlab",
    ]);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ schema: "anchorwatch.gate/v1", outcome: "blocked", status: 2, stack: "network" },
      plan: { engine: "terraform", file: "plan.json", changes: [{ address: WEB, action: "update" }] },
      findings: [{ kind: "rule", weight: "blocks", severity: "high", source: { file: "main.tf", line: 3 } }],
    });
    const [run] = JSON.parse(readFileSync(join(folder, "out.sarif"), "utf8")).runs;
    expect(run.results).toMatchObject([{ ruleId: "open", ruleIndex: 0, level: "error" }]);
    expect(run.tool.driver.rules).toMatchObject([{ id: "open", properties: { "security-severity": "8.0" } }]);
    const issues = JSON.parse(readFileSync(join(folder, "out.gitlab"), "utf8"));
    expect(issues).toMatchObject([
      {
        check_name: "open",
        severity: "critical",
        location: { path: "main.tf", lines: { begin: 3 } },
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
  });

  it("add a summary to what is there, where the forge wants it", async () => {
    const { gate, folder } = repository(HARMLESS);
    writeFileSync(join(folder, "summary.md"), "before\n");
    await gate(["--plan", "plan.json"], { environment: { GITHUB_STEP_SUMMARY: join(folder, "summary.md") } });
    expect(readFileSync(join(folder, "summary.md"), "utf8")).toMatch(
      /^before\n<!-- anchorwatch-gate network -->/,
    );
  });

  it("name files as the forge does, also from a folder inside", async () => {
    const { folder } = repository(HARMLESS);
    mkdirSync(join(folder, "infra"));
    writeFileSync(join(folder, "infra/main.tf"), 'resource "acme_group" "web" {}\n');
    writeFileSync(join(folder, "infra/plan.json"), planText([opening]));
    const user = remoteUser({
      workingDirectory: join(folder, "infra"),
      environment: { GITHUB_WORKSPACE: folder },
    });
    expect(
      (await user.run("gate", "--plan", "plan.json", "--config", "../anchorwatch.yaml")).stdout,
    ).toContain("infra/main.tf:1");
  });
});

describe("anchorwatch gate with a server", () => {
  const stack = stackNamed("network", { lastCompleteAt: NOW });
  const open = driftNumber(1, { stackId: stack.stack.id, address: WEB });

  it("hears of drift, with who and why, and of freezes", async () => {
    const freeze = { reason: "incident 42", by: "kim", at: NOW };
    const { url, environment } = await server(
      { stacks: [stack], drifts: [open] },
      { freezeOf: async () => freeze },
    );
    const ran = await repository(HARMLESS).gate(["--plan", "plan.json", "--server", url], { environment });
    expect(ran).toMatchObject({ status: 2, stderr: "" });
    expect(ran.stdout).toContain("Deployments of this stack are frozen");
    expect(ran.stdout).toContain("incident 42");
    expect(ran.stdout).toMatch(/This deploy would (undo|bury) .*acme_group\.web/);
  });

  it("passes a stack that is in sync and not frozen, without a plan, too", async () => {
    const { url, environment } = await server({ stacks: [stack] });
    const ran = await repository(HARMLESS).gate(["--server", url], { environment });
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    expect(ran.stdout).toContain("In sync: yes.");
    expect(ran.stdout).toContain("Frozen: no.");
  });

  it.each([
    ["it was never seen whole", stackNamed("network", {}), "no check"],
    [
      "that was too long ago",
      stackNamed("network", { lastCompleteAt: new Date(NOW.getTime() - 25 * 3_600_000) }),
      "too long ago",
    ],
    ["its last check failed", stackNamed("network", { health: "failed", lastCompleteAt: NOW }), "failed"],
    [
      "it is not watched any more",
      stackNamed("network", { health: "gone", lastCompleteAt: NOW }),
      "not watched any more",
    ],
  ])("does not know whether a stack is in sync where %s", async (_, status, why) => {
    const { url, environment } = await server({ stacks: [status] });
    const ran = await repository(HARMLESS).gate(["--server", url], { environment });
    expect(ran.status).toBe(1);
    expect(ran.stdout).toContain(why);
  });

  it("does not know either where the server cannot be asked, or has no such stack, and judges the plan all the same", async () => {
    const { url, environment } = await server({ stacks: [] });
    const missing = await repository(HARMLESS).gate(["--plan", "plan.json", "--server", url], {
      environment,
    });
    expect(missing).toMatchObject({ status: 1, stdout: expect.stringContaining("nobody can tell") });
    const nowhere = { ANCHORWATCH_TOKEN: TOKEN, ANCHORWATCH_SERVER_URL: "http://localhost:1" };
    const dead = await repository(planText([opening])).gate(
      ["--plan", "plan.json", "--server", "http://localhost:1"],
      { environment: nowhere },
    );
    expect(dead.status).toBe(2);
    expect(dead.stderr).toContain("(server_unreachable)");
    expect(`${dead.stdout}${dead.stderr}`).not.toContain(TOKEN);
  });

  it("knows nothing where what was seen is older than the repository wants, or of a time that has not come", async () => {
    const hour = 3_600_000;
    const asked = async (lastCompleteAt: Date) => {
      const { url, environment } = await server({ stacks: [stackNamed("network", { lastCompleteAt })] });
      const files = { "anchorwatch.yaml": `${RULES}gate: { maxCheckAge: 1h }\n` };
      const { status, stdout } = await repository(HARMLESS, files).gate(["--server", url], { environment });
      return `${status} ${stdout}`;
    };
    expect(await asked(new Date(NOW.getTime() - hour / 2))).toMatch(/^0 /);
    expect(await asked(new Date(NOW.getTime() - 2 * hour))).toMatch(/^1 .*too long ago/s);
    expect(await asked(new Date(NOW.getTime() + hour))).toMatch(/^1 .*has not come yet/s);
  });

  it.each([
    ["another word for in sync", { sync: "fine" }, "sync"],
    ["a freeze of no form", { freeze: { frozen: true } }, "freeze.reason"],
    ["no drifts", { drifts: undefined }, "drifts"],
    ["limits of its own invention", { settings: { failOn: "nothing" } }, "settings.failOn"],
    ["a time that is none", { asOf: "yesterday" }, "asOf"],
    ["another stack", { stack: { id: "x", name: "other", labels: {} } }, "another stack"],
    ["nothing", undefined, "answers as no Anchorwatch does"],
  ])("takes no answer for a yes that is half understood: %s", async (_, lie, why) => {
    const { url, environment } = await server({ stacks: [stack] });
    const lying: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init);
      if (!answer.url.endsWith("/gate")) return answer;
      const body = lie === undefined ? {} : { ...((await answer.json()) as object), ...lie };
      return Response.json(body);
    };
    const { folder } = repository(HARMLESS);
    const user = remoteUser({ workingDirectory: folder, environment }, { fetch: lying });
    const ran = await user.run("gate", "--server", url);
    expect(ran).toMatchObject({ status: 1, stderr: expect.stringContaining("(server_answer_invalid)") });
    expect(ran.stderr).toContain(why);
  });

  it("judges by the operator's rules and limits, which the server tells; the plan stays here", async () => {
    const rules =
      'version: 1\nrules:\n  - id: no.rename\n    title: No renaming\n    when: changes.exists(c, c.attribute == "name")\n    class: operational\n    severity: low\n    explain: "Renamed."\n';
    const gate = () => ({
      settings: { failOn: "low", rules: [], drift: "any", notKnown: "tell", maxCheckAgeMs: 1 } as const,
      rules: { files: [{ name: "ours.yaml", text: rules }], section: "" },
    });
    const { url, environment } = await server({ stacks: [stack] }, { gate });
    const ran = await repository(HARMLESS).gate(["--plan", "plan.json", "--server", url], { environment });
    expect(ran, ran.stderr).toMatchObject({ status: 2, stdout: expect.stringContaining("No renaming") });
  });

  it("says how to log in where nobody is", async () => {
    const { url } = await server({ stacks: [stack] });
    const ran = await repository(HARMLESS).gate(["--server", url]);
    expect(ran).toMatchObject({ status: 1, stderr: expect.stringContaining("(login_missing)") });
  });
});

/**
 * The ready-made gates for pipelines. No runner of a forge can be had here: the shell steps of the published files are run as a runner
 * would, with files and variables of its kind.
 */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { planText } from "../../packages/anchorwatch/src/terraform/plan/plan.fixture.ts";
import { type Ran, run } from "../support/run.ts";

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));
const ACTION = join(REPOSITORY, "integrations/github-action");
const MAIN = join(REPOSITORY, "packages/anchorwatch/src/cli/main.ts");

const BLOCKING = `version: 1
stacks: [{ name: network, path: . }]
rules:
  - { id: any, title: Anything, when: "true", class: security, severity: high, explain: "Changed." }
`;
const PLAN = planText([{ address: "aws_security_group.web", before: { name: "a" }, after: { name: "b" } }]);

const template = parse(
  readFileSync(join(REPOSITORY, "integrations/gitlab/anchorwatch-gate.gitlab-ci.yml"), "utf8"),
) as Readonly<
  Record<
    string,
    { readonly variables?: Readonly<Record<string, string>>; readonly script?: readonly string[] }
  >
>;

/** A checked-out repository on a runner, with `anchorwatch` on its PATH. */
function runner(configuration = BLOCKING) {
  const folder = mkdtempSync(join(tmpdir(), "aw-runner-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of ["bin", "work", "temp", "home"]) mkdirSync(join(folder, name));
  const program = (name: string, script: string) => {
    writeFileSync(join(folder, "bin", name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, "bin", name), 0o755);
  };
  program("anchorwatch", `exec ${JSON.stringify(process.execPath)} ${JSON.stringify(MAIN)} "$@"`);
  /** Instead of the real gate, which takes its time. */
  const answers = (outcome: "pass" | "blocked", status: number) =>
    program(
      "anchorwatch",
      `for one in "$@"; do case "$one" in
--report=json=*) echo '{"outcome":"${outcome}"}' > "\${one#--report=json=}";;
--report=markdown=*) printf '<!-- anchorwatch-gate network -->\\n\\nThe gate says ${outcome}\\n' > "\${one#--report=markdown=}";;
esac; done; exit ${status}`,
    );
  program("node", `exec ${JSON.stringify(process.execPath)} "$@"`);
  writeFileSync(join(folder, "work/anchorwatch.yaml"), configuration);
  writeFileSync(join(folder, "work/main.tf"), 'resource "aws_security_group" "web" {}\n');
  writeFileSync(join(folder, "work/plan.json"), PLAN);
  const environment = {
    PATH: `${join(folder, "bin")}:/usr/bin:/bin`,
    HOME: join(folder, "home"),
    TMPDIR: join(folder, "temp"),
    ANCHORWATCH_CACHE_DIR: join(folder, "temp/cache"),
    // Twice as quick.
    NODE_COMPILE_CACHE: join(REPOSITORY, "node_modules/.cache/check-tests"),
  };
  return { folder, program, answers, environment, work: join(folder, "work") };
}

describe("the GitHub Action", () => {
  interface Step {
    readonly name: string;
    readonly if?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly run: string;
  }
  const action = parse(readFileSync(join(ACTION, "action.yml"), "utf8")) as {
    readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
    readonly runs: { readonly steps: readonly Step[] };
  };

  const EVENT: Readonly<Record<string, string>> = {
    "github.event.pull_request.number": "7",
    "github.event.pull_request.head.sha": "c0ffee".repeat(7).slice(0, 40),
  };

  /** What `${{ … }}` stands for in the files of this action. */
  function filled(
    text: string,
    inputs: Readonly<Record<string, string>>,
    outputs: Readonly<Record<string, string>>,
  ): string {
    return text.replace(/\$\{\{ (\S+) \}\}/g, (_, name: string) => {
      const [, input] = /^inputs\.(\S+)$/.exec(name) ?? [];
      if (input !== undefined) return inputs[input] ?? action.inputs[input]?.default ?? "";
      const [, output] = /^steps\.gate\.outputs\.(\S+)$/.exec(name) ?? [];
      if (output !== undefined) return outputs[output] ?? "";
      return EVENT[name] ?? "";
    });
  }

  function outputsIn(file: string): Readonly<Record<string, string>> {
    const lines = readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "");
    return Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
  }

  async function act(
    inputs: Readonly<Record<string, string>>,
    options: {
      readonly api?: string;
      readonly on?: ReturnType<typeof runner>;
      readonly more?: Readonly<Record<string, string>>;
    } = {},
  ) {
    const on = options.on ?? runner();
    const files = {
      GITHUB_OUTPUT: join(on.folder, "output"),
      GITHUB_STEP_SUMMARY: join(on.folder, "summary"),
    };
    for (const file of Object.values(files)) writeFileSync(file, "");
    const done: Record<string, Ran> = {};
    let hasFailed = false;
    for (const step of action.runs.steps) {
      const outputs = outputsIn(files.GITHUB_OUTPUT);
      const { if: condition = "" } = step;
      if (hasFailed && !condition.includes("always()")) continue;
      if (condition.includes("inputs.comment") && inputs["comment"] !== "true") continue;
      const env = Object.fromEntries(
        Object.entries(step.env ?? {}).map(([name, text]) => [name, filled(text, inputs, outputs)]),
      );
      const script = join(on.folder, "temp/step.sh");
      writeFileSync(script, step.run);
      // As a runner runs steps of the shell bash.
      const ran = await run("/bin/bash", ["--noprofile", "--norc", "-eo", "pipefail", script], {
        cwd: on.work,
        env: {
          ...{ ...on.environment, ...files, ...env, GITHUB_ACTIONS: "true", CI: "true" },
          ...{ GITHUB_WORKSPACE: on.work, RUNNER_TEMP: join(on.folder, "temp"), GITHUB_ACTION_PATH: ACTION },
          ...{ GITHUB_REPOSITORY: "example/infra", GITHUB_API_URL: options.api ?? "http://localhost:1" },
          ...{ GITHUB_SERVER_URL: "https://github.com", GITHUB_WORKFLOW: "deploy" },
          ...{ GITHUB_RUN_ID: "123", GITHUB_RUN_NUMBER: "12", GITHUB_RUN_ATTEMPT: "1", ...options.more },
        },
      });
      done[step.name] = ran;
      hasFailed ||= ran.status !== 0;
    }
    return {
      done,
      outputs: outputsIn(files.GITHUB_OUTPUT),
      summary: readFileSync(files.GITHUB_STEP_SUMMARY, "utf8"),
    };
  }

  const commented = { plan: "plan.json", comment: "true", "github-token": "ghs_token" };

  it("installs the version that it belongs to", () => {
    const { version } = JSON.parse(
      readFileSync(join(REPOSITORY, "packages/anchorwatch/package.json"), "utf8"),
    ) as { readonly version: string };
    expect(action.inputs["version"]?.default).toBe(version);
    expect(template[".anchorwatch-gate"]?.variables?.["ANCHORWATCH_VERSION"]).toBe(version);
  });

  it("gives no script anything but variables", () => {
    for (const { name, run: script } of action.runs.steps) expect(script, name).not.toContain("${{");
  });

  it("annotates, summarises, says the outcome, and fails where it is blocked", async () => {
    const { done, outputs, summary } = await act({ plan: "plan.json", sarif: "gate.sarif" });
    expect(done["Ask the gate"]?.stdout).toContain(
      "::error file=main.tf,line=1,title=Anything%3A update aws_security_group.web::Changed.",
    );
    expect(done["Ask the gate"]?.status).toBe(0);
    expect(outputs).toMatchObject({ status: "2", outcome: "blocked" });
    expect(JSON.parse(readFileSync(outputs["answer"] ?? "", "utf8"))).toMatchObject({ outcome: "blocked" });
    expect(summary).toContain("This deployment is blocked");
    expect(done["Decide"]?.status).toBe(2);
  });

  it("passes where nothing speaks against it", async () => {
    const { done, outputs } = await act({ plan: "plan.json" }, { on: runner("version: 1\n") });
    expect(outputs["outcome"]).toBe("pass");
    expect(done["Decide"]?.status).toBe(0);
  });

  it("takes what a plan, a branch and a title hold for no command", async () => {
    const on = runner(BLOCKING.replace('"Changed."', '"${live.name} ${resource.address}"'));
    const hostile = `web["$(touch pwned)\n::error::pwned##[error]pwned"]`;
    const name = "::stop-commands::x\r\n::warning::`touch pwned`";
    writeFileSync(
      join(on.work, "plan.json"),
      planText([
        { address: `aws_security_group.${hostile}`, type: "aws_security_group", before: {}, after: { name } },
      ]),
    );
    const { done, summary } = await act(
      { plan: "plan.json", stack: '$(touch pwned)"; touch pwned #' },
      { on, more: { GITHUB_HEAD_REF: "$(touch pwned)" } },
    );
    const said = Object.values(done).flatMap(({ stdout, stderr }) => `${stdout}\n${stderr}`.split("\n"));
    const commands = said.filter((line) => line.trimStart().startsWith("::"));
    expect(commands).toEqual([
      expect.stringMatching(/^::error file=main\.tf,line=1,title=Anything%3A update aws_security_group/),
    ]);
    expect(said.join("\n") + summary).not.toContain("##[");
    expect(done["Decide"]?.status).toBe(2);
    expect(() => readFileSync(join(on.work, "pwned"))).toThrow();
  });

  it("takes inputs for data, whatever they hold, and what cannot be asked for no yes", async () => {
    const on = runner();
    const { done, outputs } = await act(
      { plan: '$(touch pwned)"; touch pwned; `touch pwned`', directory: "--help" },
      { on },
    );
    expect(outputs).toMatchObject({ outcome: "unknown", status: "1" });
    expect(done["Decide"]?.status).toBe(1);
    expect(() => readFileSync(join(on.work, "pwned"))).toThrow();
  });

  it("installs the version that is wanted where there is none, and nothing that is no version", async () => {
    const on = runner();
    rmSync(join(on.folder, "bin/anchorwatch"));
    on.program("npm", `echo "$@" > ${join(on.folder, "npm")}; exit 9`);
    expect(
      (await act({ plan: "plan.json", version: "1.2.3" }, { on })).done["Install Anchorwatch"]?.status,
    ).toBe(9);
    expect(readFileSync(join(on.folder, "npm"), "utf8").trim()).toBe(
      "install --global --no-fund --no-audit anchorwatch@1.2.3",
    );
    const evil = await act({ version: "1.2.3 --registry=http://evil.example" }, { on });
    expect(evil.done["Install Anchorwatch"]).toMatchObject({
      status: 1,
      stdout: expect.stringContaining("::error"),
    });
  });

  it("keeps one comment of its own on the pull request, and touches nobody else's", async () => {
    const forge = await commentsAtGithub();
    await act(commented, { api: forge.url });
    const [own] = forge.comments;
    expect(own?.body).toContain("This deployment is blocked");
    expect(own?.body).toContain(
      `Of commit ${EVENT["github.event.pull_request.head.sha"]}. [Its job](https://github.com/example/infra/actions/runs/123)`,
    );
    const [marker = ""] = (own?.body ?? "").split("\n", 1);
    forge.comments.unshift({ id: 99, user: { login: "mallory" }, body: `${marker}\nmine` });
    const on = runner();
    on.answers("pass", 0);
    await act(commented, { api: forge.url, on });
    await act({ ...commented, stack: "another" }, { api: forge.url, on });
    await act({ ...commented, stack: "another" }, { api: forge.url, on });
    expect(forge.comments.map(({ user }) => user.login)).toEqual(["mallory", BOT, BOT]);
    expect(forge.comments[0]?.body).toContain("mine");
    expect(forge.asked).toEqual(["GET", "POST", "GET", "PATCH", "GET", "POST", "GET"]);
  });

  it("leaves no older verdict standing: neither where it passes later, nor where the gate gives no answer", async () => {
    const forge = await commentsAtGithub();
    const on = runner();
    const said = async (more: Readonly<Record<string, string>> = {}) => {
      const { done } = await act(commented, { api: forge.url, on, more });
      return [forge.comments.map(({ body }) => /says \w+|no answer/.exec(body)?.[0]), done["Decide"]?.status];
    };
    on.answers("blocked", 2);
    expect(await said()).toEqual([["says blocked"], 2]);
    on.answers("pass", 0);
    expect(await said()).toEqual([["says pass"], 0]);
    on.program("anchorwatch", "exit 1");
    expect(await said()).toEqual([["no answer"], 1]);
    // It wrote its answer, and failed afterwards.
    on.answers("pass", 0);
    await said();
    on.answers("pass", 1);
    expect(await said()).toEqual([["no answer"], 1]);
    on.answers("pass", 0);
    await said();
    rmSync(join(on.folder, "bin/anchorwatch"));
    on.program("npm", "exit 9");
    expect(await said()).toEqual([["no answer"], undefined]);
    // A run that was overtaken says nothing any more.
    on.answers("blocked", 2);
    await said({ GITHUB_RUN_NUMBER: "13" });
    on.answers("pass", 0);
    expect(await said({ GITHUB_RUN_ATTEMPT: "2" })).toEqual([["says blocked"], 0]);
    expect(await said({ GITHUB_RUN_NUMBER: "13", GITHUB_RUN_ATTEMPT: "2" })).toEqual([["says pass"], 0]);
  });

  it("decides the same where the comment cannot be written", async () => {
    const on = runner();
    on.answers("blocked", 2);
    const { done } = await act({ ...commented, "github-token": "ghs_secret" }, { on });
    expect(done["Comment on the pull request"]).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("::warning"),
    });
    expect(JSON.stringify(done)).not.toContain("ghs_secret");
    expect(done["Decide"]?.status).toBe(2);
  });
});

const BOT = "github-actions[bot]";

interface Comment {
  readonly id: number;
  readonly user: { readonly login: string };
  body: string;
}

/** GitHub's API of comments, as far as the action asks it. */
async function commentsAtGithub() {
  const comments: Comment[] = [];
  const asked: string[] = [];
  const answered = async (request: IncomingMessage, response: ServerResponse) => {
    asked.push(request.method ?? "");
    const answer = (status: number, content: unknown) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(content));
    if (request.headers.authorization !== "Bearer ghs_token") return answer(401, {});
    const path = (request.url ?? "").replace("/repos/example/infra/", "");
    if (request.method === "GET" && path.startsWith("issues/7/comments?per_page=100&page=1"))
      return answer(200, comments);
    const { body } = (await content(request)) as { body: string };
    if (request.method === "POST" && path === "issues/7/comments") {
      comments.push({ id: comments.length + 1, user: { login: BOT }, body });
      return answer(201, {});
    }
    const found = comments.find(({ id }) => path === `issues/comments/${id}`);
    if (request.method !== "PATCH" || found === undefined) return answer(404, {});
    found.body = body;
    return answer(200, {});
  };
  const server = createServer((request, response) => void answered(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, comments, asked };
}

async function content(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString() || "{}");
}

describe("the GitLab template", () => {
  const job = template[".anchorwatch-gate"];

  it("fails where it is blocked, and leaves a code quality report and a summary", async () => {
    const on = runner();
    const ran = await run("/bin/sh", ["-e", "-c", (job?.script ?? []).join("\n")], {
      cwd: on.work,
      env: {
        ...on.environment,
        ...job?.variables,
        GITLAB_CI: "true",
        CI_PROJECT_DIR: on.work,
        ANCHORWATCH_GATE_PLAN: "plan.json",
      },
    });
    expect(ran.status).toBe(2);
    expect(JSON.parse(readFileSync(join(on.work, "gl-code-quality-report.json"), "utf8"))).toMatchObject([
      { check_name: "any", location: { path: "main.tf", lines: { begin: 1 } } },
    ]);
    expect(readFileSync(join(on.work, "anchorwatch-gate.md"), "utf8")).toContain("blocked");
  });

  it("installs the version that is wanted where there is none, and nothing that is no version", async () => {
    const on = runner();
    rmSync(join(on.folder, "bin/anchorwatch"));
    on.program("npm", `echo "$@" > ${join(on.folder, "npm")}; exit 9`);
    const script = ["-e", "-c", (job?.script ?? []).join("\n")];
    const install = (version: string) =>
      run("/bin/sh", script, {
        cwd: on.work,
        env: { ...on.environment, ...job?.variables, ANCHORWATCH_VERSION: version },
      });
    expect(await install("npm:evil@1.2.3")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("no version"),
    });
    expect(() => readFileSync(join(on.folder, "npm"))).toThrow();
    expect((await install("1.2.3")).status).toBe(9);
  });

  it("takes the token that GitLab made for the server, and no dead server for a yes", async () => {
    const on = runner("version: 1\nstacks: [{ name: network, path: . }]\n");
    const ran = await run("/bin/sh", ["-e", "-c", (job?.script ?? []).join("\n")], {
      cwd: on.work,
      env: {
        ...{ ...on.environment, ...job?.variables, GITLAB_CI: "true", CI_PROJECT_DIR: on.work },
        ...{ ANCHORWATCH_SERVER_URL: "http://localhost:1", ANCHORWATCH_ID_TOKEN: "e.y.j" },
      },
    });
    expect(ran).toMatchObject({ status: 1, stderr: expect.stringContaining("(server_unreachable)") });
  });
});

describe("the script for any pipeline", () => {
  const SCRIPT = join(REPOSITORY, "integrations/generic/gate.sh");

  it("has Terraform show the plan into a pipe, and is no yes where that fails", async () => {
    const on = runner();
    on.program("terraform", `test "$*" = "show -json my plan" && cat ${join(on.work, "plan.json")}`);
    const ask = (plan: string) =>
      run("/bin/sh", [SCRIPT, plan, "--format", "json"], { cwd: on.work, env: on.environment });
    const ran = await ask("my plan");
    expect(ran.status).toBe(2);
    expect(JSON.parse(ran.stdout)).toMatchObject({ outcome: "blocked" });
    expect(await ask("another")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("(gate_plan_invalid)"),
    });
  });
});

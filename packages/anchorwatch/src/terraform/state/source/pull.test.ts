import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { findExecutable } from "../../../../../../test/support/executable.ts";
import { backendOf } from "../backend/backendOf.ts";
import { instance, resource, stateText, surroundings } from "../testing.fixture.ts";
import { type CommandCall, type CommandOutcome, runCommand } from "./command.ts";
import { loadState } from "./loadState.ts";

const dir = mkdtempSync(join(tmpdir(), "anchorwatch-pull-"));
afterAll(() => rmSync(dir, { recursive: true }));

function pull(outcome: Partial<Extract<CommandOutcome, { kind: "ended" }>>, calls: CommandCall[] = []) {
  return loadState(
    { kind: "pull", dir, workspace: "prod" },
    surroundings({
      environment: { HOME: "/home/ada", TF_LOG: "trace", TF_CLI_ARGS: "-json" },
      terraform: "/opt/bin/tofu",
      run: async (call) => {
        calls.push(call);
        return { kind: "ended", status: 0, stdout: Buffer.alloc(0), stderr: "", ...outcome };
      },
    }),
  );
}

test("the state is what the command prints", async () => {
  const calls: CommandCall[] = [];
  const stdout = Buffer.from(stateText([resource({ instances: [instance()] })]));
  const state = await pull({ stdout, stderr: "a warning" }, calls);
  expect(state.instances).toHaveLength(1);
  expect(state.origin).toBe(`the state of ${dir} (workspace prod)`);
  expect(calls).toMatchObject([{ command: "/opt/bin/tofu", args: ["state", "pull"], cwd: dir }]);
  expect(calls[0]?.environment).toMatchObject({
    HOME: "/home/ada",
    TF_WORKSPACE: "prod",
    TF_IN_AUTOMATION: "1",
  });
  expect(calls[0]?.environment["TF_LOG"]).toBeUndefined();
  expect(calls[0]?.environment["TF_CLI_ARGS"]).toBeUndefined();
});

test("printing nothing means that nothing was deployed", async () => {
  await expect(pull({})).rejects.toMatchObject({ code: "state_absent" });
});

test("what the command says of its failure is told in one line, without secrets and frames", async () => {
  const stderr = "\u001b[31m╷\u001b[0m\n│ Error: Backend initialization required\n│ \n│ token hunter2\n╵\n";
  await expect(pull({ status: 1, stderr })).rejects.toMatchObject({
    code: "state_pull_failed",
    message: `the state of ${dir} (workspace prod) was not read: tofu state pull ended with status 1: Error: Backend initialization required token ***`,
  });
});

test("a long failure is cut only after its secrets were removed", async () => {
  const refused = pull({ status: 1, stderr: `${"x".repeat(1994)} hunter2 and more` });
  await expect(refused).rejects.toMatchObject({ message: expect.stringMatching(/x \*\*\* an? …$/) });
  await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining("hunt") });
});

test("a command that a signal ends is told without what it printed", async () => {
  const terraform = join(dir, "killed");
  writeFileSync(terraform, "#!/bin/sh\necho token hunter2 >&2\nkill -9 $$\n", { mode: 0o755 });
  const around = surroundings({ terraform, environment: { PATH: "/usr/bin:/bin" } });
  await expect(loadState({ kind: "pull", dir }, around)).rejects.toMatchObject({
    code: "state_pull_failed",
    message: `the state of ${dir} was not read: killed state pull was ended by SIGKILL`,
  });
});

test("without the command the error says what else can be done", async () => {
  await expect(loadState({ kind: "pull", dir }, surroundings())).rejects.toMatchObject({
    code: "state_backend_unsupported",
    hint: expect.stringContaining("state pull > state.json"),
  });
});

test("a folder that is not there is not taken for a missing command", async () => {
  const source = { kind: "pull", dir: join(dir, "gone") } as const;
  await expect(loadState(source, surroundings({ terraform: "/bin/true" }))).rejects.toMatchObject({
    code: "state_missing",
  });
});

test("a command that cannot be started is named", async () => {
  const terraform = join(dir, "no-such-command");
  await expect(loadState({ kind: "pull", dir }, surroundings({ terraform }))).rejects.toMatchObject({
    code: "state_pull_failed",
    message: expect.stringContaining("could not be run"),
  });
});

test("a command that hangs is ended at the deadline", async () => {
  const terraform = join(dir, "hang");
  writeFileSync(terraform, "#!/bin/sh\nexec sleep 600\n", { mode: 0o755 });
  const limits = { deadlineMs: 200, environment: { PATH: "/usr/bin:/bin" } };
  await expect(
    loadState({ kind: "pull", dir }, surroundings({ terraform, ...limits })),
  ).rejects.toMatchObject({
    code: "state_deadline",
    message: expect.stringContaining("did not arrive within 0.2 s"),
  });
});

const terraform = findExecutable("terraform", process.env);
if (terraform === undefined) console.log("terraform is not on the PATH: its own `state pull` was not tried");

describe.skipIf(terraform === undefined)("the real terraform", () => {
  const environment = {
    PATH: process.env["PATH"],
    HOME: dir,
    TF_CLI_CONFIG_FILE: "/dev/null",
    CHECKPOINT_DISABLE: "1",
  };

  async function run(...args: string[]): Promise<void> {
    const call = {
      command: terraform ?? "",
      args,
      cwd: dir,
      environment,
      signal: AbortSignal.timeout(60_000),
    };
    expect(await runCommand(call)).toMatchObject({ kind: "ended", status: 0 });
  }

  test("prints the state of its workspace, and the folder says where that lies", async () => {
    writeFileSync(join(dir, "main.tf"), 'resource "terraform_data" "x" {\n  input = 9007199254740993\n}\n');
    await run("init", "-input=false");
    await run("apply", "-auto-approve", "-input=false");
    const source = { kind: "pull", dir } as const;
    const state = await loadState(source, surroundings({ terraform, environment }));
    expect(state.instances.map(({ address }) => address)).toEqual(["terraform_data.x"]);
    expect(state.instances[0]?.parseAttributes()).toMatchObject({ input: { value: 9007199254740993n } });
    expect(state.instances[0]?.provider.source).toBe("terraform.io/builtin/terraform");

    const here = await backendOf(dir, { environment });
    expect(here).toEqual({
      source: { kind: "file", path: join(dir, "terraform.tfstate") },
      type: "local",
      workspace: "default",
    });
    expect((await loadState(here.source, surroundings())).serial).toBe(state.serial);

    await run("workspace", "new", "other");
    const other = await backendOf(dir, { environment });
    expect(other).toMatchObject({
      workspace: "other",
      source: { path: join(dir, "terraform.tfstate.d", "other", "terraform.tfstate") },
    });
    await expect(loadState(source, surroundings({ terraform, environment }))).rejects.toMatchObject({
      code: "state_absent",
    });
  });
});

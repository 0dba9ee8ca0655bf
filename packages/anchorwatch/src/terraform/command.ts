/** The `terraform` or `tofu` command, for what it alone can answer. Everything works without it. */
import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { AnchorwatchError } from "../domain/errors.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface CommandCall {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: Environment;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface CommandOutcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A plan or a state of a large stack, in full. */
const MAX_OUTPUT_BYTES = 1024 * 1024 * 1024;

/** Full path of the command, `terraform` before `tofu`, or undefined when neither is on the PATH. */
export function findTerraform(environment: Environment): string | undefined {
  const folders = (environment["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const suffix = process.platform === "win32" ? ".exe" : "";
  for (const name of ["terraform", "tofu"]) {
    const found = folders.map((folder) => join(folder, name + suffix)).find(isExecutable);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Runs the command to its end, whatever its status.
 * @throws AnchorwatchError `terraform_command_failed` when it cannot be started or does not end in time
 */
export function runTerraform(command: string, call: CommandCall): Promise<CommandOutcome> {
  const environment = { ...call.environment, TF_IN_AUTOMATION: "1", TF_INPUT: "0", CHECKPOINT_DISABLE: "1" };
  const options = {
    cwd: call.cwd,
    env: environment,
    timeout: call.deadlineMs,
    maxBuffer: MAX_OUTPUT_BYTES,
    ...(call.signal ? { signal: call.signal } : {}),
  };
  return new Promise((resolve, reject) => {
    execFile(command, [...call.args], options, (error, stdout, stderr) => {
      if (error === null) resolve({ status: 0, stdout, stderr });
      else if (typeof error.code === "number") resolve({ status: error.code, stdout, stderr });
      else reject(notRun(command, call, error));
    });
  });
}

function notRun(command: string, call: CommandCall, cause: Error & { killed?: boolean }): AnchorwatchError {
  const what = `${command} ${call.args[0] ?? ""}`;
  const message = cause.killed
    ? `${what} did not end within ${call.deadlineMs / 1000} s in ${call.cwd}`
    : `${what} could not be run in ${call.cwd}: ${cause.message}`;
  const hint = "Run the command by hand in that folder to see what it waits for.";
  return new AnchorwatchError("terraform_command_failed", message, {
    hint,
    location: { file: call.cwd },
    cause,
  });
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // Not there or not ours to run: the next folder may have it.
    return false;
  }
}

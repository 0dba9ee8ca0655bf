/** The `terraform` or `tofu` command, for what it alone can answer. Everything works without it. */
import { type ExecFileException, execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
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

/** A plan of a large stack, in full. */
const MAX_OUTPUT_BYTES = 1024 * 1024 * 1024;

/** For Terraform when nobody sits before it. Its log can hold secrets, and would hide what it says of an error. */
export const UNATTENDED: Environment = {
  TF_IN_AUTOMATION: "1",
  TF_INPUT: "0",
  CHECKPOINT_DISABLE: "1",
  TF_LOG: undefined,
  TF_LOG_CORE: undefined,
  TF_LOG_PROVIDER: undefined,
};

/**
 * Full path of the command, `terraform` before `tofu`, or undefined when neither is on the PATH. Folders of the PATH that
 * are not absolute do not count: the command runs in the folder of the code, which could then bring a program of its own.
 */
export function findTerraform(environment: Environment): string | undefined {
  const folders = (environment["PATH"] ?? "").split(delimiter).filter(isAbsolute);
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
  const options = {
    cwd: call.cwd,
    env: { ...call.environment, ...UNATTENDED },
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

/** Node's own message is told only where nothing was run: later it quotes all arguments, in which variables can be secret. */
export function whyNotRun(error: ExecFileException): string {
  if (error.signal) return `was ended by ${error.signal}`;
  return `could not be run: ${error.message}`;
}

function notRun(command: string, call: CommandCall, error: ExecFileException): AnchorwatchError {
  const why = error.killed ? `did not end within ${call.deadlineMs / 1000} s` : whyNotRun(error);
  const message = `${command} ${call.args[0] ?? ""} in ${call.cwd} ${why}`;
  const hint = "Run the command by hand in that folder to see what it waits for.";
  return new AnchorwatchError("terraform_command_failed", message, { hint, location: { file: call.cwd } });
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    // Not there or not ours to run: the next folder may have it.
    return false;
  }
}

/** Running `terraform` for its output as bytes: a state may be too long for a string. */
import { execFile } from "node:child_process";
import { whyNotRun } from "../../command.ts";
import { MAX_STATE_BYTES } from "./size.ts";

export interface CommandCall {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Ends the program. */
  readonly signal: AbortSignal;
}

export type CommandOutcome =
  | { readonly kind: "ended"; readonly status: number; readonly stdout: Buffer; readonly stderr: string }
  /** It could not be started, or was ended by a signal; `reason` says which in words that follow its name. */
  | { readonly kind: "failed"; readonly reason: string };

export type CommandRunner = (call: CommandCall) => Promise<CommandOutcome>;

export const runCommand: CommandRunner = ({ command, args, cwd, environment, signal }) =>
  new Promise((resolve) => {
    const options = {
      cwd,
      env: { ...environment },
      signal,
      // It only reads, so nothing is lost by ending it at once; asked politely it would wait for the network.
      killSignal: "SIGKILL",
      maxBuffer: MAX_STATE_BYTES,
      encoding: "buffer",
    } as const;
    const child = execFile(command, [...args], options, (error, stdout, stderr) => {
      if (error === null) resolve({ kind: "ended", status: 0, stdout, stderr: stderr.toString() });
      else if (typeof error.code === "number") {
        resolve({ kind: "ended", status: error.code, stdout, stderr: stderr.toString() });
      } else resolve({ kind: "failed", reason: whyNotRun(error) });
    });
    child.stdin?.end();
  });

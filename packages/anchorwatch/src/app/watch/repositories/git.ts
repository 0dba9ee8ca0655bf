/** Running the user's own git. */
import { spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import type { Readable } from "node:stream";
import { AnchorwatchError, messageOf } from "../../../domain/errors.ts";

export interface GitCall {
  /** Path of the program. */
  readonly git: string;
  readonly args: readonly string[];
  /** A folder that git may take for the files of the repository. */
  readonly cwd: string;
  /** The whole environment: nothing is inherited. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

export type GitOutcome =
  | { readonly kind: "ended"; readonly status: number; readonly stdout: string; readonly stderr: string }
  /** It was ended by us, or could not be started; `why` follows its name in a sentence. */
  | { readonly kind: "failed"; readonly why: string };

const MAX_OUTPUT = 1024 * 1024;

/** @throws AnchorwatchError `repository_git_missing` */
export function findGit(environment: Readonly<Record<string, string | undefined>>): string {
  const folders = (environment["PATH"] ?? "").split(delimiter).filter(isAbsolute);
  const name = process.platform === "win32" ? "git.exe" : "git";
  const found = folders.map((folder) => join(folder, name)).find(isProgram);
  if (found !== undefined) return found;
  throw new AnchorwatchError(
    "repository_git_missing",
    "watching a repository needs git, and it is not on the PATH",
    {
      hint: "Install git, or watch a folder instead.",
    },
  );
}

/** Runs it to its end, with the helpers that it starts; nothing is left when the deadline or the signal ends it. */
export function runGit({ git, args, cwd, environment, deadlineMs, signal }: GitCall): Promise<GitOutcome> {
  return new Promise((resolve) => {
    // A group of its own: git's helpers for the network are to end with it.
    const child = spawn(git, [...args], {
      cwd,
      env: { ...environment },
      stdio: ["ignore", "pipe", "pipe"],
      detached: process.platform !== "win32",
    });
    let why: string | undefined;
    const end = (reason: string) => {
      why ??= reason;
      killGroup(child.pid);
    };
    const timer = setTimeout(() => end(`did not end within ${deadlineMs / 1000} s`), deadlineMs);
    const abort = () => end("was stopped");
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
    const stdout = collected(child.stdout, () => end("said more than it should"));
    const stderr = collected(child.stderr, () => {});
    const settle = (outcome: GitOutcome) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      resolve(outcome);
    };
    child.once("error", (error) => settle({ kind: "failed", why: `could not be run: ${messageOf(error)}` }));
    child.once("close", (status, endedBy) => {
      if (why !== undefined) settle({ kind: "failed", why });
      else if (status === null) settle({ kind: "failed", why: `was ended by ${endedBy}` });
      else settle({ kind: "ended", status, stdout: stdout(), stderr: stderr() });
    });
  });
}

function collected(stream: Readable, tooMuch: () => void): () => string {
  let text = "";
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    if (text.length < MAX_OUTPUT) text += chunk;
    else tooMuch();
  });
  return () => text;
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
  } catch {
    // It has ended by itself meanwhile.
  }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    // Not there or not ours to run: the next folder may have it.
    return false;
  }
}

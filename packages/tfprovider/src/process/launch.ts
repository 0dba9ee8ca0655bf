/** Starts a provider's program and waits until it says where it listens. */
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { ProviderError } from "../errors.ts";
import { killGuarded, spawnGuarded } from "./guard.ts";
import { type Handshake, MAGIC_COOKIE, parseHandshake } from "./handshake.ts";
import { drain } from "./outputTail.ts";

export interface LaunchOptions {
  readonly executable: string;
  /** The whole environment of the provider: nothing else is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  /** Removes secrets from what the provider prints. */
  readonly mask?: ((text: string) => string) | undefined;
  readonly handshakeDeadlineMs?: number | undefined;
}

export interface LaunchedProgram extends Handshake {
  readonly pid: number;
  /** How the program ended, in words: `exit status 2`, `signal SIGKILL`. */
  readonly exited: Promise<string>;
  /** The last lines that it printed, masked. */
  readonly output: () => string;
  readonly kill: () => void;
}

const HANDSHAKE_DEADLINE_MS = 60_000;
const MAX_HANDSHAKE_CHARACTERS = 4096;

/** @throws ProviderError `provider_spawn_failed`, `provider_handshake_failed`, `provider_protocol_unsupported` */
export async function launch(options: LaunchOptions): Promise<LaunchedProgram> {
  // Plain gRPC over a unix socket: the folder, which only this user can enter, is what keeps others out.
  const privateFolder = mkdtempSync(join(socketRoot(), "tfprovider-"));
  const environment = {
    ...options.environment,
    ...MAGIC_COOKIE,
    PLUGIN_PROTOCOL_VERSIONS: "5,6",
    PLUGIN_UNIX_SOCKET_DIR: privateFolder,
    TMPDIR: privateFolder,
  };
  const child = spawnGuarded({ executable: options.executable, environment, privateFolder });
  const exited = exitOf(child, privateFolder);
  const stdout = child.stdout as Readable;
  const firstLine = readFirstLine(stdout);
  const tail = drain([stdout, child.stderr as Readable], options.mask ?? ((text) => text));
  try {
    const line = await within(options.handshakeDeadlineMs ?? HANDSHAKE_DEADLINE_MS, [
      firstLine,
      failedStart(exited),
    ]);
    const handshake = parseHandshake(line);
    return { ...handshake, pid: child.pid ?? 0, exited, output: tail.text, kill: () => killGuarded(child) };
  } catch (error) {
    killGuarded(child);
    throw withOutput(error, options.executable, tail.text());
  }
}

/** The path of a unix socket has at most 104 characters on some systems, and the name of the file takes some 45. */
function socketRoot(): string {
  const root = tmpdir();
  return root.length <= 55 || process.platform === "win32" ? root : "/tmp";
}

async function exitOf(child: ChildProcess, privateFolder: string): Promise<string> {
  const how = await new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(describeExit(code, signal)));
  });
  rmSync(privateFolder, { recursive: true, force: true });
  return how;
}

/** A shell reports a child that a signal ended as 128 and the signal's number. */
function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal !== null) return `signal ${signal}`;
  return code !== null && code > 128 ? `signal ${code - 128}` : `exit status ${code}`;
}

function readFirstLine(stdout: Readable): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const onData = (chunk: string | Buffer) => {
      text += String(chunk);
      const end = text.indexOf("\n");
      if (end < 0 && text.length < MAX_HANDSHAKE_CHARACTERS) return;
      stdout.off("data", onData);
      resolve(end < 0 ? text : text.slice(0, end));
    };
    stdout.on("data", onData);
  });
}

async function failedStart(exited: Promise<string>): Promise<never> {
  const how = await exited;
  throw new ProviderError("provider_spawn_failed", `the provider ended with ${how} before it was ready`);
}

async function within(milliseconds: number, outcomes: readonly Promise<string>[]): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const message = `the provider did not say within ${milliseconds / 1000} s where it listens`;
      reject(new ProviderError("provider_handshake_failed", message));
    }, milliseconds);
  });
  try {
    return await Promise.race([...outcomes, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

function withOutput(error: unknown, executable: string, output: string): unknown {
  if (!(error instanceof ProviderError)) return error;
  const said = output.trim() === "" ? "It printed nothing." : `It printed: ${output.trim().slice(-1000)}`;
  return new ProviderError(error.code, `${executable}: ${error.message}`, {
    hint: [error.hint, said].filter(Boolean).join(" "),
    cause: error,
  });
}

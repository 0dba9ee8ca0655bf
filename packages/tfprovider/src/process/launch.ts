/** Starts a provider's program and waits until it says where it listens. */
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
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
  /** How long the program may take to say where it listens; 60 s when absent. */
  readonly handshakeDeadlineMs?: number | undefined;
  /** Cancels the start. A program that has started is not touched by it. */
  readonly signal?: AbortSignal | undefined;
}

export interface LaunchedProgram extends Handshake {
  readonly pid: number;
  /** How the program ended, in words: `exit status 2`, `signal SIGKILL`. */
  readonly exited: Promise<string>;
  /** The last lines that it printed, masked. */
  readonly output: () => string;
  /** What it printed until now is kept as this makes it, whatever `mask` knows later. */
  readonly maskOutput: (mask: (text: string) => string) => void;
  readonly kill: () => void;
}

const HANDSHAKE_DEADLINE_MS = 60_000;
const MAX_HANDSHAKE_CHARACTERS = 4096;

/**
 * When it throws, nothing is left: no process, no folder.
 * @throws ProviderError `provider_spawn_failed`, `provider_handshake_failed`, `provider_protocol_unsupported`,
 * `provider_cancelled`
 */
export async function launch(options: LaunchOptions): Promise<LaunchedProgram> {
  if (options.signal?.aborted) throw cancelled();
  const { child, privateFolder } = spawnPrivately(options);
  const exited = exitOf(child, privateFolder);
  const stdout = child.stdout as Readable;
  const firstLine = readFirstLine(stdout);
  const tail = drain([stdout, child.stderr as Readable], options.mask ?? ((text) => text));
  try {
    const line = await within(
      options.handshakeDeadlineMs ?? HANDSHAKE_DEADLINE_MS,
      [firstLine, failedStart(exited)],
      options.signal,
    );
    const handshake = parseHandshake(line);
    const kill = () => {
      killGuarded(child);
      // At once, and not when the end is known: our own process may end before that.
      removeFolder(privateFolder);
    };
    return {
      ...handshake,
      pid: child.pid ?? 0,
      exited,
      output: tail.text,
      maskOutput: tail.maskLines,
      kill,
    };
  } catch (error) {
    killGuarded(child);
    await exited;
    throw withOutput(error, options.executable, tail.text());
  }
}

/** Starts the program with a folder of its own for its socket. */
function spawnPrivately({ executable, environment }: LaunchOptions) {
  let privateFolder: string | undefined;
  try {
    // Plain gRPC over a unix socket: the folder, which only this user can enter, is what keeps others out.
    privateFolder = mkdtempSync(join(socketRoot(), "tfprovider-"));
    const complete = {
      ...quiet(executable),
      ...environment,
      ...MAGIC_COOKIE,
      PLUGIN_PROTOCOL_VERSIONS: "5,6",
      PLUGIN_UNIX_SOCKET_DIR: privateFolder,
      TMPDIR: privateFolder,
    };
    return { child: spawnGuarded({ executable, environment: complete, privateFolder }), privateFolder };
  } catch (cause) {
    if (privateFolder !== undefined) removeFolder(privateFolder);
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ProviderError("provider_spawn_failed", `${executable} could not be started: ${why}`, { cause });
  }
}

/**
 * Providers log every step at TRACE unless told otherwise, hundreds of lines for one object, for Terraform to filter. Nobody
 * reads them here; errors stay, and so does a panic, which is no log.
 * @see https://developer.hashicorp.com/terraform/plugin/log/managing
 */
function quiet(executable: string): Readonly<Record<string, string>> {
  const name = /^terraform-provider-([^_.]+)/.exec(basename(executable))?.[1];
  const own = name?.toUpperCase().replaceAll("-", "_");
  return { TF_LOG_SDK: "ERROR", ...(own === undefined ? {} : { [`TF_LOG_PROVIDER_${own}`]: "ERROR" }) };
}

function cancelled(): ProviderError {
  return new ProviderError("provider_cancelled", "the start of the provider was cancelled");
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
  removeFolder(privateFolder);
  return how;
}

function removeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // A folder of a socket that nobody listens to harms nobody, and how the program ended must still be told.
  }
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

async function within(
  milliseconds: number,
  outcomes: readonly Promise<string>[],
  signal: AbortSignal | undefined,
): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  let cancel = () => {};
  const deadline = new Promise<never>((_, reject) => {
    cancel = () => reject(cancelled());
    signal?.addEventListener("abort", cancel, { once: true });
    timer = setTimeout(() => {
      const message = `the provider did not say within ${milliseconds / 1000} s where it listens`;
      reject(new ProviderError("provider_handshake_failed", message));
    }, milliseconds);
  });
  try {
    return await Promise.race([...outcomes, deadline]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", cancel);
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

/** Where the report goes: stdout, or a file that is either the old one or the complete new one. */
import { randomBytes } from "node:crypto";
import {
  access,
  constants,
  type FileHandle,
  open,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { Writable } from "node:stream";
import { AnchorwatchError, messageOf } from "../domain/errors.ts";

export interface Output {
  readonly write: (text: string) => Promise<void>;
  /** Without a `write` before, nothing is left behind. */
  readonly close: () => Promise<void>;
}

/** Resolves when the text was handed over, also when nobody reads it any more (`| head`). */
export function writeTo(stream: Writable, text: string | Uint8Array): Promise<void> {
  return new Promise((done, fail) => {
    if (stream.destroyed || stream.writableEnded) return done();
    stream.write(text, (error) => {
      if (error === null || error === undefined || isBrokenPipe(error)) done();
      else fail(error);
    });
  });
}

/**
 * Hands the report over to stdout.
 * @throws AnchorwatchError `output_unwritable`
 */
export async function writeReport(stdout: Writable, text: string): Promise<void> {
  try {
    await writeTo(stdout, text);
  } catch (error) {
    throw unwritable("the standard output", error, undefined, "Send it elsewhere, or use --output.");
  }
}

/** A reader that went away is no error of ours; the listener keeps Node from dying of it. */
export function toleratePipe(stream: Writable, fail: (error: Error) => void): void {
  stream.on("error", (error) => {
    if (!isBrokenPipe(error)) fail(error);
  });
}

/**
 * Opened before the check runs, so that minutes of work are never lost to a wrong path.
 * @throws AnchorwatchError `output_unwritable`
 */
export async function openOutputFile(path: string, workingDirectory: string): Promise<Output> {
  try {
    const target = await resolveTarget(resolve(workingDirectory, path));
    return target.special
      ? directOutput(target.path, path)
      : await replacingOutput(target.path, target.mode, path);
  } catch (error) {
    throw error instanceof AnchorwatchError ? error : unwritable(path, error);
  }
}

interface Target {
  readonly path: string;
  /** A device or pipe (`/dev/stdout`): replacing it by a file would break the system. */
  readonly special: boolean;
  readonly mode?: number;
}

async function resolveTarget(path: string): Promise<Target> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (found === undefined) return { path, special: false };
  if (found.isDirectory()) throw unwritable(path, undefined, "it is a folder", "Give the name of a file.");
  if (!found.isFile()) {
    await access(path, constants.W_OK);
    return { path, special: true };
  }
  await (await open(path, "r+")).close();
  return { path: await realpath(path), special: false, mode: found.mode & 0o777 };
}

function directOutput(target: string, shown: string): Output {
  return {
    write: (text) =>
      writeFile(target, text).catch((error: unknown) => {
        throw unwritable(shown, error);
      }),
    close: async () => {},
  };
}

async function replacingOutput(target: string, mode: number | undefined, shown: string): Promise<Output> {
  const name = `.${basename(target)}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
  const temporary = join(dirname(target), name);
  const handle = await open(temporary, "wx", mode ?? 0o666);
  // Of a new file the umask decides; an old one keeps what it has, where the file system knows of permissions at all.
  if (mode !== undefined) await handle.chmod(mode).catch(() => undefined);
  let written = false;
  return {
    write: async (text) => {
      await replace(handle, temporary, target, text).catch((error: unknown) => {
        throw unwritable(shown, error);
      });
      written = true;
    },
    close: async () => {
      await handle.close();
      if (!written) await rm(temporary, { force: true });
    },
  };
}

async function replace(handle: FileHandle, temporary: string, target: string, text: string): Promise<void> {
  await handle.writeFile(text);
  await handle.sync();
  await rename(temporary, target);
}

function unwritable(path: string, cause: unknown, why?: string, hint?: string): AnchorwatchError {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  const reason = why ?? (code === undefined ? messageOf(cause) : (REASONS[code] ?? messageOf(cause)));
  const advice =
    hint ??
    (code === "ENOENT"
      ? `Create the folder first: mkdir -p ${dirname(path)}`
      : "Choose another place for --output.");
  return new AnchorwatchError("output_unwritable", `${path} cannot be written: ${reason}`, {
    hint: advice,
    location: { file: path },
    ...(cause === undefined ? {} : { cause }),
  });
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "its folder does not exist",
  ENOTDIR: "a part of its path is a file",
  EACCES: "permission denied",
  EPERM: "the system does not permit it",
  EROFS: "the file system is read-only",
  ENOSPC: "no space is left",
};

function isBrokenPipe(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "EPIPE" || code === "ERR_STREAM_DESTROYED";
}

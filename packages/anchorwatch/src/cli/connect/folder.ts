/** The folder of a connection: nothing in it is replaced unless that is asked for. */
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type ConnectionFile, RECORD_FILE } from "../../app/connect/connection.ts";
import { type ConnectionRecord, readRecord } from "../../app/connect/record.ts";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import { openOutputFile } from "../output.ts";

export interface WrittenFile extends Pick<ConnectionFile, "name" | "about"> {
  readonly state: "written" | "replaced" | "unchanged";
}

/** Undefined when the folder holds no connection. @throws AnchorwatchError `connection_invalid` */
export async function readFolder(path: string, shown: string): Promise<ConnectionRecord | undefined> {
  const text = await contentOf(join(path, RECORD_FILE), join(shown, RECORD_FILE));
  return text === undefined ? undefined : readRecord(text, join(shown, RECORD_FILE));
}

/**
 * All or, when something would be lost, nothing.
 * @throws AnchorwatchError `connection_exists` naming the files, `output_unwritable`
 */
export async function writeFolder(
  path: string,
  shown: string,
  files: readonly ConnectionFile[],
  { force, workingDirectory }: { readonly force: boolean; readonly workingDirectory: string },
): Promise<readonly WrittenFile[]> {
  const compared = await Promise.all(
    files.map(async (file) => {
      const before = await contentOf(join(path, file.name), join(shown, file.name));
      const state = before === undefined ? "written" : before === file.text ? "unchanged" : "replaced";
      return { ...file, state } as const;
    }),
  );
  const lost = compared.filter(({ state }) => state === "replaced").map(({ name }) => join(shown, name));
  if (lost.length > 0 && !force) throw wouldBeLost(lost);
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
    throw unwritable(shown, error);
  });
  for (const { name, text, state } of compared) {
    if (state === "unchanged") continue;
    const output = await openOutputFile(join(path, name), workingDirectory);
    try {
      await output.write(text);
    } finally {
      await output.close();
    }
  }
  return compared.map(({ name, about, state }) => ({ name, about, state }));
}

async function contentOf(path: string, shown: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new AnchorwatchError("connection_invalid", `${shown} cannot be read: ${messageOf(error)}`, {
      hint: "Name another folder, or correct its permissions.",
      location: { file: shown },
      cause: error,
    });
  }
}

function wouldBeLost(files: readonly string[]): AnchorwatchError {
  return new AnchorwatchError(
    "connection_exists",
    `Nothing was written: ${files.join(", ")} ${files.length === 1 ? "is there and would change" : "are there and would change"}`,
    {
      hint: "Name another folder, or give --force to replace them. An external id that is there stays the same.",
    },
  );
}

function unwritable(shown: string, cause: unknown): AnchorwatchError {
  return new AnchorwatchError("output_unwritable", `${shown} cannot be made: ${messageOf(cause)}`, {
    hint: "Name another folder.",
    location: { file: shown },
    cause,
  });
}

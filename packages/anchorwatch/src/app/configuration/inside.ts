/** Files that a configuration names: a repository may only name its own. */
import { realpath } from "node:fs/promises";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";

/** A file as seen from a folder; one outside it by its whole path. */
export function shownName(file: string, from: string): string {
  const path = relative(from, file);
  return path === "" || leaves(path) ? file : path.replaceAll("\\", "/");
}

/**
 * A path that the file names, absolute, with symbolic links resolved.
 * @throws AnchorwatchError `config_invalid` when it leads out of the file's folder or does not exist
 */
export async function resolveInside(
  configurationFile: string,
  path: string,
  location: { readonly file: string; readonly line: number },
): Promise<string> {
  const folder = await realpath(dirname(configurationFile));
  let real: string;
  try {
    real = await realpath(resolve(folder, path));
  } catch (error) {
    throw new AnchorwatchError(
      "config_invalid",
      `the stack names ${path}, which cannot be opened: ${messageOf(error)}`,
      {
        hint: `Paths are relative to the folder of ${location.file}.`,
        location,
        cause: error,
      },
    );
  }
  if (isInside(real, folder)) return real;
  throw new AnchorwatchError(
    "config_invalid",
    `the stack names ${path}, a link that leads out of the folder of ${location.file}`,
    {
      hint: "A repository may only name files of its own. Give the file itself, or its path on the command line.",
      location,
    },
  );
}

/** Both absolute, without symbolic links. */
export function isInside(path: string, folder: string): boolean {
  return !leaves(relative(folder, path));
}

function leaves(relativePath: string): boolean {
  return relativePath.split(sep)[0] === ".." || isAbsolute(relativePath);
}

import { access, realpath } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { AnchorwatchError } from "../../domain/errors.ts";
import { isInside } from "./inside.ts";

const CONFIGURATION_NAME = "anchorwatch.yaml";

/**
 * The nearest `anchorwatch.yaml` in a folder and those around it, up to the root of its repository (the folder with
 * `.git`). Outside a repository only the folder itself counts: a stranger's file in `/tmp` must not be picked up.
 * @throws AnchorwatchError `config_unreadable` when it is a link that leads out: messages would quote a file that is not
 * the repository's own
 */
export async function findConfiguration(folder: string): Promise<string | undefined> {
  const root = (await repositoryRoot(folder)) ?? resolve(folder);
  for (let current = resolve(folder); ; current = dirname(current)) {
    const file = join(current, CONFIGURATION_NAME);
    if (await exists(file)) return await own(file);
    if (current === root || current === dirname(current)) return undefined;
  }
}

async function own(file: string): Promise<string> {
  if (await liesInRepository(file)) return file;
  throw new AnchorwatchError("config_unreadable", `${file} is a link that leads out of its repository`, {
    hint: "Put the file itself there, or give it with --config.",
    location: { file },
  });
}

/**
 * Whether the file is one of the repository around it, and no link that leads out; without one, of its folder.
 * @param known the repository's folder, where it is known
 */
export async function liesInRepository(file: string, known?: string): Promise<boolean> {
  const folder = dirname(resolve(file));
  const root = known ?? (await repositoryRoot(folder)) ?? folder;
  const [real, home] = await Promise.all([realpath(file), realpath(root)]);
  return isInside(real, home);
}

async function repositoryRoot(folder: string): Promise<string | undefined> {
  for (let current = resolve(folder); ; current = dirname(current)) {
    if (await exists(join(current, ".git"))) return current;
    if (current === dirname(current)) return undefined;
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

import { access } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

const CONFIGURATION_NAME = "anchorwatch.yaml";

/**
 * The nearest `anchorwatch.yaml` in a folder and those around it, up to the root of its repository (the folder with
 * `.git`). Outside a repository only the folder itself counts: a stranger's file in `/tmp` must not be picked up.
 */
export async function findConfiguration(folder: string): Promise<string | undefined> {
  const root = await repositoryRoot(folder);
  for (let current = resolve(folder); ; current = dirname(current)) {
    const file = join(current, CONFIGURATION_NAME);
    if (await exists(file)) return file;
    if (current === (root ?? resolve(folder)) || current === dirname(current)) return undefined;
  }
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

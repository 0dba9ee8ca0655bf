import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

export type Environment = Readonly<Record<string, string | undefined>>;

/** The first executable of that name on PATH, as the shell would find it; undefined when there is none. */
export function findExecutable(name: string, env: Environment): string | undefined {
  const names = env["PATHEXT"] === undefined ? [name] : env["PATHEXT"].split(";").map((end) => name + end);
  for (const folder of (env["PATH"] ?? "").split(delimiter)) {
    if (folder === "") continue;
    for (const candidate of names) if (isExecutable(join(folder, candidate))) return join(folder, candidate);
  }
  return undefined;
}

/** True for a file (symbolic links followed) that this user may run. */
export function isExecutable(path: string): boolean {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return false;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // accessSync has no other way to say no
  }
}

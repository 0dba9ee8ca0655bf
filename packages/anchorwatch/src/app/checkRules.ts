import { relative } from "node:path";
import { parseDriftignore } from "../compare/driftignore.ts";
import { type CompiledRule, compileIgnoreRules } from "../compare/ignoreRules.ts";
import { AnchorwatchError } from "../domain/errors.ts";
import { liesInRepository } from "./configuration/find.ts";
import { type RepositoryFile, readRepositoryFile } from "./repositoryFile.ts";
import type { StackAccess, StackRequest } from "./stackAccess.ts";

const LARGEST_FILE = 512 * 1024;
/** Messages quote lines, and the file may be one that the repository's author cannot read. */
const LEADS_OUT: RepositoryFile = { ok: false, why: "it is a link that leads out of its repository" };

/**
 * All ignore rules of a check, the weakest first: `.driftignore` files, then `anchorwatch.yaml` and `--ignore`, then what
 * the operator has the last word about.
 * @throws AnchorwatchError `driftignore_invalid`, `path_pattern_invalid`
 */
export async function rulesOf(
  request: StackRequest,
  { boundary, finalRules }: Pick<StackAccess, "boundary" | "finalRules">,
): Promise<readonly CompiledRule[]> {
  const files = request.ignoreFiles.map(async (path) => {
    const shown = relative(request.workingDirectory, path) || path;
    return parseDriftignore(await contentOf(path, shown, boundary), shown);
  });
  const own = [...(await Promise.all(files)).flat(), ...compileIgnoreRules(request.ignore)];
  return [...own, ...compileIgnoreRules(finalRules)];
}

async function contentOf(path: string, shown: string, boundary: string | undefined): Promise<string> {
  const read = (await liesInRepository(path, boundary))
    ? await readRepositoryFile(path, LARGEST_FILE)
    : LEADS_OUT;
  if (read.ok) return read.text;
  const { why, cause } = read;
  throw new AnchorwatchError("driftignore_invalid", `${shown} cannot be read: ${why}`, {
    hint: "Make it a readable text file in UTF-8, or move it away.",
    location: { file: shown },
    ...(cause === undefined ? {} : { cause }),
  });
}

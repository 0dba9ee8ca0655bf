import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { parseDriftignore } from "../compare/driftignore.ts";
import { type CompiledRule, compileIgnoreRules } from "../compare/ignoreRules.ts";
import { AnchorwatchError, messageOf } from "../domain/errors.ts";
import type { CheckRequest } from "./checkRequest.ts";

/**
 * All ignore rules of a check, the weakest first: `.driftignore` files, then `anchorwatch.yaml` and `--ignore`.
 * @throws AnchorwatchError `driftignore_invalid`, `path_pattern_invalid`
 */
export async function rulesOf(request: CheckRequest): Promise<readonly CompiledRule[]> {
  const files = request.ignoreFiles.map(async (path) => {
    const shown = relative(request.workingDirectory, path) || path;
    return parseDriftignore(await contentOf(path, shown), shown);
  });
  return [...(await Promise.all(files)).flat(), ...compileIgnoreRules(request.ignore)];
}

async function contentOf(path: string, shown: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new AnchorwatchError("driftignore_invalid", `${shown} cannot be read: ${messageOf(cause)}`, {
      hint: "Make it readable, or move it away.",
      location: { file: shown },
      cause,
    });
  }
}

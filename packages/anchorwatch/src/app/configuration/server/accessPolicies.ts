/** Files of `access.policies`. */
import { dirname, isAbsolute, join, resolve } from "node:path";
import type { PolicyFile } from "../../../auth/authorize/policyFile.ts";
import type { Warning } from "../../../domain/errors.ts";
import { readRepositoryFile } from "../../repositoryFile.ts";
import { written } from "../issues.ts";
import { type DocumentPath, LARGEST_FILE } from "../yamlDocument.ts";
import type { SectionContext } from "./section.ts";

export async function readPolicies(
  paths: readonly string[],
  at: DocumentPath,
  { problems, folder, file }: SectionContext,
): Promise<readonly PolicyFile[]> {
  const files: PolicyFile[] = [];
  for (const [index, given] of paths.entries()) {
    const here = [...at, index];
    // As seen from where the operator's file is named.
    const name = isAbsolute(given) ? given : join(dirname(file), given);
    if (files.some((known) => known.name === name)) {
      problems.reportAt(here, `${written(here)}: ${given} is there already`, "Remove one of the two.");
      continue;
    }
    const read = await readRepositoryFile(resolve(folder, given), LARGEST_FILE);
    if (read.ok) files.push({ name, text: read.text });
    else
      problems.reportAt(here, `${written(here)}: ${given} cannot be read: ${read.why}`, "Correct the path.");
  }
  return files;
}

interface CheckedPolicies {
  readonly problems: readonly Warning[];
  readonly warnings: readonly Warning[];
}

let last: { readonly texts: string; readonly checked: CheckedPolicies } | undefined;

/**
 * Cedar is large: only a file that has policies makes a command load it. And checking takes a tenth of a second, where a program that stays
 * up looks at the file every other second: the same texts are checked once.
 */
export async function checkedPolicies(files: readonly PolicyFile[]): Promise<CheckedPolicies> {
  if (files.length === 0) return { problems: [], warnings: [] };
  const texts = JSON.stringify(files);
  if (last?.texts === texts) return last.checked;
  const { checkPolicies } = await import("../../../auth/authorize/checkPolicies.ts");
  const checked = checkPolicies(files);
  last = { texts, checked };
  return checked;
}

import type { Warning } from "../../../domain/errors.ts";
import { Problems } from "../problems.ts";
import { type DocumentPath, readYaml } from "../yamlDocument.ts";
import { readLedgerSection } from "./ledgerSection.ts";
import { serverFileSchema } from "./schema.ts";
import type { ServerConfiguration } from "./serverConfiguration.ts";

export type ParsedServerConfiguration =
  | { readonly ok: true; readonly configuration: ServerConfiguration }
  | { readonly ok: false; readonly problems: readonly Warning[] };

/**
 * @param file how it is called in messages
 * @param folder absolute: its own, to which its paths are relative
 */
export async function parseServerConfiguration(
  text: string,
  file: string,
  folder: string,
): Promise<ParsedServerConfiguration> {
  const problems = new Problems(readYaml(text, { quotes: false }), file);
  const checked = problems.check(serverFileSchema, isConcealed);
  if (checked === undefined) return { ok: false, problems: problems.found };
  const ledger =
    checked.ledger === undefined ? undefined : await readLedgerSection(checked.ledger, { problems, folder });
  if (problems.found.length > 0) return { ok: false, problems: problems.found };
  return { ok: true, configuration: { file, ...(ledger === undefined ? {} : { ledger }) } };
}

/** Addresses of webhooks are secrets, and whoever misplaces one has it shown in a pipeline's log. */
function isConcealed(path: DocumentPath): boolean {
  return path[0] === "ledger" && path[1] === "anchors";
}

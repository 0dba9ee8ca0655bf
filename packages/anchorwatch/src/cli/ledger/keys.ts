import { parseVerifierKey, type VerifierKey } from "tlog";
import { speaking } from "../../ledger/read/productWords.ts";
import { readGivenFile } from "./flags.ts";

/**
 * Keys as `--key` gives them: the key itself, or a file with one on each line.
 * @throws AnchorwatchError `ledger_verifier_key_invalid`, `ledger_file_unreadable`
 */
export async function keysGiven(
  given: readonly string[] | undefined,
  workingDirectory: string,
): Promise<readonly VerifierKey[]> {
  const texts = await Promise.all(
    (given ?? []).map(async (text) => (looksLikeKey(text) ? [text] : await linesOf(text, workingDirectory))),
  );
  return await Promise.all(
    texts.flat().map((text) => speaking("What --key gives", () => parseVerifierKey(text))),
  );
}

/** No file is called so by chance, and a private key given by mistake must be refused as one. */
function looksLikeKey(text: string): boolean {
  return /\+[0-9a-f]{8}\+/.test(text) || text.startsWith("PRIVATE+KEY+");
}

async function linesOf(path: string, workingDirectory: string): Promise<readonly string[]> {
  const text = new TextDecoder().decode(await readGivenFile(path, workingDirectory));
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "" && !line.startsWith("#"));
  return lines.length === 0 ? [""] : lines;
}

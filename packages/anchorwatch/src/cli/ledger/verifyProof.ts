import { escapeText } from "../../domain/escape.ts";
import { decodeEntry } from "../../ledger/entry/entry.ts";
import { verifyProof } from "../../ledger/read/proofFile.ts";
import type { Surroundings } from "../surroundings.ts";
import { type LedgerFlags, readGivenFile } from "./flags.ts";
import { keysGiven } from "./keys.ts";
import { NOT_AUTHENTICATED, runLedger } from "./run.ts";
import { entriesText, entryLine, facts, keyText, rootText } from "./words.ts";

export interface VerifyProofFlags extends LedgerFlags {
  readonly entry?: string;
}

/** `anchorwatch ledger verify-proof`: without a log and without a network. */
export function runVerifyProof(
  file: string,
  flags: VerifyProofFlags,
  surroundings: Surroundings,
): Promise<number> {
  const { workingDirectory } = surroundings;
  return runLedger(surroundings, flags, async ({ say, paint }) => {
    const keys = await keysGiven(flags.key, workingDirectory);
    const entry =
      flags.entry === undefined ? {} : { entry: await readGivenFile(flags.entry, workingDirectory) };
    const text = new TextDecoder().decode(await readGivenFile(file, workingDirectory));
    const proven = await verifyProof(file, text, { keys, ...entry });
    const { index, checkpoint, signedBy } = proven;
    const authenticated = signedBy.length > 0;
    const conclusion = authenticated
      ? paint.good("authenticated")
      : paint.doubtful("self-consistent, not authenticated");
    const found = { index, bytes: proven.entry, decoded: decodeEntry(proven.entry) };
    const rows = [
      ["origin", escapeText(checkpoint.origin)],
      ["root", rootText(checkpoint.root)],
      ...signedBy.map((key) => ["signed by", keyText(key)] as const),
    ] as const;
    await say(
      `${escapeText(file)}: entry ${index} among ${entriesText(checkpoint.size)}, ${conclusion}\n` +
        `${facts(rows, paint)}${entryLine(found, paint)}`,
    );
    if (authenticated) return 0;
    await say("Whoever made the file could have made the log. Give the log's key with --key.\n");
    return NOT_AUTHENTICATED;
  });
}

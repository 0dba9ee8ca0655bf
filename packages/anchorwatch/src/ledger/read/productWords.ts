/** What the library says of a log, as this product's errors: with the log's name, and with what to do. */
import { TlogError, type TlogErrorCode } from "tlog";
import type { ErrorCode } from "../../domain/error-codes.ts";
import { AnchorwatchError, type Location } from "../../domain/errors.ts";

interface Words {
  readonly code: ErrorCode;
  readonly hint: string;
}

const CORRUPT: Words = {
  code: "ledger_corrupt",
  hint: "What lies before is untouched and can be read. `anchorwatch ledger fsck` says what is damaged and what to do.",
};
const OTHER_ROOT: Words = {
  code: "ledger_corrupt",
  hint: "Nothing that the log says is proven by this checkpoint. `anchorwatch ledger fsck` says what is damaged; an anchor or a copy has the checkpoint as it was.",
};
const CHECKPOINT: Words = {
  code: "ledger_checkpoint_invalid",
  hint: "The file was damaged or changed, or this is no log. Restore it from a copy.",
};
const FALSE_SIGNATURE: Words = {
  code: "ledger_checkpoint_invalid",
  hint: "Trust nothing that this checkpoint says: it was changed after it was signed, or somebody signed it with another key.",
};
const UNKNOWN_KEY: Words = {
  code: "ledger_key_unknown",
  hint: "Give the key of this log with --key. Ask its owner for it through another channel than this log: `anchorwatch ledger key` prints it there.",
};
const OTHER_LOG: Words = {
  code: "ledger_origin_mismatch",
  hint: "It is another log than was meant. Check the address and the key.",
};
const KEY: Words = {
  code: "ledger_verifier_key_invalid",
  hint: "A verifier key looks like example.com/log+0123abcd+AaBb…; `anchorwatch ledger key` prints it. It may also be a file that holds it.",
};
const PROOF: Words = {
  code: "ledger_proof_invalid",
  hint: "The proof, the entry or the checkpoint was changed, or they do not belong together. Ask for the proof again.",
};
const RANGE: Words = {
  code: "ledger_range_invalid",
  hint: "`anchorwatch ledger verify` says how many entries the log has; the first one is entry 0.",
};
const MISSING: Words = {
  code: "ledger_missing",
  hint: "Give the folder or address that holds the file `checkpoint`. A new ledger has one after its first `anchorwatch check --ledger DIR`; of one that has lost it, `anchorwatch ledger fsck DIR` says what is left.",
};
const FORKED: Words = {
  code: "ledger_forked",
  hint: "Entries were changed after they were published. Both checkpoints are printed here: they are the evidence.",
};
const ROLLED_BACK: Words = {
  code: "ledger_rolled_back",
  hint: "Entries were removed, or an older copy was restored. Both checkpoints are printed here: they are the evidence.",
};
const UNREACHABLE: Words = {
  code: "ledger_unreachable",
  hint: "Check the address, the folder and its permissions, the network, proxies and certificates.",
};
const INTERNAL: Words = { code: "internal", hint: "Please report it with the message." };

/** What reading a log can end with. A code that is not here is a defect of ours; a test sees that none is forgotten. */
const WORDS: Readonly<Partial<Record<TlogErrorCode, Words>>> = {
  bundle_entry_too_large: CORRUPT,
  bundle_invalid: CORRUPT,
  checkpoint_invalid: CHECKPOINT,
  checkpoint_origin_mismatch: OTHER_LOG,
  cosignature_invalid: CHECKPOINT,
  hash_invalid: CORRUPT,
  log_corrupt: CORRUPT,
  log_file_missing: CORRUPT,
  log_forked: FORKED,
  log_rolled_back: ROLLED_BACK,
  log_root_mismatch: OTHER_ROOT,
  node_missing: CORRUPT,
  note_invalid: CHECKPOINT,
  note_signature_invalid: FALSE_SIGNATURE,
  note_unsigned: UNKNOWN_KEY,
  number_out_of_range: RANGE,
  offline_proof_invalid: PROOF,
  proof_hash_mismatch: PROOF,
  proof_length_mismatch: PROOF,
  proof_range_invalid: RANGE,
  source_address_invalid: UNREACHABLE,
  source_failed: UNREACHABLE,
  source_path_refused: CORRUPT,
  source_refused: UNREACHABLE,
  source_too_large: CORRUPT,
  tile_invalid: CORRUPT,
  tile_path_invalid: CORRUPT,
  verifier_key_invalid: KEY,
};

/** Errors of the library become the product's; all others stay what they are. `what` begins the sentence: `The ledger DIR`. */
export function inProductWords(error: unknown, what: string): unknown {
  if (!(error instanceof TlogError)) return error;
  const { path, index, byte } = error.location;
  const isNoLog = error.code === "log_file_missing" && path === "checkpoint";
  const { code, hint } = isNoLog ? MISSING : (WORDS[error.code] ?? INTERNAL);
  if (isNoLog)
    return new AnchorwatchError(code, `${what} does not exist: it has no checkpoint`, { hint, cause: error });
  const place = [
    path,
    index === undefined ? undefined : `entry ${index}`,
    byte === undefined ? undefined : `byte ${byte}`,
    // Most messages name them already.
  ].filter((part) => part !== undefined && !error.message.includes(part));
  const where = place.length === 0 ? "" : ` (${place.join(", ")})`;
  const location: Location | undefined = path === undefined ? undefined : { file: path };
  const evidence = error.evidence.map((note) => `\n${note.trimEnd()}\n`).join("");
  return new AnchorwatchError(code, `${what}: ${error.message}${where}${evidence}`, {
    hint,
    cause: error,
    ...(location === undefined ? {} : { location }),
  });
}

/** Runs work on a log; what the library throws is said in the product's words. */
export async function speaking<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw inProductWords(error, what);
  }
}

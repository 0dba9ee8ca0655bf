/** Verifies a whole log against what vouches for it: its keys, an earlier checkpoint, and the anchors that its writer told. */
import {
  type Checkpoint,
  type OtherFiles,
  openCheckpoint,
  parseCheckpoint,
  parseNote,
  TlogError,
  type VerifierKey,
  verifyLog,
} from "tlog";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { Anchor } from "../../ledger/anchors/anchor.ts";
import { ContentReferences } from "../../ledger/read/fsck/contentReferences.ts";
import type { Finding } from "../../ledger/read/fsck/finding.ts";
import { lookAtOtherFiles } from "../../ledger/read/fsck/otherFiles.ts";
import type { LogPlace } from "../../ledger/read/logPlace.ts";
import { logSourceOf } from "../../ledger/read/logSource.ts";
import { inProductWords, speaking } from "../../ledger/read/productWords.ts";
import { type KeepEvidence, keptSentence } from "../../ledger/writer/evidence.ts";
import { evidenceKeeper } from "./evidencePlace.ts";
import type { AwsSettings, LedgerMachine } from "./ledgerMachine.ts";
import { type Anchored, assertElsewhere, readAnchors } from "./readAnchors.ts";

export interface VerifyRequest {
  readonly place: LogPlace;
  readonly keys: readonly VerifierKey[];
  /** A signed note that somebody kept. */
  readonly since?: { readonly name: string; readonly note: Uint8Array };
  readonly anchors: readonly LogPlace[];
  /** Further ones, which the operator's file names. */
  readonly configured?: readonly Anchor[];
  /** For the place itself, when it lies in S3. */
  readonly aws?: AwsSettings;
  /** Folder for checkpoints that contradict each other, absolute. See `evidenceKeeper` for where they go without it. */
  readonly evidence?: string;
}

export interface VerifiedLedger {
  readonly name: string;
  readonly checkpoint: Checkpoint;
  readonly signedBy: readonly VerifierKey[];
  readonly since?: { readonly name: string; readonly size: number };
  /** What each anchor has seen. Size undefined: nothing yet. */
  readonly anchors: readonly { readonly name: string; readonly size: number | undefined }[];
  /** So many entries, from the first, are those that an anchor has seen. */
  readonly vouchedFor: number;
  /** A key signed it, or an anchor has seen all of it. */
  readonly authenticated: boolean;
  readonly files: {
    /** Tiles and bundles of the tree. */
    readonly ofTree: number;
    /** What else lies between them. */
    readonly others: OtherFiles;
    /** Whether the content that entries name was looked for, and compared with its digest: in a folder. */
    readonly content: boolean;
    /** What is no file of a log, in a folder, where it can be seen; and what cannot be looked into. */
    readonly strangers: readonly Finding[];
  };
}

export interface LedgerObserver {
  readonly signal: AbortSignal;
  /** Entries, of how many. */
  readonly progress: (done: number, total: number) => void;
}

/**
 * Reads everything, in memory that does not grow with the log (but for the digests of content, which few entries have); of a bucket
 * also what else lies between the tiles, and of a folder every file.
 * @throws AnchorwatchError `ledger_corrupt` naming file, entry and byte; `ledger_forked` and `ledger_rolled_back` with both
 *   checkpoints and the file where they are kept; `ledger_evidence_served`, `ledger_missing`, `ledger_checkpoint_invalid`,
 *   `ledger_key_unknown`, `ledger_unreachable`, and as `assertElsewhere` and `readAnchors`
 */
export async function verifyLedger(
  request: VerifyRequest,
  machine: LedgerMachine,
  { signal, progress }: LedgerObserver,
): Promise<VerifiedLedger> {
  const { place, keys, since } = request;
  const newS3Client = () => machine.newS3Client(request.aws);
  const source = await logSourceOf(place, { ...machine, newS3Client });
  await assertElsewhere(request.anchors, place);
  const anchors = await readAnchors(request.anchors, machine, request.configured);
  const seen = await seenElsewhere(since, anchors, keys);
  const keep = await evidenceKeeper(place, request.evidence, machine);
  const content = new ContentReferences();
  const verified = await verifyLog(source, {
    keys,
    since: seen.map(({ note }) => note),
    onProgress: ({ entries, size }) => progress(entries, size),
    onEntries: (first, entries) => {
      if (place.kind === "folder")
        for (const [at, bytes] of entries.entries()) content.see(first + at, bytes);
    },
    signal,
  }).catch(async (error: unknown) => {
    throw await inWords(error, place, seen, { keep, found: machine.now() });
  });
  const strangers = place.kind === "folder" ? await strangersOf(place, content, signal) : [];
  const { checkpoint, signedBy } = verified;
  const vouchedFor = Math.max(0, ...anchors.map(({ size = 0 }) => size));
  const earlier = since === undefined ? undefined : verified.since[0];
  return {
    name: place.name,
    checkpoint,
    signedBy,
    ...(since === undefined || earlier === undefined
      ? {}
      : { since: { name: since.name, size: earlier.size } }),
    anchors: anchors.map(({ name, size }) => ({ name, size })),
    vouchedFor,
    authenticated: signedBy.length > 0 || (isAnchored(anchors) && vouchedFor >= checkpoint.size),
    files: { ofTree: verified.files, others: verified.others, content: place.kind === "folder", strangers },
  };
}

function isAnchored(anchors: readonly Anchored[]): boolean {
  return anchors.some(({ note }) => note !== undefined);
}

/** Content is proven by the entries that name it, so what is damaged or missing of it is a fault of the log. */
async function strangersOf(
  { path, name }: LogPlace & { readonly kind: "folder" },
  references: ContentReferences,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { content, strangers } = await lookAtOtherFiles(path, signal);
  const faults = new Map<string, Finding>();
  for (const finding of [...content.damaged, ...references.findings(content.whole)]) {
    if (!faults.has(finding.path)) faults.set(finding.path, finding);
  }
  const [first] = faults.values();
  if (first === undefined) return strangers;
  const more = faults.size - 1;
  const rest = more === 0 ? "" : `; so it is with ${more} more of its contents`;
  throw new AnchorwatchError("ledger_corrupt", `The ledger ${name}: ${first.path}: ${first.message}${rest}`, {
    hint: first.advice,
    location: { file: first.path },
  });
}

/** Who has seen which checkpoint. */
interface SeenElsewhere {
  readonly name: string;
  readonly note: string;
}

/** Each is opened for itself first: of one that is none it must be said that it is not the log's. */
async function seenElsewhere(
  since: VerifyRequest["since"],
  anchors: readonly Anchored[],
  keys: readonly VerifierKey[],
): Promise<readonly SeenElsewhere[]> {
  const given =
    since === undefined ? [] : [{ what: "The checkpoint", name: since.name, note: textOf(since.note) }];
  const anchored = anchors.flatMap(({ name, note }) =>
    note === undefined ? [] : [{ what: "The anchor", name, note }],
  );
  const seen = [...given, ...anchored];
  for (const { what, name, note } of seen) {
    await speaking(`${what} ${name}`, async () =>
      keys.length === 0 ? parseCheckpoint(parseNote(note).text) : await openCheckpoint(note, keys),
    );
  }
  return seen;
}

/** What the library throws, in the product's words; checkpoints that contradict each other are kept, and it is said where. */
async function inWords(
  error: unknown,
  { name }: LogPlace,
  seenBy: readonly SeenElsewhere[],
  { keep, found }: { readonly keep: KeepEvidence; readonly found: Date },
): Promise<unknown> {
  const told = inProductWords(error, `The ledger ${name}`);
  if (!(error instanceof TlogError && told instanceof AnchorwatchError)) return told;
  const [seen, own] = error.evidence;
  if (seen === undefined || own === undefined) return told;
  const kept = await keptSentence(keep, {
    reason: error.code === "log_rolled_back" ? "rolled_back" : "forked",
    own,
    anchor: seenBy.find(({ note }) => note === seen)?.name ?? "an earlier checkpoint",
    anchored: seen,
    said: error.message,
    found,
  });
  const { code, message, hint = "", location } = told;
  const details = { hint: `${hint} ${kept}`, cause: error };
  return new AnchorwatchError(code, message, { ...details, ...(location === undefined ? {} : { location }) });
}

/** With a byte order mark, it is not the text that was signed. */
function textOf(note: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(note);
}

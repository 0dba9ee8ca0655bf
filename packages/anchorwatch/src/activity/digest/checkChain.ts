/**
 * Whether the log files of some time are what CloudTrail wrote, all of them, and where they were written: the chain of digests is
 * walked from the newest one back, each link by signature and hash.
 */
import { createHash } from "node:crypto";
import { AnchorwatchError } from "../../domain/errors.ts";
import { type FilePlace, nameOf } from "../envelope/filePlace.ts";
import { unpack } from "../envelope/logFile.ts";
import { type DigestFile, readDigestFile, signatureFault } from "./digestFile.ts";
import type { TrailFinding, TrailReport } from "./report.ts";

/** The bucket, as far as this needs it. */
export interface TrailFiles {
  /** Keys of the digests of one chain, the newest first, of the time in question and as many before it as they like. */
  readonly digests: readonly FilePlace[];
  /** Undefined where there is no such object. */
  fetch(place: FilePlace): Promise<StoredFile | undefined>;
}

export interface StoredFile {
  /** As it lies there. */
  readonly bytes: Uint8Array;
  /** `x-amz-meta-signature` of a digest. */
  readonly signature: string | undefined;
}

/** CloudTrail's public keys, by fingerprint: `cloudtrail:ListPublicKeys` of the region. DER, PKCS#1. */
export type PublicKeys = (fingerprint: string) => Promise<Uint8Array | undefined>;

export interface ChainCheck {
  readonly files: TrailFiles;
  readonly keys: PublicKeys;
  readonly from: Date;
  readonly to: Date;
  readonly signal: AbortSignal;
}

/** Digests come every hour. So much later, one is missing. */
const LATE_MS = 2 * 60 * 60 * 1000;
const LOG_LIMIT = 256 * 1024 * 1024;
const DIGEST_LIMIT = 32 * 1024 * 1024;

/** @throws whatever `fetch` and `keys` throw: what could not be looked at is no finding */
export async function checkChain(check: ChainCheck): Promise<TrailReport> {
  const report = { digests: 0, logFiles: 0, findings: [] as TrailFinding[] };
  const [newest] = check.files.digests;
  let next: Expected | undefined = newest && { place: newest };
  let later: DigestFile | undefined;
  if (newest === undefined) report.findings.push(gap(check.from, check.to, "there is no digest at all"));
  while (next !== undefined) {
    check.signal.throwIfAborted();
    const at: Expected = next;
    const opened = await openDigest(check, at, report.findings);
    if (opened === undefined) {
      // The chain goes on below the hole, if anything is there.
      next = olderThan(check.files.digests, at.place);
      later = undefined;
      continue;
    }
    tellGap(check, opened, later, report.findings);
    if (opened.end.getTime() <= check.from.getTime()) break;
    report.digests++;
    report.logFiles += await checkLogs(check, opened, report.findings);
    if (opened.start.getTime() <= check.from.getTime()) break;
    later = opened;
    next = opened.previous ?? beginningOf(check, opened, report.findings);
  }
  return report;
}

interface Expected {
  readonly place: FilePlace;
  /** What the digest after it says of it. */
  readonly hash?: string;
  readonly signature?: string;
}

async function openDigest(
  { files, keys }: ChainCheck,
  { place, hash: expected, signature }: Expected,
  findings: TrailFinding[],
): Promise<DigestFile | undefined> {
  const file = nameOf(place);
  const stored = await files.fetch(place);
  if (stored === undefined) {
    findings.push({ kind: "missing", what: "digest", file, why: "it is not in the bucket" });
    return undefined;
  }
  const content = await contentOf(stored.bytes, file);
  const read = content.ok ? readDigestFile(content.bytes) : content;
  if (!read.ok) {
    findings.push({ kind: "invalid", what: "digest", file, why: read.why });
    return undefined;
  }
  const { digest } = read;
  const fault =
    signatureFault(digest, stored.signature, await keys(digest.fingerprint)) ??
    (expected !== undefined && expected !== digest.hash
      ? "it is not the one that the digest after it names"
      : undefined) ??
    (signature !== undefined && signature !== stored.signature
      ? "its signature is not the one that the digest after it names"
      : undefined);
  if (fault !== undefined) {
    findings.push({ kind: "invalid", what: "digest", file, why: fault });
    return undefined;
  }
  if (nameOf(digest.place) !== file) {
    findings.push({ kind: "moved", what: "digest", file, why: `it was written to ${nameOf(digest.place)}` });
    return undefined;
  }
  return digest;
}

async function checkLogs({ files, signal }: ChainCheck, digest: DigestFile, findings: TrailFinding[]) {
  let right = 0;
  for (const { place, hash: expected } of digest.logs) {
    signal.throwIfAborted();
    const file = nameOf(place);
    const stored = await files.fetch(place);
    if (stored === undefined) {
      findings.push({ kind: "missing", what: "log", file, why: "it is not in the bucket" });
      continue;
    }
    const content = await hashOf(stored.bytes, file);
    if (content.ok && content.hash === expected) right++;
    else {
      const why = content.ok ? "its content is not what was written" : content.why;
      findings.push({ kind: "invalid", what: "log", file, why });
    }
  }
  return right;
}

async function contentOf(bytes: Uint8Array, file: string) {
  const chunks: Buffer[] = [];
  const read = await unpackInto(bytes, file, DIGEST_LIMIT, (chunk) => void chunks.push(chunk));
  return read.ok ? ({ ok: true, bytes: Buffer.concat(chunks) } as const) : read;
}

/** Piece by piece: a log file may be as large as all the memory that there is. */
async function hashOf(bytes: Uint8Array, file: string) {
  const content = createHash("sha256");
  const read = await unpackInto(bytes, file, LOG_LIMIT, (chunk) => void content.update(chunk));
  return read.ok ? ({ ok: true, hash: content.digest("hex") } as const) : read;
}

async function unpackInto(
  bytes: Uint8Array,
  file: string,
  limit: number,
  take: (chunk: Buffer) => void,
): Promise<{ readonly ok: true } | { readonly ok: false; readonly why: string }> {
  try {
    for await (const chunk of unpack(bytes, file, limit)) take(chunk);
  } catch (error) {
    if (error instanceof AnchorwatchError) return { ok: false, why: error.message };
    throw error;
  }
  return { ok: true };
}

function tellGap(
  { to }: ChainCheck,
  digest: DigestFile,
  later: DigestFile | undefined,
  findings: TrailFinding[],
): void {
  if (later === undefined && to.getTime() - digest.end.getTime() > LATE_MS && findings.length === 0)
    findings.push(gap(digest.end, to, "there is no digest of that time"));
  if (later !== undefined && later.start.getTime() > digest.end.getTime())
    findings.push(gap(digest.end, later.start, "no digest covers that time"));
}

/** A chain begins anew where logging was switched off and on. */
function beginningOf(
  { files, from }: ChainCheck,
  first: DigestFile,
  findings: TrailFinding[],
): Expected | undefined {
  const older = olderThan(files.digests, first.place);
  if (older === undefined && first.start.getTime() > from.getTime())
    findings.push(gap(from, first.start, "the chain begins later"));
  return older;
}

function olderThan(digests: readonly FilePlace[], place: FilePlace): Expected | undefined {
  const older = digests.find(({ key }) => stampOf(key) < stampOf(place.key));
  return older && { place: older };
}

/** Keys of one chain differ in their times alone; those stand in the folders as well. */
function stampOf(key: string): string {
  return /(\d{8}T\d{6}Z)[^/]*$/.exec(key)?.[1] ?? key;
}

function gap(from: Date, to: Date, why: string): TrailFinding {
  return { kind: "gap", from, to, why };
}

/**
 * A COMPLIANCE retention runs out object by object, the oldest tiles first, while the log lives. This job extends them before that,
 * oldest first. It may be stopped at any point and started again anywhere; it is to be run daily.
 */
import { HeadObjectCommand } from "@aws-sdk/client-s3";
import type { Warning } from "../../../domain/errors.ts";
import { eachAtOnce } from "../allEnded.ts";
import { ask, complianceEnd, retain } from "./bucket.ts";
import { readCheckpoint, treeOf } from "./checkpointObject.ts";
import { oldestFirst } from "./oldestFirst.ts";
import { type Bucket, bucketOf, type PlaceOptions, placeOf } from "./place.ts";
import { isMissing } from "./problem.ts";
import {
  comparePlaces,
  type Place,
  type RenewalState,
  readRenewalState,
  writeRenewalState,
} from "./renewalState.ts";
import { addDays, checkRetention, type Retention, retainUntil } from "./retention.ts";
import type { S3StorageOptions } from "./s3Storage.ts";
import { isOutgrown, listVersions, type ObjectVersion } from "./versions.ts";

export interface RenewalOptions
  extends PlaceOptions,
    Pick<S3StorageOptions, "retention" | "clock" | "onWarning"> {
  /** For what does not fit into memory while it is sorted. */
  readonly temporaryFolder: string;
  /** Stops between two groups of objects; what was done is kept. */
  readonly signal?: AbortSignal;
  /** How many objects are renewed between two notes of how far it is: what is repeated after a crash. */
  readonly group?: number;
  /** How many objects are sorted in memory. */
  readonly inMemory?: number;
  /** Told after each group. */
  readonly onProgress?: (renewed: number) => void;
}

export interface RenewalReport {
  readonly renewed: number;
  /** When what was renewed is locked until. */
  readonly renewedUntil: Date;
  /** Objects whose retention had already ended: they could have been deleted. */
  readonly ended: number;
  /** False when it was stopped. */
  readonly finished: boolean;
  /** Something had ended, or was close to it, or it did not finish: warned of. */
  readonly behind: boolean;
  /** No object that readers need is locked for less. Undefined when nothing is known: it was stopped, or there is no object. */
  readonly lockedUntil: Date | undefined;
}

const GROUP = 10_000;
/** About 30 MB. */
const IN_MEMORY = 100_000;
const IN_PARALLEL = 8;

/**
 * The bucket is listed once, however much there is to renew.
 * @throws AnchorwatchError `ledger_retention_invalid`, `ledger_bucket_*`, `ledger_s3_failed`
 */
export async function renewRetention(options: RenewalOptions): Promise<RenewalReport> {
  checkRetention(options.retention);
  const bucket = bucketOf(options);
  const { retention, clock, onWarning, temporaryFolder, inMemory = IN_MEMORY } = options;
  const isStopped = () => options.signal?.aborted === true;
  const known = await readRenewalState(bucket, clock(), onWarning);
  const run: Run = { bucket, retention, known, clock, onWarning, isStopped, ...NOTHING_DONE };
  let state = beginning(options, known);
  const due = oldestFirst(dueObjects(run, state), { temporaryFolder, inMemory });
  for await (const group of inGroups(due, options.group ?? GROUP)) {
    if (isStopped()) {
      run.finished = false;
      break;
    }
    await eachAtOnce(group, IN_PARALLEL, (version) => renew(run, version));
    const through = group.at(-1);
    const until = Math.min(state.until, run.left);
    if (through !== undefined) state = { ...state, through, until };
    await writeRenewalState(bucket, state);
    options.onProgress?.(run.renewed);
  }
  const { renewed, ended, earliest, finished } = run;
  if (finished) await writeRenewalState(bucket, { ...state, all: false });
  const behind = warnWhenBehind(run);
  const lockedUntil = finished && Number.isFinite(earliest) ? new Date(earliest) : undefined;
  return { renewed, renewedUntil: retainUntil(retention, clock()), ended, finished, behind, lockedUntil };
}

interface Run {
  readonly bucket: Bucket;
  readonly retention: Retention;
  /** What the last run left. */
  readonly known: RenewalState | undefined;
  readonly clock: () => Date;
  readonly onWarning: (warning: Warning) => void;
  readonly isStopped: () => boolean;
  finished: boolean;
  renewed: number;
  ended: number;
  /** The earliest end of a retention that was met, in milliseconds since 1970. */
  closest: number;
  /** The earliest end of a retention that was looked at and left as it is. */
  left: number;
  /** The earliest end of a retention now, as far as it has come. */
  earliest: number;
}

const NOTHING_DONE = {
  finished: true,
  renewed: 0,
  ended: 0,
  closest: Number.POSITIVE_INFINITY,
  left: Number.POSITIVE_INFINITY,
  earliest: Number.POSITIVE_INFINITY,
};

/** Goes on with the round that was begun, or begins one: over all objects when nothing is known of what they got. */
function beginning({ retention, clock }: RenewalOptions, known: RenewalState | undefined): RenewalState {
  const until = retainUntil(retention, clock()).getTime();
  if (known?.days !== retention.days) return { days: retention.days, all: true, until };
  if (known.until < limitOf(retention, clock())) return { days: known.days, all: known.all, until };
  return known;
}

/** What ends before this moment is renewed now. */
function limitOf(retention: Retention, now: Date): number {
  return addDays(now, retention.renewBeforeDays).getTime();
}

/**
 * An object that is looked at is renewed unless it is locked at least until then. The next round begins when the earliest end that
 * was left is near; leaving what is only just not due would make that every day.
 */
function leaveFrom({ days, renewBeforeDays }: Retention, now: Date): number {
  return addDays(now, (days + renewBeforeDays) / 2).getTime();
}

/** The objects behind the state's place that may need renewal, as they are listed. */
async function* dueObjects(run: Run, state: RenewalState): AsyncGenerator<ObjectVersion> {
  const { bucket, retention, clock } = run;
  const limit = limitOf(retention, clock());
  const { size } = treeOf(bucket, (await readCheckpoint(bucket))?.bytes);
  /** Of the last version that is no deletion marker: markers come between, at the end of each page. */
  let previous: string | undefined;
  for await (const version of listVersions(bucket)) {
    if (run.isStopped()) {
      run.finished = false;
      return;
    }
    const isNewest = version.path !== previous;
    warnOfShadow(run, version, isNewest);
    if (!version.content) continue;
    previous = version.path;
    if (!isWorthKeeping(version.path, isNewest, size)) continue;
    const written = retainUntil(retention, new Date(version.modified)).getTime();
    if (!state.all && written >= limit) meet(run, written);
    else if (state.through !== undefined && comparePlaces(version, state.through) <= 0)
      meet(run, state.until);
    else yield version;
  }
}

function meet(run: Run, until: number): void {
  run.earliest = Math.min(run.earliest, until);
}

async function* inGroups<Item>(items: AsyncIterable<Item>, size: number): AsyncGenerator<readonly Item[]> {
  let group: Item[] = [];
  for await (const item of items) {
    group.push(item);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

/** Everything but checkpoints that were replaced, and partial tiles that are part of wider ones. What a marker hides is kept. */
function isWorthKeeping(path: string, isNewest: boolean, size: number): boolean {
  return path === "checkpoint" ? isNewest : !isOutgrown(path, size);
}

async function renew(run: Run, { path, version }: Place): Promise<void> {
  const { bucket, retention, clock } = run;
  const where = { Bucket: bucket.name, Key: bucket.prefix + path, VersionId: version };
  const head = await ask(bucket, `looking at ${path}`, "s3:GetObjectVersion", async (abortSignal) => {
    try {
      return await bucket.client.send(new HeadObjectCommand(where), { abortSignal });
    } catch (error) {
      if (isMissing(error)) return undefined; // its retention had ended, and it was deleted since it was listed
      throw error;
    }
  });
  if (head === undefined) return;
  // Without s3:GetObjectRetention S3 leaves the date out; then it is set without being known.
  const until = complianceEnd(head)?.getTime();
  if (until !== undefined) {
    run.closest = Math.min(run.closest, until);
    if (until >= leaveFrom(retention, clock())) {
      run.left = Math.min(run.left, until);
      return meet(run, until);
    }
    if (until < clock().getTime()) run.ended++;
  }
  const renewed = retainUntil(retention, clock());
  await retain(bucket, path, version, renewed);
  run.renewed++;
  meet(run, renewed.getTime());
}

/** True when it did. */
function warnWhenBehind(run: Run): boolean {
  const { bucket, ended, closest, finished, onWarning } = run;
  const hint = "Run the renewal every day, and let it finish.";
  const code = "ledger_retention_behind";
  if (ended > 0) {
    const message = `${placeOf(bucket)}: the retention of ${ended} objects had ended before it was renewed`;
    onWarning({ code, message, hint: `${hint} Verify the log: they could have been deleted.` });
    return true;
  }
  if (closest >= lateFrom(run) && finished) return false;
  const end = Number.isFinite(closest) ? `; the earliest was to end ${new Date(closest).toISOString()}` : "";
  onWarning({ code, message: `${placeOf(bucket)}: the renewal of retentions is late${end}`, hint });
  return true;
}

/** Half of the time was left for the renewal; of that which was configured when the objects were written, when it was less. */
function lateFrom({ retention: { days, renewBeforeDays }, known, clock }: Run): number {
  const before = Math.min(1, (known?.days ?? days) / days);
  return addDays(clock(), (before * renewBeforeDays) / 2).getTime();
}

/** Tiles and content are written once. Object Lock keeps the true version, but readers get the newest. */
function warnOfShadow({ bucket, onWarning }: Run, version: ObjectVersion, isNewest: boolean): void {
  if (version.content && (isNewest || version.path === "checkpoint")) return;
  const what = version.content ? "has more than one version" : "is hidden by a deletion marker";
  onWarning({
    code: "ledger_retention_shadowed",
    message: `${placeOf(bucket)}/${version.path} ${what} (${version.version})`,
    hint: "No sequencer does that. Look at who did, remove the marker or the newer version, and verify the log.",
  });
}

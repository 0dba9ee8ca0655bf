/**
 * A COMPLIANCE retention runs out object by object, the oldest tiles first, while the log lives. This job extends them before that,
 * oldest first. It may be stopped at any point and started again anywhere; it is to be run daily.
 */
import { HeadObjectCommand, PutObjectRetentionCommand } from "@aws-sdk/client-s3";
import type { Warning } from "../../../domain/errors.ts";
import { eachAtOnce } from "../allEnded.ts";
import { ask } from "./bucket.ts";
import { readCheckpoint, treeOf } from "./checkpointObject.ts";
import { type Bucket, bucketOf, type PlaceOptions, placeOf } from "./place.ts";
import { isMissing } from "./problem.ts";
import { comparePlaces, type RenewalState, readRenewalState, writeRenewalState } from "./renewalState.ts";
import { addDays, checkRetention, type Retention, retainUntil } from "./retention.ts";
import type { S3StorageOptions } from "./s3Storage.ts";
import { isOutgrown, listVersions, type ObjectVersion } from "./versions.ts";

export interface RenewalOptions
  extends PlaceOptions,
    Pick<S3StorageOptions, "retention" | "clock" | "onWarning"> {
  /** Stops between two groups of objects; what was done is kept. */
  readonly signal?: AbortSignal;
  /** How many objects are renewed between two looks at the bucket: memory and what is repeated after a crash grow with it. */
  readonly group?: number;
}

export interface RenewalReport {
  readonly renewed: number;
  /** Objects whose retention had already ended: they could have been deleted. */
  readonly ended: number;
  /** False when it was stopped. */
  readonly finished: boolean;
}

const GROUP = 10_000;
const IN_PARALLEL = 8;

/** @throws AnchorwatchError `ledger_retention_invalid`, `ledger_bucket_*`, `ledger_s3_failed` */
export async function renewRetention(options: RenewalOptions): Promise<RenewalReport> {
  checkRetention(options.retention);
  const bucket = bucketOf(options);
  const { retention, clock, onWarning, group = GROUP } = options;
  const run: Run = { bucket, retention, clock, onWarning, group, renewed: 0, ended: 0, ...NOTHING_SEEN };
  let state = beginning(options, await readRenewalState(bucket, options.onWarning));
  let finished = false;
  while (!finished && options.signal?.aborted !== true) {
    const due = await dueObjects(run, state);
    await eachAtOnce(due, IN_PARALLEL, (version) => renew(run, version));
    const last = due.at(-1);
    finished = due.length < run.group;
    state = {
      ...state,
      all: state.all && !finished,
      ...(last === undefined ? {} : { through: placeOfVersion(last) }),
    };
    await writeRenewalState(bucket, state);
    run.firstLook = false;
  }
  warnWhenBehind(run, finished);
  return { renewed: run.renewed, ended: run.ended, finished };
}

interface Run {
  readonly bucket: Bucket;
  readonly retention: Retention;
  readonly clock: () => Date;
  readonly onWarning: (warning: Warning) => void;
  readonly group: number;
  renewed: number;
  ended: number;
  /** The earliest end of a retention that was met, in milliseconds since 1970. */
  closest: number;
  /** Shadows are told once a run. */
  firstLook: boolean;
}

const NOTHING_SEEN = { closest: Number.POSITIVE_INFINITY, firstLook: true };

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

/** The oldest objects behind the state's place that may need renewal, in order; memory is bounded by the group's size. */
async function dueObjects(run: Run, state: RenewalState): Promise<ObjectVersion[]> {
  const { bucket, retention, clock, group } = run;
  const limit = limitOf(retention, clock());
  const { size } = treeOf(bucket, (await readCheckpoint(bucket))?.bytes);
  const oldest: ObjectVersion[] = [];
  let previous: string | undefined;
  for await (const version of listVersions(bucket)) {
    if (run.firstLook) warnOfShadow(run, version, previous);
    previous = version.path;
    const written = retainUntil(retention, new Date(version.modified)).getTime();
    if (!state.all && written >= limit) continue;
    if (!isWorthKeeping(version, size)) continue;
    if (state.through !== undefined && comparePlaces(version, state.through) <= 0) continue;
    oldest.push(version);
    if (oldest.length >= 2 * group) oldest.sort(comparePlaces).length = group;
  }
  return oldest.sort(comparePlaces).slice(0, group);
}

/** Everything but deletion markers, checkpoints that were replaced, and partial tiles that are part of wider ones. */
function isWorthKeeping({ path, latest, content }: ObjectVersion, size: number): boolean {
  if (!content) return false;
  return path === "checkpoint" ? latest : !isOutgrown(path, size);
}

async function renew(run: Run, { path, version }: ObjectVersion): Promise<void> {
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
  const until = head.ObjectLockMode === "COMPLIANCE" ? head.ObjectLockRetainUntilDate?.getTime() : undefined;
  if (until !== undefined) {
    run.closest = Math.min(run.closest, until);
    if (until >= limitOf(retention, clock())) return;
    if (until < clock().getTime()) run.ended++;
  }
  const command = new PutObjectRetentionCommand({
    ...where,
    Retention: { Mode: "COMPLIANCE", RetainUntilDate: retainUntil(retention, clock()) },
  });
  const permission = "s3:PutObjectRetention and s3:GetObjectRetention";
  await ask(bucket, `renewing ${path}`, permission, (abortSignal) =>
    bucket.client.send(command, { abortSignal }),
  );
  run.renewed++;
}

function warnWhenBehind(run: Run, finished: boolean): void {
  const { bucket, ended, closest, retention, clock, onWarning } = run;
  const half = addDays(clock(), retention.renewBeforeDays / 2).getTime();
  const hint = "Run the renewal every day, and let it finish.";
  const code = "ledger_retention_behind";
  if (ended > 0) {
    const message = `${placeOf(bucket)}: the retention of ${ended} objects had ended before it was renewed`;
    onWarning({ code, message, hint: `${hint} Verify the log: they could have been deleted.` });
  } else if (closest < half || !finished) {
    const end = Number.isFinite(closest) ? `; the earliest ends ${new Date(closest).toISOString()}` : "";
    onWarning({ code, message: `${placeOf(bucket)}: the renewal of retentions is late${end}`, hint });
  }
}

/** Tiles and content are written once. Object Lock keeps the true version, but readers get the newest. */
function warnOfShadow(
  { bucket, onWarning }: Run,
  version: ObjectVersion,
  previous: string | undefined,
): void {
  if (version.path === "checkpoint" ? version.content : version.content && version.path !== previous) return;
  const what = version.content ? "has more than one version" : "is hidden by a deletion marker";
  onWarning({
    code: "ledger_retention_shadowed",
    message: `${placeOf(bucket)}/${version.path} ${what} (${version.version})`,
    hint: "No sequencer does that. Look at who did, remove the marker or the newer version, and verify the log.",
  });
}

function placeOfVersion({ modified, path, version }: ObjectVersion) {
  return { modified, path, version };
}

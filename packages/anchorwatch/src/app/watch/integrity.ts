/** Whether trails are what CloudTrail wrote: new digests, and the log files that they name, are checked as they come. */
import { hash } from "node:crypto";
import { type CheckedChain, checkTrail } from "../../activity/digest/checkTrail.ts";
import { type ListPublicKeys, publicKeysOf } from "../../activity/digest/publicKeys.ts";
import type { TrailFinding } from "../../activity/digest/report.ts";
import { AnchorwatchError, type Warning } from "../../domain/errors.ts";
import type { JsonObject } from "../../domain/jsonValue.ts";
import { whileElected } from "../../jobs/election.ts";
import type { Database } from "../../store/connect.ts";
import type { WatchMeter } from "../../watch/meter.ts";
import type { OutboxEntry, WatchRecords } from "../../watch/records.ts";
import type { ReadTrail } from "../../watch/trail.ts";
import type { AwsSettings, LedgerMachine } from "../ledger/ledgerMachine.ts";
import { short } from "./attributionData.ts";
import { trailName } from "./eventSources.ts";
import { asWarning } from "./inOurWords.ts";
import type { TrailSettings } from "./watchSettings.ts";

export interface IntegrityMachine extends Pick<LedgerMachine, "now" | "sleep" | "newS3Client"> {
  readonly newListPublicKeys: (settings: AwsSettings) => Promise<ListPublicKeys>;
}

export interface IntegrityOptions {
  readonly records: WatchRecords;
  readonly machine: IntegrityMachine;
  readonly meter: WatchMeter;
  readonly onWarning: (warning: Warning) => void;
  readonly signal: AbortSignal;
}

/** Digests come every hour. */
const EVERY_MS = 15 * 60_000;
export const DIGESTS_PATIENCE_MS = 4 * EVERY_MS;
const RETRY_MS = 60_000;
/** What was found stays a problem so long, even though what came after it is well. */
const SHOWN_MS = 24 * 3_600_000;
/** So far back a chain is looked at that is new to us. */
const FIRST_WINDOW_MS = 24 * 3_600_000;

export function digestsDetector({ name }: Pick<TrailSettings, "name">): string {
  return `digests:${name}`;
}

/** Until the signal aborts, in one process of all. */
export async function runIntegrity(
  trail: TrailSettings,
  { database, ...options }: IntegrityOptions & { readonly database: Database },
): Promise<void> {
  const { signal, onWarning } = options;
  await whileElected(database, `digests ${trail.name}`, (elected) => checkAgain(trail, options, elected), {
    signal,
    onProblem: (problem) => onWarning(asWarning(problem)),
  });
}

async function checkAgain(
  trail: TrailSettings,
  options: IntegrityOptions,
  elected: AbortSignal,
): Promise<void> {
  while (!elected.aborted) {
    const isDone = await checkIntegrity(trail, { ...options, signal: elected });
    await options.machine.sleep(isDone ? EVERY_MS : RETRY_MS, elected);
  }
}

/** Once; what goes wrong is told by the detector `digests:NAME`. @returns whether everything could be looked at */
export async function checkIntegrity(trail: TrailSettings, options: IntegrityOptions): Promise<boolean> {
  const { records, machine, signal, onWarning } = options;
  const beat = async (sign: { readonly lagMs?: number; readonly problem?: string }) => {
    await records.detectors.beat({
      name: digestsDetector(trail),
      at: machine.now(),
      expectedWithinMs: DIGESTS_PATIENCE_MS,
      ...sign,
    });
  };
  try {
    await beat(await checkOnce(trail, options));
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    const warning = asWarning(error);
    const hint = error instanceof AnchorwatchError ? error.hint : undefined;
    const problem = hint === undefined ? warning.message : `${warning.message}. ${hint}`;
    onWarning({ code: "event_source_failing", message: `The digests of ${trail.name}: ${problem}` });
    await beat({ problem }).catch((away: unknown) => onWarning(asWarning(away)));
    return false;
  }
}

async function checkOnce(trail: TrailSettings, options: IntegrityOptions) {
  const { records, machine, signal } = options;
  const { bucket, prefix, aws } = trail;
  const progress = records.trails.of(trailName(trail));
  const known = new Map((await progress.chains()).map(({ chain, until }) => [chain, until]));
  const to = machine.now();
  const from = new Date(to.getTime() - FIRST_WINDOW_MS);
  const list = await machine.newListPublicKeys(aws);
  // A key that signs may have been made long before.
  const keys = publicKeysOf(list, { from: new Date(earliest(known, from).getTime() - FIRST_WINDOW_MS), to });
  const s3 = await machine.newS3Client(aws);
  try {
    const chains = await checkTrail({ s3, bucket, prefix, keys, known, from, to, signal });
    for (const chain of chains) await keep(trail, chain, progress, options);
  } finally {
    s3.destroy();
  }
  return await stateOf(progress, to);
}

function earliest(known: ReadonlyMap<string, Date>, from: Date): Date {
  return new Date(Math.min(...[...known.values()].map((until) => until.getTime()), from.getTime()));
}

/** What was found, and that it was looked at, together: neither is there without the other. */
async function keep(
  trail: TrailSettings,
  checked: CheckedChain,
  progress: ReadTrail,
  { records, machine, meter, onWarning }: IntegrityOptions,
): Promise<void> {
  const { chain, until, findings, digests, logFiles } = checked;
  const at = machine.now();
  const before = (await progress.chains()).find((known) => known.chain === chain)?.problem;
  const problem = findings.length === 0 ? undefined : problemOf(findings);
  await records.transaction(async (inside) => {
    await inside.outbox.put(findings.map((finding) => brokenEntry(trail.name, chain, finding, at)));
    const mark = { chain, until, ...(problem === undefined ? {} : { problem, problemAt: at }) };
    await inside.trails.of(trailName(trail)).chainChecked(mark);
  });
  // A gap that goes on is found again and again.
  const isNews = problem !== undefined && problem !== before;
  if (isNews)
    onWarning({
      code: "trail_broken",
      message: `The trail ${trail.name} is not what CloudTrail wrote: ${problem}`,
    });
  meter.trailChecked({
    source: trail.name,
    digests,
    logFiles,
    findings: isNews ? findings.map(({ kind }) => kind) : [],
  });
}

function problemOf(findings: readonly TrailFinding[]): string {
  const [first] = findings;
  const more = findings.length === 1 ? "" : `; and ${findings.length - 1} more`;
  return first === undefined ? "" : `${sentenceOf(first)}${more}`;
}

function sentenceOf(finding: TrailFinding): string {
  return finding.kind === "gap"
    ? `since ${finding.from.toISOString()} ${finding.why}`
    : `${finding.file} is ${finding.kind}: ${finding.why}`;
}

/** The same finding, found again, is one entry. */
function brokenEntry(source: string, chain: string, finding: TrailFinding, at: Date): OutboxEntry {
  const told =
    finding.kind === "gap" ? [finding.kind, finding.from] : [finding.kind, finding.file, finding.why];
  const id = `trail-broken-${hash("sha256", JSON.stringify([source, chain, ...told])).slice(0, 32)}`;
  const place =
    finding.kind === "gap"
      ? { from: finding.from.toISOString(), to: finding.to.toISOString() }
      : { file: short(finding.file) };
  const entry: JsonObject = {
    id,
    kind: "trail.broken",
    time: at.toISOString(),
    actor: { type: "system", id: "anchorwatch/digests" },
    data: { source, chain: short(chain), finding: finding.kind, ...place, reason: short(finding.why) },
  };
  return { id, entry, content: [] };
}

/** How far behind the oldest chain is, and what was found lately. */
async function stateOf(progress: ReadTrail, now: Date) {
  const chains = await progress.chains();
  const oldest = Math.min(...chains.map(({ until }) => until.getTime()));
  const broken = chains.flatMap(({ problem, problemAt }) =>
    problem === undefined || problemAt === undefined || now.getTime() - problemAt.getTime() > SHOWN_MS
      ? []
      : [problem],
  );
  return {
    ...(Number.isFinite(oldest) ? { lagMs: Math.max(0, now.getTime() - oldest) } : {}),
    ...(broken.length === 0 ? {} : { problem: broken.join("; ").slice(0, 2000) }),
  };
}

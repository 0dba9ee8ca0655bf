/** What a sweep found and no event told of is looked for in the trails' own log files: events may have been lost on their way. */
import type { S3Client } from "@aws-sdk/client-s3";
import { searchTrail } from "../../activity/sources/trail/searchTrail.ts";
import { messageOf, type Warning } from "../../domain/errors.ts";
import type { AuthorSearch, DriftRecord } from "../../watch/drift.ts";
import type { WatchRecords } from "../../watch/records.ts";
import type { StackId } from "../../watch/stack.ts";
import type { AwsSettings } from "../ledger/ledgerMachine.ts";
import type { Take } from "./taking.ts";
import type { EventSourceSettings, TrailSettings } from "./watchSettings.ts";

export interface SearchOptions {
  readonly events: readonly EventSourceSettings[];
  readonly newS3Client: (settings?: AwsSettings) => Promise<S3Client>;
  /** Keeps what is found, and has looked at what it touches, also where it was known before. */
  readonly take: Take;
  readonly now: () => Date;
  readonly onWarning: (warning: Warning) => void;
}

/** Undefined where there is no trail to search. */
export type SearchTrails = (
  between: { readonly from: Date; readonly to: Date },
  signal: AbortSignal,
) => Promise<AuthorSearch | undefined>;

/** A trail that cannot be read is told, and holds up nothing else: who did it stays unknown then, and that is said. */
export function searchingTrails(options: SearchOptions): SearchTrails {
  const trails = options.events.filter((source) => source.kind === "trail");
  return async (between, signal) => {
    if (trails.length === 0) return undefined;
    const problems: string[] = [];
    let [files, leftOut] = [0, 0];
    for (const trail of trails) {
      const found = await searchOne(trail, between, options, signal);
      files += found.files;
      leftOut += found.leftOut;
      if (found.problem === undefined) continue;
      problems.push(`${trail.name}: ${found.problem}`);
      const message = `The log files of ${trail.name} could not all be searched for who did it: ${found.problem}`;
      options.onWarning({ code: "event_source_failing", message });
    }
    const problem = problems.length === 0 ? {} : { problem: problems.join("; ") };
    return { at: options.now(), ...between, files, leftOut, ...problem };
  };
}

async function searchOne(
  { name: source, bucket, prefix, aws }: TrailSettings,
  between: { readonly from: Date; readonly to: Date },
  { newS3Client, take, now }: SearchOptions,
  signal: AbortSignal,
) {
  let s3: S3Client | undefined;
  try {
    s3 = await newS3Client(aws);
    const search = { s3, bucket, prefix, source, ...between, now: now(), signal };
    return await searchTrail(search, async (batch) => {
      await take(source, batch, now(), "again");
    });
  } catch (error) {
    signal.throwIfAborted();
    return { files: 0, leftOut: 0, problem: messageOf(error) };
  } finally {
    s3?.destroy();
  }
}

/** Between the clocks of the cloud and ours. */
const CLOCKS_MS = 60_000;

/**
 * Asks the trails who caused what is open, has no name on it and was not asked about, as far as the stack was seen without it before.
 * What they tell has those resources looked at again, which names them.
 */
export async function searchForAuthors(
  { drifts }: Pick<WatchRecords, "drifts">,
  stackId: StackId,
  searchTrails: SearchTrails,
  signal: AbortSignal,
): Promise<void> {
  const open = await drifts.list({ stackId, status: "open", limit: MOST_DRIFTS });
  const nameless = open.filter(isUnasked);
  const froms = nameless.flatMap(({ causesSince }) => causesSince?.getTime() ?? []);
  if (froms.length === 0) return;
  const from = new Date(Math.min(...froms));
  // What happened after it was seen has not caused it.
  const to = new Date(Math.max(...nameless.map(({ openedAt }) => openedAt.getTime())) + CLOCKS_MS);
  const search = await searchTrails({ from, to }, signal);
  if (search === undefined) return;
  await drifts.searched(
    nameless.map(({ id }) => id),
    search,
  );
}

/** The newest; a stack in which so much is without a name has another trouble. */
const MOST_DRIFTS = 1000;

function isUnasked({ attributions, causesSince, search }: DriftRecord): boolean {
  return (
    attributions.length === 0 &&
    causesSince !== undefined &&
    (search === undefined || search.problem !== undefined)
  );
}

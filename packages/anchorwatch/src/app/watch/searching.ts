/** What a sweep found and no event told of is looked for in the trails' own log files: events may have been lost on their way. */
import type { S3Client } from "@aws-sdk/client-s3";
import type { EventSink } from "../../activity/sources/source.ts";
import { searchTrail } from "../../activity/sources/trail/searchTrail.ts";
import { messageOf, type Warning } from "../../domain/errors.ts";
import type { AwsSettings } from "../ledger/ledgerMachine.ts";
import type { EventSourceSettings } from "./watchSettings.ts";

export interface SearchOptions {
  readonly events: readonly EventSourceSettings[];
  readonly newS3Client: (settings?: AwsSettings) => Promise<S3Client>;
  /** Keeps what is found as if it had just come; what was known is not kept twice. */
  readonly sink: EventSink;
  readonly now: () => Date;
  readonly onWarning: (warning: Warning) => void;
}

export type SearchTrails = (
  between: { readonly from: Date; readonly to: Date },
  signal: AbortSignal,
) => Promise<void>;

/** A trail that cannot be read is told, and holds up nothing else: who did it stays unknown then, and that is said. */
export function searchingTrails({ events, newS3Client, sink, now, onWarning }: SearchOptions): SearchTrails {
  const trails = events.filter((source) => source.kind === "trail");
  return async ({ from, to }, signal) => {
    for (const { name: source, bucket, prefix, aws } of trails) {
      const s3 = await newS3Client(aws);
      try {
        const search = { s3, bucket, prefix, source, from, to, now: now(), signal };
        for await (const batch of searchTrail(search))
          await sink(batch, { source, receivedAt: now(), from: `search of s3://${bucket}/${prefix}` });
      } catch (error) {
        signal.throwIfAborted();
        const message = `The log files of ${source} could not be searched for who did it: ${messageOf(error)}`;
        onWarning({ code: "event_source_failing", message });
      } finally {
        s3.destroy();
      }
    }
  };
}

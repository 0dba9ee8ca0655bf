import type { FilePlace } from "./filePlace.ts";

/** What was in a message. */
export type Envelope =
  /** Each is what should be a record of CloudTrail. */
  | { readonly kind: "records"; readonly records: readonly unknown[] }
  | { readonly kind: "files"; readonly files: readonly FilePlace[] }
  /** Nothing that the watch needs, such as the event by which S3 tries a new notification. */
  | { readonly kind: "nothing"; readonly why: string }
  | { readonly kind: "malformed"; readonly why: string };

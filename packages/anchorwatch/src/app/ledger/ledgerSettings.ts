/** What the operator's file says of the ledger, in the forms that opening it takes. */
import type { VerifierKey } from "tlog";
import type { LogPlace } from "../../ledger/read/logPlace.ts";
import type { Retention } from "../../ledger/storage/s3/retention.ts";
import type { AwsSettings } from "./ledgerMachine.ts";

export interface LedgerSettings {
  readonly place: WritablePlace;
  /** Absolute. */
  readonly privateFolder: string;
  /** ID, ARN or alias of a key in AWS KMS. Absent: a key file in the private folder. */
  readonly kms?: string;
  /** Of the place in S3 and of KMS. */
  readonly aws: AwsSettings;
  readonly anchors: readonly AnchorSettings[];
}

export type WritablePlace =
  | Extract<LogPlace, { kind: "folder" }>
  | (Extract<LogPlace, { kind: "s3" }> & { readonly retention: Retention });

export type AnchorSettings =
  /** Absolute. */
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "s3"; readonly bucket: string; readonly prefix: string; readonly aws: AwsSettings }
  | { readonly kind: "witness"; readonly url: string; readonly keys: readonly VerifierKey[] }
  | {
      readonly kind: "webhook";
      /** Whoever knows it may post there: never shown. */
      readonly url: string;
      /** Absolute path of a file with `whsec_…`. */
      readonly secretFile?: string;
    };

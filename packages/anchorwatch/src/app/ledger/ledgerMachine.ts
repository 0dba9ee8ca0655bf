import type { KMSClient } from "@aws-sdk/client-kms";
import type { S3Client } from "@aws-sdk/client-s3";

/** How a service of AWS is reached, where that is not what the environment says. */
export interface AwsSettings {
  readonly region?: string;
  /** In the shared files of AWS's tools. */
  readonly profile?: string;
  /** ARN of the role that is assumed first, by whoever the profile or the environment names. */
  readonly role?: string;
  /** What the role's trust policy asks for. */
  readonly externalId?: string;
  readonly endpoint?: string;
}

/** What the ledger needs of the machine it runs on; shells take it from the process. */
export interface LedgerMachine {
  readonly now: () => Date;
  /** Resolves after so many milliseconds, or as soon as the signal aborts. */
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** That many random bytes, fit for keys. */
  readonly random: (bytes: number) => Uint8Array;
  /** Another unique text at each call. */
  readonly newId: () => string;
  /** Undefined where users have no number, as on Windows. */
  readonly userId: number | undefined;
  /** Absolute: where the user's programs keep what must stay. Undefined where there is none. */
  readonly stateFolder: string | undefined;
  readonly fetch: typeof globalThis.fetch;
  /** With the region, endpoint and credentials that the environment names, and the settings before them. */
  readonly newS3Client: (settings?: AwsSettings) => Promise<S3Client>;
  readonly newKmsClient: (settings?: AwsSettings) => Promise<KMSClient>;
  /** For what does not fit into memory. */
  readonly temporaryFolder: string;
}

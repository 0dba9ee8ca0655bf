/** What the operator's file says of the watch, with defaults filled in. Paths are absolute, durations milliseconds. */

import type { IgnoreRule } from "../../compare/ignoreRules.ts";
import type { Labels } from "../../domain/labels.ts";
import type { Value } from "../../domain/value.ts";
import type { AwsSettings } from "../ledger/ledgerMachine.ts";
import type { KeepSettings } from "./forgetting.ts";
import type { UnmanagedSettings } from "./unmanagedSettings.ts";

export interface WatchSettings {
  /** Of the embedded PostgreSQL, which is used where no `DATABASE_URL` is. */
  readonly databaseFolder: string;
  /** The server listens on loopback only. */
  readonly port: number;
  /** Where clones of repositories and the like are kept between runs. */
  readonly workFolder: string;
  readonly stacks: readonly StackSource[];
  readonly sweepEveryMs: number;
  readonly events: readonly EventSourceSettings[];
  readonly identities: readonly IdentityRule[];
  /** Undefined: providers that `terraform init` installed for folders of the operator; repositories may use none. */
  readonly providers: readonly AllowedProvider[] | undefined;
  /** Where rules of repositories silence nothing: each takes back whatever they ignore. Absent: none. */
  readonly neverIgnored?: readonly IgnoreRule[];
  /** Accounts that are searched for what no stack has. Absent: none. */
  readonly unmanaged?: UnmanagedSettings;
  readonly limits: WatchLimits;
  readonly keep: KeepSettings;
}

export interface WatchLimits {
  /** Checks at once in one process. */
  readonly checks: number;
  /** Reads in flight at once, and reads a second, for each provider account. */
  readonly readsPerAccount: number;
  readonly readsPerSecondPerAccount: number;
  /** Bytes that all running providers of a process may take together. */
  readonly providerMemory: number;
}

/** Where stacks are found: every `anchorwatch.yaml` in there, and folders that hold root modules with a backend. */
export type StackSource = {
  readonly read: ReadCredentialsSettings;
  readonly delivery: DeliverySettings;
  /** What its stacks are, for those who may see only some. Nothing in the source itself can choose that. Absent: nothing. */
  readonly labels?: Labels;
  /** Overrides the general one. */
  readonly sweepEveryMs?: number;
} & (
  | { readonly kind: "folder"; readonly path: string }
  | {
      readonly kind: "repository";
      /** Without password. */
      readonly url: string;
      readonly ref: string;
      /** Folders inside it; empty: all of it. Only these are checked out. */
      readonly folders: readonly string[];
      readonly fetchEveryMs: number;
      /** Environment variable that holds a token for https. */
      readonly tokenVariable?: string;
    }
);

export type RepositorySource = Extract<StackSource, { kind: "repository" }>;

/** What stacks are read with. Nothing in a repository can choose it. */
export interface ReadCredentialsSettings {
  readonly role?: string;
  /** What the role's trust policy asks for. */
  readonly externalId?: string;
  readonly profile?: string;
  /** Names of variables of the server's environment that its providers get, besides harmless ones. */
  readonly environment: readonly string[];
  /** Of repositories: arguments of every block of a provider, by its whole source. */
  readonly providerArguments?: ReadonlyMap<string, ReadonlyMap<string, Value>>;
  /** Of repositories: folders besides the clone that may hold states; absolute. */
  readonly stateFolders?: readonly string[];
}

/** Who deploys. */
export interface DeliverySettings {
  /** ARNs, `*` stands for anything: of roles, of sessions. Empty: nobody is known to. */
  readonly principals: readonly string[];
}

export type EventSourceSettings = { readonly name: string; readonly expectedWithinMs: number } & (
  | { readonly kind: "sqs"; readonly queueUrl: string; readonly aws: AwsSettings }
  /** CloudTrail's log files in a bucket, looked for when no queue tells of them. */
  | {
      readonly kind: "trail";
      readonly bucket: string;
      readonly prefix: string;
      readonly aws: AwsSettings;
      readonly checkDigests: boolean;
    }
  /** `POST /api/v1/events/NAME`, signed as Standard Webhooks are. */
  | { readonly kind: "http"; readonly secretFile: string }
);

export type TrailSettings = Extract<EventSourceSettings, { kind: "trail" }>;

/** Maps a principal to a person. Texts are exact, `*` stands for anything; `$1` in `person` is what the first one stood for. */
export interface IdentityRule {
  readonly match:
    | { readonly by: "sourceIdentity"; readonly pattern: string }
    | { readonly by: "sessionName"; readonly pattern: string }
    | { readonly by: "principal"; readonly pattern: string };
  readonly person: string;
  /** `anchorwatch.server.yaml:12` */
  readonly origin: string;
}

export interface AllowedProvider {
  /** `registry.terraform.io/hashicorp/aws` */
  readonly source: string;
  /** As in lock files: `h1:…`, `zh:…`. */
  readonly hashes: readonly string[];
  /** Folder with a filesystem mirror. */
  readonly mirror?: string;
}

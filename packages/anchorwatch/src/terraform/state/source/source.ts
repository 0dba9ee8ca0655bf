/** Where a state lies, as plain data: who starts a check decides which of these it may use. */
import type { CommandRunner } from "./command.ts";

export type StateSource = FileSource | PullSource | S3Source | HttpSource;

export interface FileSource {
  readonly kind: "file";
  readonly path: string;
}

/** Whatever backend the code has, through `terraform state pull` in the folder of the code. */
export interface PullSource {
  readonly kind: "pull";
  /** Folder where `terraform init` was run. */
  readonly dir: string;
  readonly workspace?: string;
}

/** @see https://developer.hashicorp.com/terraform/language/backend/s3 */
export interface S3Source {
  readonly kind: "s3";
  readonly bucket: string;
  /** Of the default workspace; others lie at `PREFIX/WORKSPACE/KEY`. */
  readonly key: string;
  /** `default` when absent. */
  readonly workspace?: string;
  /** `env:` when absent. */
  readonly workspaceKeyPrefix?: string;
  /** From `AWS_REGION` or `AWS_DEFAULT_REGION` when absent. */
  readonly region?: string;
  /** URL instead of Amazon's own. */
  readonly endpoint?: string;
  readonly stsEndpoint?: string;
  readonly forcePathStyle?: boolean;
  readonly useFipsEndpoint?: boolean;
  readonly useDualstackEndpoint?: boolean;
  /** Accepts any TLS certificate. */
  readonly insecure?: boolean;
  /** Path of a PEM file with certificate authorities to trust. */
  readonly caBundle?: string;
  /** 32 bytes in base64, of a state that is encrypted with a key of the customer (SSE-C). */
  readonly sseCustomerKey?: string;
  readonly credentials?: S3Credentials;
}

/** Who reads. Without any of it: the environment, and then what the AWS SDK finds. */
export interface S3Credentials {
  readonly accessKey?: string;
  readonly secretKey?: string;
  readonly token?: string;
  readonly profile?: string;
  readonly configFile?: string;
  readonly credentialsFile?: string;
  /** Assumed with the credentials above. */
  readonly assumeRole?: AssumedRole;
  readonly webIdentity?: WebIdentity;
}

export interface AssumedRole {
  readonly roleArn: string;
  readonly sessionName?: string;
  readonly externalId?: string;
  readonly durationSeconds?: number;
  readonly policy?: string;
  readonly policyArns?: readonly string[];
  readonly sourceIdentity?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly transitiveTagKeys?: readonly string[];
}

/** A token, or the path of a file that holds one. */
export interface WebIdentity {
  readonly roleArn: string;
  readonly sessionName?: string;
  readonly token?: string;
  readonly tokenFile?: string;
}

/** @see https://developer.hashicorp.com/terraform/language/backend/http */
export interface HttpSource {
  readonly kind: "http";
  readonly address: string;
  readonly username?: string;
  readonly password?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Accepts any TLS certificate. */
  readonly skipCertVerification?: boolean;
  /** PEM texts. */
  readonly caCertificate?: string;
  readonly clientCertificate?: string;
  readonly clientKey?: string;
  /** How often a request is made again after an error of the server or the network; 2 when absent. */
  readonly retries?: number;
  /** Milliseconds between two tries; 1,000 when absent. */
  readonly retryWaitMs?: number;
}

/** A place from which a state is fetched again and again. */
export interface StateConnection {
  /** Asking whether the state moved costs next to nothing. */
  readonly isCheap: boolean;
  /**
   * @param known mark of what was fetched before, where the place gave one
   * @throws AnchorwatchError `state_*`
   */
  fetch(limit: AbortSignal, known: string | undefined): Promise<FetchedState>;
  close(): void;
}

export type FetchedState =
  | { readonly kind: "unchanged" }
  /** `mark` is undefined where the place has no other way to tell than to hand out the state. */
  | { readonly kind: "state"; readonly bytes: Buffer; readonly mark: string | undefined };

/** What reading a state needs of the world. */
export interface StateSurroundings {
  /** The only environment that is looked at: credentials, proxies, and what `terraform` gets. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Path of `terraform` or `tofu`, where there is one. */
  readonly terraform?: string | undefined;
  /** How programs are run; replaced in tests. */
  readonly run?: CommandRunner;
  /** Removes secrets from what others said, before it becomes part of an error. */
  readonly scrub: (text: string) => string;
  /** Milliseconds for the whole, retries included. */
  readonly deadlineMs: number;
  /** Milliseconds since 1970, as the file system counts them; absent: this machine's clock. */
  readonly now?: () => number;
  readonly signal: AbortSignal;
}

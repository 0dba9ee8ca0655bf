/** What `checkStack` is asked for, and what it tells while it works. Shells fill it in; no rule lives there. */
import type { IgnoreRule } from "../compare/ignoreRules.ts";
import type { SensitiveRule } from "../compare/sensitivity.ts";
import type { ResourceAddress } from "../domain/address.ts";
import type { CheckResult, CheckTrigger, ResourceResult, StackIdentity } from "../domain/check.ts";
import type { Path } from "../domain/path.ts";
import type { Value } from "../domain/value.ts";
import type { LoadedPolicy } from "./policy/loadPolicy.ts";
import type { PolicySettings } from "./policy/rules/policySettings.ts";

export interface CheckRequest {
  /** Folder of the root module, absolute. Without code it is where providers and `.driftignore` are looked for. */
  readonly dir: string;
  /** `false`: the state alone is checked (`--state` without a folder), and what the record sets counts as set. */
  readonly withCode: boolean;
  /** Folder the caller stands in, absolute; `StackIdentity.path` is relative to it. */
  readonly workingDirectory: string;
  /** Name from `anchorwatch.yaml`; without it the stack is called after its folder or state file. */
  readonly stackName?: string;
  readonly workspace?: string;
  /** State file, absolute; without it the state is looked for where the backend says. */
  readonly stateFile?: string;
  /** Addresses as given; each selects a resource, all its instances, or everything in a module. Empty: everything. */
  readonly targets: readonly string[];
  /** Lowest precedence first. All of them come after `TF_VAR_*`, `terraform.tfvars` and `*.auto.tfvars`. */
  readonly variables: readonly VariableInput[];
  /** In order: the last rule that matches wins. */
  readonly ignore: readonly IgnoreRule[];
  /** `.driftignore` files, absolute; their rules come before `ignore`. */
  readonly ignoreFiles: readonly string[];
  readonly sensitive: readonly SensitiveRule[];
  /** What to use for arguments of provider blocks that the code does not tell, by `aws` or `aws.west`. */
  readonly providerValues: ReadonlyMap<string, ProviderValues>;
  /** `literal`: what can be told from the code alone. `plan`: ask `terraform plan -refresh=false` too. */
  readonly pending: "literal" | "plan";
  /** Reads in flight at once, all providers together; absent: the engine's default. */
  readonly concurrency?: number;
  /** Milliseconds for the whole check. What was not read by then is `unknown`. */
  readonly timeoutMs?: number;
  /** Milliseconds for one read, by resource type. */
  readonly deadlines: ReadonlyMap<string, number>;
  /** ARN of the role to read with, instead of the one in the provider block. */
  readonly readRole?: string;
  /** What the role's trust policy asks for. */
  readonly readExternalId?: string;
  /** Name of the profile to read with, instead of the one in the provider block. */
  readonly profile?: string;
  readonly trigger: CheckTrigger;
  /** For the ledger: changes of secrets carry what this makes of them. Absent: they carry nothing. */
  readonly fingerprint?: FingerprintSecret;
  /** The rules, loaded when something differs; with those of the operator where he is known. Absent: nothing is classified. */
  readonly policy?: (operators?: PolicySettings) => Promise<LoadedPolicy>;
  /** The repository has rules of its own: what is wrong with them is told in any case. */
  readonly hasOwnRules?: boolean;
  /** The only environment the check looks at, and the one its providers get. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A keyed fingerprint of a secret, bound to where it stands. `secret` is a text that is equal for equal values. */
export type FingerprintSecret = (
  place: { readonly stack: StackIdentity; readonly address: ResourceAddress; readonly path: Path },
  secret: string,
) => string;

/** One input of the root module. `value` texts are read as Terraform reads `-var`: HCL unless the type is a string. */
export type VariableInput =
  | { readonly kind: "text"; readonly name: string; readonly text: string; readonly origin: string }
  | { readonly kind: "value"; readonly name: string; readonly value: Value; readonly origin: string }
  | { readonly kind: "file"; readonly path: string; readonly origin: string };

export interface ProviderValues {
  readonly values: ReadonlyMap<string, Value>;
  /** `anchorwatch.yaml:12`. */
  readonly origin: string;
}

type CheckPhase = "state" | "code" | "providers" | "reading" | "planning" | "comparing";

export interface ProgressEvent {
  readonly phase: CheckPhase;
  /** What is being done, in a few words: `starting hashicorp/aws 5.100.0`. */
  readonly text: string;
  readonly done?: number;
  readonly total?: number;
  /** How many drifted so far. */
  readonly drifted?: number;
  /** The read that has been under way for longest. */
  readonly slowest?: { readonly address: string; readonly milliseconds: number };
}

export interface CheckObserver {
  readonly progress: (event: ProgressEvent) => void;
  /** Called for every resource as soon as its verdict is known, in no order. */
  readonly result: (resource: ResourceResult) => void;
  /** When it fires, the check stops everything that it started and rejects. */
  readonly signal: AbortSignal;
}

/** @throws AnchorwatchError when the check cannot be made at all; one unreadable resource is a result, not an error. */
export type CheckStack = (request: CheckRequest, on: CheckObserver) => Promise<CheckResult>;

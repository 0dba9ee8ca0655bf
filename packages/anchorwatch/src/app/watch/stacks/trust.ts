/** How far the folder of a stack is trusted. */
import type { IgnoreRule } from "../../../compare/ignoreRules.ts";
import type { Value } from "../../../domain/value.ts";
import type { AllowedProvider, ReadCredentialsSettings } from "../watchSettings.ts";

/**
 * `own`: a folder of the operator, of which all is taken that Terraform itself would take. `untrusted`: a stranger's, such as
 * a clone. Nothing in it is ever run, nothing outside of it is read for it, and who reads what, with which program and over
 * which address, is the operator's to say.
 */
export type Trust = { readonly kind: "own" } | UntrustedFolder;

export interface UntrustedFolder {
  readonly kind: "untrusted";
  /** All of the stranger's, absolute: the clone around the stack's folder. */
  readonly root: string;
  /** The operator's whole environment. Little of it gets to a provider. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** An empty folder, which providers take for the home of their user. */
  readonly emptyHome: string;
  /** Undefined or empty: none may be run. */
  readonly allowedProviders: readonly AllowedProvider[] | undefined;
  readonly readCredentials: ReadCredentialsSettings;
  /** Rules of the operator that count more than whatever the stranger ignores. */
  readonly neverIgnored?: readonly IgnoreRule[];
  /** Arguments that the operator gives to every block of a provider, by its source: they count more than the code's. */
  readonly providerArguments?: ReadonlyMap<string, ReadonlyMap<string, Value>>;
  /** Folders besides `root` that may hold states, absolute. */
  readonly stateFolders?: readonly string[];
}

/** What the operator's file says of access (`server`, `access`), checked; without the file, its defaults. */
import type { PolicyFile } from "../../auth/authorize/policyFile.ts";
import type { IdentityProvider } from "../../auth/oidc/identityProvider.ts";
import type { RoleAssignment } from "../../auth/role.ts";
import type { Workload } from "../../auth/workload/workload.ts";

export interface AccessSettings {
  /** Those of the file; `origin: "config"`. */
  readonly assignments: readonly RoleAssignment[];
  readonly providers: readonly IdentityProvider[];
  readonly workloads: readonly Workload[];
  /** Policies of the operator beside the ones that are built in. */
  readonly policies: readonly PolicyFile[];
  readonly sessions: {
    /** It ends when it was not used for so long. */
    readonly idleMs: number;
    readonly longestMs: number;
  };
  readonly tokens: { readonly longestMs: number };
  /** Whether people of this installation may have passwords; passkeys they always may. */
  readonly passwords: boolean;
}

const DAY_MS = 86_400_000;

export const DEFAULT_ACCESS: AccessSettings = {
  assignments: [],
  providers: [],
  workloads: [],
  policies: [],
  sessions: { idleMs: DAY_MS / 2, longestMs: 7 * DAY_MS },
  tokens: { longestMs: 365 * DAY_MS },
  passwords: true,
};

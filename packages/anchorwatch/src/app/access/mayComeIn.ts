import type { User } from "../../auth/user.ts";
import type { AccessSettings } from "./accessSettings.ts";

/** Why somebody does not come in, whatever roles he has. `provider`: the operator's file does not name his; `workload`: nor the pipeline. */
export const BARRED = ["disabled", "removed", "provider", "workload"] as const;

export type Barred = (typeof BARRED)[number];

/** Somebody of an identity provider is nobody while the operator's file does not name it, whatever he has: session, token or passkey. */
export function whyBarred(
  { status, kind, issuer }: Pick<User, "status" | "kind" | "issuer">,
  { providers }: Pick<AccessSettings, "providers">,
): Barred | undefined {
  if (status !== "active") return status;
  return kind === "local" || providers.some((provider) => provider.issuer === issuer)
    ? undefined
    : "provider";
}

export function mayComeIn(
  user: Pick<User, "status" | "kind" | "issuer">,
  settings: Pick<AccessSettings, "providers">,
): boolean {
  return whyBarred(user, settings) === undefined;
}

/** A pipeline that the operator's file does not name is nobody. */
export function whyPipelineBarred(
  name: string,
  { workloads }: Pick<AccessSettings, "workloads">,
): Barred | undefined {
  return workloads.some((workload) => workload.name === name) ? undefined : "workload";
}

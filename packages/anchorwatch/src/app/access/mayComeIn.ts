import type { User } from "../../auth/user.ts";
import type { AccessSettings } from "./accessSettings.ts";

/** Somebody of an identity provider is nobody while the operator's file does not name it, whatever he has: session, token or passkey. */
export function mayComeIn(
  { status, kind, issuer }: Pick<User, "status" | "kind" | "issuer">,
  { providers }: Pick<AccessSettings, "providers">,
): boolean {
  return (
    status === "active" && (kind === "local" || providers.some((provider) => provider.issuer === issuer))
  );
}

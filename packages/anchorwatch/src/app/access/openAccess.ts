import { Passwords } from "../../auth/password/passwords.ts";
import type { AccessContext } from "./accessContext.ts";
import { Gathering } from "./gathering.ts";

/** One for the whole process: what it counts and whom it keeps waiting is counted together. */
export function openAccess(
  given: Pick<AccessContext, "records" | "settings" | "now" | "newId" | "randomBytes">,
): AccessContext {
  const { records, now } = given;
  const gathering = new Gathering((entries) => records.outbox.put(entries), now);
  return { ...given, passwords: new Passwords(), gathering };
}

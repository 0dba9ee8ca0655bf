/** What the use cases of access work with. */
import type { Passwords } from "../../auth/password/passwords.ts";
import type { AccessRecords } from "../../auth/records.ts";
import type { RandomBytes } from "../../auth/secret.ts";
import type { AccessSettings } from "./accessSettings.ts";
import type { Gathering } from "./gathering.ts";

export interface AccessContext {
  readonly records: AccessRecords;
  /** As they are in force now. */
  readonly settings: () => AccessSettings;
  readonly now: () => Date;
  /** Another unique text at each call, of letters and digits. */
  readonly newId: () => string;
  readonly randomBytes: RandomBytes;
  readonly passwords: Passwords;
  /** Of entries that repeat. */
  readonly gathering: Gathering;
}

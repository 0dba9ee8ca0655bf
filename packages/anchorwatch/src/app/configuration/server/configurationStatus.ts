import type { Warning } from "../../../domain/errors.ts";

/** Which form of the operator's file the running program goes by. */
export interface ConfigurationStatus {
  /** As shown to people; absent: it runs without a file. */
  readonly file?: string;
  /** When what is in force was read. */
  readonly inForceSince: Date;
  /** The file says something else by now, and it cannot be used: what was read before stays in force. */
  readonly refused?: { readonly at: Date; readonly problems: readonly Warning[] };
}

/** What the operator's file says of the search for what no stack has. */
import type { Labels } from "../../domain/labels.ts";
import type { IgnoreThings } from "../../inventory/leftOut.ts";
import type { AwsSettings } from "../ledger/ledgerMachine.ts";

export interface UnmanagedSettings {
  readonly everyMs: number;
  readonly accounts: readonly AccountSettings[];
  readonly ignore: readonly IgnoreThings[];
}

export interface AccountSettings {
  /** What it is called; unique. */
  readonly name: string;
  /** Its number: whoever reads with the credentials of another account finds another one's things. Absent: whatever they are for. */
  readonly account?: string;
  /** At least one. */
  readonly regions: readonly string[];
  readonly aws: AwsSettings;
  readonly labels: Labels;
  /** Services that are not asked. */
  readonly without: readonly string[];
}

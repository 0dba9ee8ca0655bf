import type { LedgerSettings } from "../../ledger/ledgerSettings.ts";

/** `anchorwatch.server.yaml`, the operator's file, checked. Its paths are relative to its folder, and absolute here. */
export interface ServerConfiguration {
  /** As shown to people. */
  readonly file: string;
  readonly ledger?: LedgerSettings;
}

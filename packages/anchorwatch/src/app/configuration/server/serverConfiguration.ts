import type { Location, Warning } from "../../../domain/errors.ts";
import type { AccessSettings } from "../../access/accessSettings.ts";
import type { LedgerSettings } from "../../ledger/ledgerSettings.ts";
import type { ListenSettings } from "./listenSettings.ts";
import type { ConfiguredWatch } from "./watchSection.ts";

/** `anchorwatch.server.yaml`, the operator's file, checked. Its paths are relative to its folder, and absolute here. */
export interface ServerConfiguration {
  /** As shown to people; empty where none was named. */
  readonly file: string;
  readonly ledger?: LedgerSettings;
  readonly watch: ConfiguredWatch;
  readonly listen: ListenSettings;
  readonly access: AccessSettings;
  /** Variables of the environment that it names. */
  readonly variables: readonly { readonly name: string; readonly location: Location }[];
  /** What is allowed, and hardly meant. */
  readonly warnings: readonly Warning[];
}

import type { LedgerMachine } from "../ledger/ledgerMachine.ts";
import type { Machine } from "../machine.ts";
import type { SourceMachine } from "./eventSources.ts";
import type { IntegrityMachine } from "./integrity.ts";
import type { InventoryMachine } from "./inventoryPlace.ts";

/** What the watch needs of the machine that it runs on; shells take it from the process. */
export interface WatchMachine
  extends Machine,
    LedgerMachine,
    SourceMachine,
    IntegrityMachine,
    InventoryMachine {
  readonly now: () => Date;
  readonly sleep: LedgerMachine["sleep"];
  /** Milliseconds from any start; never set back. */
  readonly elapsed: () => number;
  /** From 0 to 1. */
  readonly chance: () => number;
  /** Calls the work again and again until what it returns is called. */
  readonly every: (milliseconds: number, work: () => void) => () => void;
}

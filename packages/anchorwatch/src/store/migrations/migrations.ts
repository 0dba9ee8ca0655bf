import type { Migration } from "kysely";
import { theWatch } from "./0001TheWatch.ts";
import { trailsAndCauses } from "./0002TrailsAndCauses.ts";
import { changesTold } from "./0003ChangesTold.ts";
import { manyStacks } from "./0004ManyStacks.ts";
import { looksAgain } from "./0005LooksAgain.ts";
import { access } from "./0006Access.ts";
import { unmanaged } from "./0007Unmanaged.ts";
import { classification } from "./0008Classification.ts";
import { alerts } from "./0009Alerts.ts";
import { playbooks } from "./0010Playbooks.ts";
import { chatAccounts } from "./0011ChatAccounts.ts";

/** In order of their names. What was released never changes; the next one is added at the end. */
export const MIGRATIONS = {
  "0001_the_watch": theWatch,
  "0002_trails_and_causes": trailsAndCauses,
  "0003_changes_told": changesTold,
  "0004_many_stacks": manyStacks,
  "0005_looks_again": looksAgain,
  "0006_access": access,
  "0007_unmanaged": unmanaged,
  "0008_classification": classification,
  "0009_alerts": alerts,
  "0010_playbooks": playbooks,
  "0011_chat_accounts": chatAccounts,
} as const satisfies Record<string, Migration>;

import type { Migration } from "kysely";
import { theWatch } from "./0001TheWatch.ts";

/** In order of their names. What was released never changes; the next one is added at the end. */
export const MIGRATIONS = {
  "0001_the_watch": theWatch,
} as const satisfies Record<string, Migration>;

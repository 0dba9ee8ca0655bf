import { DEFAULT_KEEP, type KeepSettings } from "../../watch/forgetting.ts";
import { parseDays } from "../duration.ts";
import { written } from "../issues.ts";
import type { Problems } from "../problems.ts";
import type { ServerFile } from "./schema.ts";

type KeepSection = NonNullable<NonNullable<ServerFile["database"]>["keep"]>;

const DAY_MS = 24 * 3_600_000;
/** A queue tells the same event again within 14 days; one that was forgotten would count as new. */
const LEAST_DAYS_OF_EVENTS = 15;

/** `database.keep` of the operator's file. */
export function readKeep({ candidates, events, checks }: KeepSection = {}, problems: Problems): KeepSettings {
  const age = (text: string | undefined, name: keyof KeepSection, least: number, otherwise: number) => {
    if (text === undefined) return otherwise;
    const days = parseDays(text) ?? 0;
    if (days >= least) return days * DAY_MS;
    const at = ["database", "keep", name];
    problems.reportAt(
      at,
      `${written(at)}: ${text} is shorter than ${least}d`,
      "A queue may tell the same event again after 14 days, and it must be known then.",
    );
    return otherwise;
  };
  return {
    candidatesMs: age(candidates, "candidates", LEAST_DAYS_OF_EVENTS, DEFAULT_KEEP.candidatesMs),
    eventsMs: age(events, "events", LEAST_DAYS_OF_EVENTS, DEFAULT_KEEP.eventsMs),
    checksMs: age(checks, "checks", 1, DEFAULT_KEEP.checksMs),
  };
}

/** To which cause's alert a drift goes: its own, or that of a storm. */
import { type Cause, causeKey, causeOf, type Groupable } from "./cause.ts";

export interface GroupSettings {
  /** Drifts of one cause that come within so long of each other are one alert; storms are counted over it. Milliseconds. */
  readonly windowMs: number;
  /** More alerts than these that begin within the window, of one stack or one somebody, are one. */
  readonly most: number;
  /** The same, of all. */
  readonly mostOfAll: number;
}

export const DEFAULT_GROUPING: GroupSettings = { windowMs: 10 * 60_000, most: 10, mostOfAll: 50 };

/** An alert that began within the window, or that was joined within it. */
export interface RecentAlert {
  readonly id: string;
  readonly key: string;
  /** It began within the window: it counts towards a storm. */
  readonly isNew: boolean;
  /** Of its first drift. */
  readonly stack: string;
  readonly principal?: string;
}

export type Grouped =
  | { readonly kind: "joins"; readonly alert: string }
  | { readonly kind: "begins"; readonly cause: Cause };

/**
 * Joins the alert of the same cause; where too many would begin, the storm's. The most special storm wins: of somebody, of a stack, of all.
 * @param recent those that are open
 */
export function groupOf(drift: Groupable, recent: readonly RecentAlert[], settings: GroupSettings): Grouped {
  const own = causeOf(drift);
  const joined = withKey(own, recent);
  if (joined !== undefined) return { kind: "joins", alert: joined.id };
  for (const storm of stormsOf(drift, recent, settings)) {
    const going = withKey(storm, recent);
    return going === undefined ? { kind: "begins", cause: storm } : { kind: "joins", alert: going.id };
  }
  return { kind: "begins", cause: own };
}

function withKey(cause: Cause, recent: readonly RecentAlert[]): RecentAlert | undefined {
  const key = causeKey(cause);
  return recent.find((one) => one.key === key);
}

function stormsOf(
  { stack, principal, name }: Groupable,
  recent: readonly RecentAlert[],
  { most, mostOfAll }: GroupSettings,
): readonly Cause[] {
  const begun = recent.filter(({ isNew }) => isNew);
  const ofActor = begun.filter((one) => principal !== undefined && one.principal === principal);
  const ofStack = begun.filter((one) => one.stack === stack.id);
  const storms: Cause[] = [];
  if (begun.length >= mostOfAll) storms.push({ kind: "everything" });
  if (principal !== undefined && ofActor.length >= most)
    storms.unshift({ kind: "actor", principal, ...(name === undefined ? {} : { name }) });
  else if (ofStack.length >= most) storms.unshift({ kind: "stack", stack: stack.id, name: stack.name });
  return storms;
}

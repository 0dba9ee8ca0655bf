/** What the live view knows: each stack as it was last seen, what drifts since when, and what changed lately. Pure. */
import { isBlindSpot, isDrift } from "../../app/exitStatus.ts";
import type { CheckResult, Coverage, ResourceResult } from "../../domain/check.ts";
import { weightText, whyText } from "../formats/weight.ts";
import { resourceName } from "../formats/words.ts";

export interface LiveView {
  /** In the order in which they are shown. */
  readonly stacks: readonly LiveStack[];
  /** The latest first. */
  readonly news: readonly News[];
  /** Why the list of stacks could not be read anew. */
  readonly problem?: string;
}

export interface LiveStack {
  readonly name: string;
  /** Of the check under way. */
  readonly checking?: { readonly since: Date; readonly read: number };
  /** Of the last check that came to an end. */
  readonly seen?: { readonly at: Date; readonly coverage: Coverage; readonly blind: number };
  /** Why the last one did not. */
  readonly failure?: { readonly at: Date; readonly message: string };
  readonly drifts: readonly LiveDrift[];
}

export interface LiveDrift {
  /** As it is shown; the same resource has the same one. */
  readonly name: string;
  /** When it was first seen by this view. */
  readonly since: Date;
  readonly result: ResourceResult;
}

export interface News {
  readonly at: Date;
  readonly stack: string;
  readonly name: string;
  readonly kind: "drifted" | "drifts otherwise" | "back in order" | "failed" | "can be read again";
  /** `security, high: a sentence`; escaped. Absent: it is no drift, or nobody has classified it. */
  readonly why?: string;
}

/** Older news are forgotten. */
const MOST_NEWS = 200;

export function emptyView(): LiveView {
  return { stacks: [], news: [] };
}

/** Stacks that are new come, those that are gone go, and the others keep what is known of them. */
export function withStacks(view: LiveView, names: readonly string[]): LiveView {
  const known = new Map(view.stacks.map((stack) => [stack.name, stack]));
  const { problem: _, ...rest } = view;
  return { ...rest, stacks: names.map((name) => known.get(name) ?? { name, drifts: [] }) };
}

export function withProblem(view: LiveView, problem: string): LiveView {
  return { ...view, problem };
}

export function beginCheck(view: LiveView, name: string, at: Date): LiveView {
  return changed(view, name, (stack) => ({ ...stack, checking: { since: at, read: 0 } }));
}

export function countRead(view: LiveView, name: string): LiveView {
  return changed(view, name, ({ checking, ...stack }) =>
    checking === undefined ? stack : { ...stack, checking: { ...checking, read: checking.read + 1 } },
  );
}

export function failCheck(view: LiveView, name: string, message: string, at: Date): LiveView {
  const before = view.stacks.find((stack) => stack.name === name);
  const isNews = before !== undefined && before.failure === undefined;
  const failed = changed(view, name, ({ checking: _, ...stack }) => ({ ...stack, failure: { at, message } }));
  return isNews ? tell(failed, [{ at, stack: name, name: message, kind: "failed" }]) : failed;
}

/** What the check did not see is neither drift nor back in order: it stays as it was. */
export function endCheck(view: LiveView, name: string, result: CheckResult): LiveView {
  const before = view.stacks.find((stack) => stack.name === name);
  if (before === undefined) return view;
  const at = result.finishedAt;
  const known = new Map(before.drifts.map((drift) => [drift.name, drift]));
  const found = result.resources.filter(isDrift);
  const unseen = new Set(result.resources.filter(isBlindSpot).map(resourceName));
  const drifts = found.map((resource): LiveDrift => {
    const shown = resourceName(resource);
    return { name: shown, since: known.get(shown)?.since ?? at, result: resource };
  });
  const names = new Set(drifts.map((drift) => drift.name));
  const kept = before.drifts.filter((drift) => !names.has(drift.name) && unseen.has(drift.name));
  const gone = before.drifts.filter((drift) => !names.has(drift.name) && !unseen.has(drift.name));
  const news: News[] = [];
  const add = (kind: News["kind"], what: string, why?: string) =>
    news.push({ at, stack: name, name: what, kind, ...(why === undefined ? {} : { why }) });
  if (before.failure !== undefined) add("can be read again", "");
  for (const drift of drifts) {
    const earlier = known.get(drift.name);
    const why = whyText(drift.result);
    if (earlier === undefined) add("drifted", drift.name, why);
    else if (fingerprint(earlier.result) !== fingerprint(drift.result))
      add("drifts otherwise", drift.name, why);
  }
  for (const drift of gone) add("back in order", drift.name);
  const seen = { at, coverage: result.coverage, blind: result.resources.filter(isBlindSpot).length };
  const ended = changed(view, name, () => ({ name, seen, drifts: [...drifts, ...kept].sort(byAge) }));
  return tell(ended, news);
}

function changed(view: LiveView, name: string, change: (stack: LiveStack) => LiveStack): LiveView {
  return { ...view, stacks: view.stacks.map((stack) => (stack.name === name ? change(stack) : stack)) };
}

function tell(view: LiveView, news: readonly News[]): LiveView {
  return { ...view, news: [...news.toReversed(), ...view.news].slice(0, MOST_NEWS) };
}

/** The newest first. */
function byAge(a: LiveDrift, b: LiveDrift): number {
  return b.since.getTime() - a.since.getTime() || (a.name < b.name ? -1 : 1);
}

/** Equal for the same drift, of which the same is said. Sentences that go by the clock are no news. */
function fingerprint({ verdict, changes, classification }: ResourceResult): string {
  const shown = changes?.filter(({ informational, ignoredBy }) => !informational && ignoredBy === undefined);
  return JSON.stringify([verdict, shown ?? [], weightText({ classification }) ?? ""], (_, value: unknown) =>
    typeof value === "bigint" ? `${value}` : value,
  );
}

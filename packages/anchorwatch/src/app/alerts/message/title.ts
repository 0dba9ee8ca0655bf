/** One line: what, where. And of a group, what its drifts have in common. */
import type { Alert, MemberCounts } from "../../../alerts/alert.ts";
import { plural } from "../../../domain/plural.ts";
import type { Tellable } from "../../../watch/tellable.ts";
import { resourceIdOf } from "../seenDrift.ts";

const LONGEST = 200;

/** @param heldBack how many alerts it tells of, where it tells of several since quiet hours are over */
export function titleOf(
  { cause }: Alert,
  { total }: MemberCounts,
  shown: readonly Tellable[],
  heldBack: number,
): string {
  const [first] = shown;
  if (heldBack > 1) return `${plural(heldBack, "alert")} of quiet hours: ${plural(total, "drift")}`;
  if (first !== undefined && total === 1) return short(titleOfOne(first));
  switch (cause.kind) {
    case "drift":
      return plural(total, "drift");
    case "change":
      return short(
        `${total} ${cause.type}${isNew(shown) ? " that no stack has, made" : ": the same change"} by ${whoOf(cause)}`,
      );
    case "actor":
      return short(`${plural(total, "drift")} by ${whoOf(cause)}`);
    case "stack":
      return short(`${plural(total, "drift")} in ${cause.name}`);
    case "everything":
      return `${plural(total, "drift")} in many stacks`;
  }
}

function titleOfOne({ drift, stack, account }: Tellable): string {
  const [rule] = drift.classification?.rules ?? [];
  const what = drift.address === "" ? `${drift.type} ${resourceIdOf(drift) ?? ""}`.trim() : drift.address;
  const where = account === undefined ? `${what} in ${stack.name}` : `${what} in the account ${account}`;
  if (rule !== undefined) return `${rule.title}: ${where}`;
  return account === undefined ? `${where} is ${drift.verdict}` : `${where}: no stack has it`;
}

function isNew(shown: readonly Tellable[]): boolean {
  return shown.length > 0 && shown.every(({ drift }) => drift.verdict === "unmanaged");
}

/** Absent: it is one drift. */
export function commonCause({ cause }: Alert, { total }: MemberCounts): string | undefined {
  if (total === 1) return undefined;
  switch (cause.kind) {
    case "drift":
      return undefined;
    case "change": {
      const event = cause.event === undefined ? "" : ` (${cause.event})`;
      return short(`the same change${event} by ${whoOf(cause)}`);
    }
    case "actor":
      return short(`more than a person can read, by ${whoOf(cause)}`);
    case "stack":
      return short(`more than a person can read, in ${cause.name}`);
    case "everything":
      return "more than a person can read, in many stacks at once";
  }
}

function whoOf({ principal, name }: { readonly principal?: string; readonly name?: string }): string {
  return name ?? principal ?? "somebody unknown";
}

function short(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1).toWellFormed()}…`;
}

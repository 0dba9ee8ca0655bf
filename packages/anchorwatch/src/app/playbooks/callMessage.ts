/** What a playbook tells a channel, at first and later. */
import type { AlertMessage } from "../../alerts/message/message.ts";
import type { Severity } from "../../domain/classification.ts";
import { plural } from "../../domain/plural.ts";
import type { DriftInStack } from "../../watch/driftInStack.ts";
import type { CallCounts, PlaybookCall } from "../../watch/playbookCall.ts";
import { presentDrift } from "../alerts/message/messageOf.ts";
import { judgementOf, resolutionOf } from "../alerts/seenDrift.ts";

/** More are counted, not shown. */
export const MOST_SHOWN = 10;

export interface CallParts {
  readonly call: Pick<PlaybookCall, "id" | "playbook" | "event" | "openedAt" | "updatedAt">;
  readonly counts: CallCounts & { readonly severity?: Severity };
  /** The first of them, one at least. */
  readonly drifts: readonly [DriftInStack, ...(readonly DriftInStack[])];
  /** Of the server, without a slash at its end. */
  readonly origin: string;
}

export function callMessage({ call, counts, drifts, origin }: CallParts): AlertMessage {
  const [first] = drifts;
  const { total, open } = counts;
  const judged = judgementOf(first.drift);
  const isSecurity = drifts.some(({ drift }) => judgementOf(drift).class === "security");
  const ways = new Set(drifts.map(({ drift }) => resolutionOf(drift)));
  const [way = ""] = ways;
  const isOver = open === 0;
  return {
    id: call.id,
    status: isOver ? "resolved" : "open",
    severity: counts.severity ?? judged.severity,
    class: isSecurity ? "security" : judged.class,
    title: titleOf(call, counts, first),
    ...{ drifts: drifts.map(presentDrift), total, open },
    ...(total === 1 ? {} : { cause: `the playbook ${call.playbook} was set in motion by all of them` }),
    ...{ openedAt: call.openedAt, updatedAt: call.updatedAt },
    ...(isOver ? { resolution: ways.size === 1 ? way : "all of them are over" } : {}),
    actions: [
      {
        ...{ kind: "open", label: "Open in the API", isCallback: false },
        url:
          total === 1
            ? `${origin}/api/v1/drifts/${encodeURIComponent(first.drift.id)}`
            : `${origin}/api/v1/playbook-runs?playbook=${encodeURIComponent(call.playbook)}`,
      },
    ],
  };
}

const WORDS = { opened: "has drifted", escalated: "matters more than before", resolved: "is over" } as const;

function titleOf(
  { playbook, event }: CallParts["call"],
  { total }: CallCounts,
  { drift, stack }: DriftInStack,
): string {
  const what = drift.address === "" ? drift.type : drift.address;
  const others = total === 1 ? "" : `, and ${plural(total - 1, "more drift")}`;
  return `${playbook}: ${what} ${WORDS[event]} in ${stack.name}${others}`;
}

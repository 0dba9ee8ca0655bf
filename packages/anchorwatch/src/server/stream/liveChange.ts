import type { StoredEvent } from "../../watch/records.ts";
import { presentCheck } from "../shapes/check.ts";
import { presentConfiguration } from "../shapes/configuration.ts";
import { presentDetector } from "../shapes/detector.ts";
import { presentDrift } from "../shapes/drift.ts";
import { presentEvent } from "../shapes/event.ts";
import { presentStack } from "../shapes/stack.ts";
import type { LiveChange } from "../watch.ts";
import { type Hearing, hearsOf, hearsOfAccount, type StreamReader } from "./reader.ts";

export interface PresentedChange {
  /** Name of the event in the stream. */
  readonly event: string;
  /** For who may hear all of it. */
  readonly data: object;
  /** What somebody may hear: all of it, or a part, as data of its own. */
  readonly heardBy: (reader: StreamReader) => Hearing<"all" | { readonly part: object }>;
}

/** Those that the stream tells of; the others concern only the server. */
export type ToldChange = Exclude<LiveChange, { kind: "missed" | "access" }>;

/** What the stream says of a change: the same shapes as the routes. */
export function presentChange(change: ToldChange, now: Date): PresentedChange {
  switch (change.kind) {
    case "drift": {
      const { step, drift, labelSet } = change;
      const heardBy = (reader: StreamReader) => hearsOf(reader, drift.stackId, labelSet);
      return { event: "drift", data: { ...presentDrift(drift), step }, heardBy };
    }
    case "stack": {
      const { stack } = change;
      const heardBy = (reader: StreamReader) => hearsOf(reader, stack.stack.id, stack.labelSet);
      return { event: "stack", data: presentStack(stack), heardBy };
    }
    case "check": {
      const { check, labelSet } = change;
      const heardBy = (reader: StreamReader) => hearsOf(reader, check.stackId, labelSet);
      return { event: "check", data: presentCheck(check), heardBy };
    }
    case "alert": {
      const { id, status, at } = change;
      const heardBy = (reader: StreamReader) => hearsOfAlert(reader, change);
      return { event: "alert", data: { id, status, updatedAt: at.toISOString() }, heardBy };
    }
    case "event":
      return presentTouching(change);
    case "detector":
      return { event: "detector", data: presentDetector(change.detector, now), heardBy: seesWatch };
    case "configuration":
      return { event: "configuration", data: presentConfiguration(change.configuration), heardBy: seesWatch };
  }
}

/** Of an alert is told that it changed: what of it one may see, its route tells. */
function hearsOfAlert(
  reader: StreamReader,
  { labelSets, accountLabelSets }: Extract<ToldChange, { kind: "alert" }>,
): Hearing<"all"> {
  const hearings = [
    ...[...labelSets].map(([stackId, labelSet]) => hearsOf(reader, stackId, labelSet)),
    ...accountLabelSets.map((labelSet) => hearsOfAccount(reader, labelSet)),
  ];
  if (hearings.includes("all")) return "all";
  return hearings.includes("undecided") ? "undecided" : "nothing";
}

function seesWatch(reader: StreamReader): Hearing<"all"> {
  return reader.seesWatch ? "all" : "nothing";
}

/** An event may touch stacks that one does not know of: of those it says nothing. */
function presentTouching({ event, labelSets }: Extract<ToldChange, { kind: "event" }>): PresentedChange {
  const heard = (reader: StreamReader, stackId: string) => {
    const labelSet = labelSets.get(stackId);
    return labelSet === undefined ? "nothing" : hearsOf({ ...reader, stackId }, stackId, labelSet);
  };
  return {
    event: "event",
    data: presentEvent(event),
    heardBy: (reader) => {
      const wanted = reader.stackId;
      if (wanted !== undefined && !event.touched.some(({ stackId }) => stackId === wanted)) return "nothing";
      const hearings = event.touched.map(({ stackId }) => heard(reader, stackId));
      if (hearings.includes("undecided")) return "undecided";
      const touched: StoredEvent["touched"] = event.touched.filter((_, index) => hearings[index] === "all");
      if (touched.length === event.touched.length) return "all";
      const isWanted = wanted === undefined || touched.some(({ stackId }) => stackId === wanted);
      return touched.length > 0 && isWanted ? { part: presentEvent({ ...event, touched }) } : "nothing";
    },
  };
}

import { presentCheck } from "../shapes/check.ts";
import { presentConfiguration } from "../shapes/configuration.ts";
import { presentDetector } from "../shapes/detector.ts";
import { presentDrift } from "../shapes/drift.ts";
import { presentEvent } from "../shapes/event.ts";
import { presentStack } from "../shapes/stack.ts";
import type { LiveChange } from "../watch.ts";

export interface PresentedChange {
  /** Name of the event in the stream. */
  readonly event: string;
  /** Undefined: it concerns everybody. */
  readonly stackIds: readonly string[] | undefined;
  readonly data: object;
}

/** What the stream says of a change: the same shapes as the routes. */
export function presentChange(change: Exclude<LiveChange, { kind: "missed" }>, now: Date): PresentedChange {
  switch (change.kind) {
    case "drift": {
      const { step, drift } = change;
      return { event: "drift", stackIds: [drift.stackId], data: { ...presentDrift(drift), step } };
    }
    case "stack": {
      const { stack } = change;
      return { event: "stack", stackIds: [stack.stack.id], data: presentStack(stack) };
    }
    case "check": {
      const { check } = change;
      return { event: "check", stackIds: [check.stackId], data: presentCheck(check) };
    }
    case "event": {
      const { event } = change;
      const stackIds = event.touched.map(({ stackId }) => stackId);
      return { event: "event", stackIds, data: presentEvent(event) };
    }
    case "detector":
      return { event: "detector", stackIds: undefined, data: presentDetector(change.detector, now) };
    case "configuration":
      return {
        event: "configuration",
        stackIds: undefined,
        data: presentConfiguration(change.configuration),
      };
  }
}

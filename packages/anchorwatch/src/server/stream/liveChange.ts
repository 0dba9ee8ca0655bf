import { presentCheck } from "../shapes/check.ts";
import { presentConfiguration } from "../shapes/configuration.ts";
import { presentDetector } from "../shapes/detector.ts";
import { presentDrift } from "../shapes/drift.ts";
import { presentStack } from "../shapes/stack.ts";
import type { LiveChange } from "../watch.ts";

export interface PresentedChange {
  /** Name of the event in the stream. */
  readonly event: string;
  /** Undefined: it concerns everybody. */
  readonly stackId: string | undefined;
  readonly data: object;
}

/** What the stream says of a change: the same shapes as the routes. */
export function presentChange(change: LiveChange, now: Date): PresentedChange {
  switch (change.kind) {
    case "drift": {
      const { step, drift } = change;
      return { event: "drift", stackId: drift.stackId, data: { ...presentDrift(drift), step } };
    }
    case "stack": {
      const { stack } = change;
      return { event: "stack", stackId: stack.stack.id, data: presentStack(stack) };
    }
    case "check": {
      const { check } = change;
      return { event: "check", stackId: check.stackId, data: presentCheck(check) };
    }
    case "detector":
      return { event: "detector", stackId: undefined, data: presentDetector(change.detector, now) };
    case "configuration":
      return {
        event: "configuration",
        stackId: undefined,
        data: presentConfiguration(change.configuration),
      };
  }
}

/** What drifts have in common, so that many of them are one alert. */
import { hash } from "node:crypto";

export type Cause =
  /** It stands alone. */
  | { readonly kind: "drift"; readonly drift: string }
  /** The same somebody made the same change, wherever. Without `principal`: nobody knows who. */
  | {
      readonly kind: "change";
      readonly principal?: string;
      /** What people call him. */
      readonly name?: string;
      readonly type: string;
      readonly event?: string;
      /** Of the change; see `shapeOf`. */
      readonly shape: string;
    }
  /** A storm: more alerts than a person can read, of one somebody, of one stack, or of all. */
  | { readonly kind: "actor"; readonly principal: string; readonly name?: string }
  | { readonly kind: "stack"; readonly stack: string; readonly name: string }
  | { readonly kind: "everything" };

/** Of a drift, as far as grouping looks at it. */
export interface Groupable {
  readonly drift: string;
  readonly stack: { readonly id: string; readonly name: string };
  readonly type: string;
  readonly verdict: string;
  /** Path texts of what changed, and how: `ingress add`. Positions do not count. */
  readonly changes: readonly string[];
  readonly principal?: string;
  readonly name?: string;
  readonly event?: string;
}

/** Equal for equal causes; short. */
export function causeKey(cause: Cause): string {
  return hash("sha256", partsOf(cause)).slice(0, 32);
}

function partsOf(cause: Cause): string {
  switch (cause.kind) {
    case "drift":
      return JSON.stringify(["drift", cause.drift]);
    case "change":
      return JSON.stringify(["change", cause.principal ?? null, cause.shape]);
    case "actor":
      return JSON.stringify(["actor", cause.principal]);
    case "stack":
      return JSON.stringify(["stack", cause.stack]);
    case "everything":
      return JSON.stringify(["everything"]);
  }
}

/** What changed, without which resource and which values: the same for what one program does everywhere. */
function shapeOf({ type, verdict, changes }: Groupable): string {
  return JSON.stringify([type, verdict, [...new Set(changes)].sort()]);
}

/** What a drift is about by itself. */
export function causeOf(drift: Groupable): Cause {
  const { principal, name, type, event } = drift;
  return {
    kind: "change",
    ...(principal === undefined ? {} : { principal }),
    ...(name === undefined ? {} : { name }),
    type,
    ...(event === undefined ? {} : { event }),
    shape: shapeOf(drift),
  };
}

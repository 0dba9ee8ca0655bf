/** Rules and adjustments as they are written, before they are compiled. Places are for messages. */
import type { DriftClass, Remedy, RuleOrigin, Severity } from "../../domain/classification.ts";
import type { DriftFacts } from "../facts.ts";

/** From 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A text of a file, and where in the file each of its characters stands. */
export interface SourceText {
  readonly text: string;
  readonly place: (offset: number) => Place;
}

export interface RuleSource {
  readonly id: string;
  readonly title: string;
  readonly origin: RuleOrigin;
  /** Types of resources, with `*` for any characters. Absent: all. */
  readonly types?: readonly string[];
  readonly on?: readonly DriftFacts["verdict"][];
  /** CEL, a condition. */
  readonly when: SourceText;
  readonly class: DriftClass;
  readonly severity: Severity;
  /** A sentence with `${CEL}`. */
  readonly explain: SourceText;
  readonly controls: readonly string[];
  readonly remedy?: { readonly strategy: Remedy["strategy"]; readonly text: SourceText };
  readonly file: string;
  readonly at: Place;
}

export interface AdjustmentSource {
  readonly id: string;
  readonly origin: RuleOrigin;
  readonly when: SourceText;
  readonly effect: Effect;
  /** A sentence with `${CEL}`. */
  readonly because: SourceText;
  readonly file: string;
  readonly at: Place;
}

/** What an adjustment does to the severity. */
export type Effect =
  | { readonly kind: "raise" | "lower"; readonly by: number }
  | { readonly kind: "at_least" | "at_most"; readonly severity: Severity };

/** When changes are planned: every week, or once. */
export type ChangeWindow = {
  readonly name: string;
  /** That a stack must all have. */
  readonly labels: Readonly<Record<string, string>>;
} & (
  | {
      readonly kind: "weekly";
      /** On which it begins; 1 is Monday. */
      readonly days: readonly number[];
      /** Minutes of the day. A window that ends before it begins ends on the next day. */
      readonly from: number;
      readonly to: number;
      readonly zone: string;
    }
  | { readonly kind: "once"; readonly from: Date; readonly to: Date }
);

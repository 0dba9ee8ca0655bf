export type JsonKind = "object" | "array" | "string" | "number" | "bool" | "null";

/** Bytes from `start` up to, but without, `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Why bytes are no JSON. `end`: they stop too early. `depth`: they are nested too deeply to be honest. */
export type JsonFault =
  | { readonly kind: "unexpected" | "end"; readonly offset: number; readonly expected: string }
  | { readonly kind: "depth"; readonly offset: number };

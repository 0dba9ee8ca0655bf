import { define, integer, type MessageOf, message, messages, string } from "./message.ts";

const Step = define({
  attributeName: string(1),
  elementKeyString: string(2),
  elementKeyInt: integer(3),
});

export const AttributePathMessage = define({ steps: messages(1, Step) });

/** `severity`: 1 error, 2 warning. */
export const DiagnosticMessage = define({
  severity: integer(1),
  summary: string(2),
  detail: string(3),
  attribute: message(4, AttributePathMessage),
});

export type AttributePath = MessageOf<typeof AttributePathMessage>;

/** What a provider says of a problem. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly summary: string;
  readonly detail: string;
  /** The attribute it speaks of, names and keys from the outside in; empty for the whole resource. */
  readonly attribute: readonly (string | number)[];
}

export function diagnosticsOf(list: readonly MessageOf<typeof DiagnosticMessage>[]): Diagnostic[] {
  return list.map((diagnostic) => ({
    severity: diagnostic.severity === 2 ? "warning" : "error",
    summary: diagnostic.summary,
    detail: diagnostic.detail,
    attribute: pathOf(diagnostic.attribute),
  }));
}

/** A step is one of three: a name, a map key or a position. An absent position is 0. */
export function pathOf(path: Partial<AttributePath> | undefined): (string | number)[] {
  return (path?.steps ?? []).map((step) => step.attributeName || step.elementKeyString || step.elementKeyInt);
}

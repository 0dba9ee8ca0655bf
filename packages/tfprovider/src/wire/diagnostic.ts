import { ProviderError } from "../errors.ts";
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

/**
 * Warnings pass; an error among them is thrown with all of them.
 * @param what went wrong, in words
 * @throws ProviderError `provider_diagnostics`
 */
export function refuseErrors(list: readonly MessageOf<typeof DiagnosticMessage>[], what: string): Diagnostic[] {
  if (list.length === 0) return [];
  const diagnostics = diagnosticsOf(list);
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === "error");
  if (errors.length === 0) return diagnostics;
  const said = errors.map(({ summary, detail }) => (detail === "" ? summary : `${summary}: ${detail}`));
  throw new ProviderError("provider_diagnostics", `${what}: ${said.join("; ")}`, { diagnostics });
}

function diagnosticsOf(list: readonly MessageOf<typeof DiagnosticMessage>[]): Diagnostic[] {
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

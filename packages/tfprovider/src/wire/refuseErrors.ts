import { ProviderError } from "../errors.ts";
import { type Diagnostic, type DiagnosticMessage, diagnosticsOf } from "./diagnostic.ts";
import type { MessageOf } from "./message.ts";

/**
 * Warnings pass; an error among them is thrown with all of them.
 * @param what went wrong, in words
 * @throws ProviderError `provider_diagnostics`
 */
export function refuseErrors(
  list: readonly MessageOf<typeof DiagnosticMessage>[],
  what: string,
): Diagnostic[] {
  if (list.length === 0) return [];
  const diagnostics = diagnosticsOf(list);
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === "error");
  if (errors.length === 0) return diagnostics;
  const said = errors.map(({ summary, detail }) => (detail === "" ? summary : `${summary}: ${detail}`));
  throw new ProviderError("provider_diagnostics", `${what}: ${said.join("; ")}`, { diagnostics });
}

import type { DiagnosticMessage } from "../../../packages/tfprovider/src/wire/diagnostic.ts";
import type { MessageOf } from "../../../packages/tfprovider/src/wire/message.ts";

export type WireDiagnostic = MessageOf<typeof DiagnosticMessage>;

const ERROR = 1;

/** @param attribute name of a top-level attribute; without it the whole resource is meant */
export function errorDiagnostic(summary: string, detail: string, attribute?: string): WireDiagnostic {
  return {
    severity: ERROR,
    summary,
    detail,
    attribute: attribute === undefined ? undefined : attributePath(attribute),
  };
}

export function attributePath(attributeName: string) {
  return { steps: [{ attributeName, elementKeyString: "", elementKeyInt: 0 }] };
}

/** What a thrown error says to the person at Terraform. */
export function diagnosticOf(error: unknown): WireDiagnostic {
  const message = error instanceof Error ? error.message : String(error);
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : "";
  return errorDiagnostic(message, cause);
}

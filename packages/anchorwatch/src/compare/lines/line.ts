/** Lines of a report before they become text, so that one description serves terminals, comments and test reports. */

/** What a piece of text is, not how it looks. Recorded and live are two sides of which neither is good or bad. */
export type Tone = "plain" | "strong" | "quiet" | "recorded" | "live" | "declared" | "warning";

export interface Span {
  /** Already escaped. */
  readonly text: string;
  readonly tone: Tone;
}

export interface Line {
  readonly spans: readonly Span[];
  /** A value on this line was cut for length. */
  readonly cut?: true;
}

export const span = (text: string, tone: Tone = "plain"): Span => ({ text, tone });

export function line(...spans: readonly (Span | string)[]): Line {
  return { spans: spans.map((part) => (typeof part === "string" ? span(part) : part)) };
}

export function indent(lines: readonly Line[], by: string): readonly Line[] {
  return lines.map((given) => ({ ...given, spans: [span(by), ...given.spans] }));
}

/** Without colours. */
export function plainText(given: Line): string {
  return given.spans
    .map(({ text }) => text)
    .join("")
    .trimEnd();
}

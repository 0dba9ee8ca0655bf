import type { CheckResult } from "../../domain/check.ts";

export const FORMATS = ["text", "json", "sarif", "junit", "markdown"] as const;

export type Format = (typeof FORMATS)[number];

/** Forms without a place for the warnings of a check leave them to stderr: code that cannot be read must not go unnoticed. */
export function holdsWarnings(format: Format): boolean {
  return format === "text" || format === "json";
}

export interface RenderOptions {
  readonly all: boolean;
  readonly strict: boolean;
  readonly colours: boolean;
  /** Cells of a terminal's line; undefined when the report goes elsewhere. */
  readonly width?: number;
  readonly version: string;
}

/** The report as text, with its last line break. Only the chosen format is loaded. */
export async function render(format: Format, result: CheckResult, options: RenderOptions): Promise<string> {
  switch (format) {
    case "text": {
      const [{ renderText }, { painter }] = await Promise.all([import("./text.ts"), import("./palette.ts")]);
      const { all, width } = options;
      return renderText(result, {
        all,
        paint: painter(options.colours),
        ...(width === undefined ? {} : { width }),
      });
    }
    case "json":
      return (await import("./json.ts")).renderJson(result, options);
    case "sarif":
      return (await import("./sarif.ts")).renderSarif(result, options);
    case "junit":
      return (await import("./junit.ts")).renderJunit(result, options);
    case "markdown":
      return (await import("./markdown.ts")).renderMarkdown(result, options);
  }
}

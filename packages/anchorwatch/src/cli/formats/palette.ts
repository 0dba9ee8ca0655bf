import picocolors from "picocolors";
import { type Line, plainText, type Tone } from "../../compare/lines/line.ts";

/** Makes text of a line. */
export type Paint = (line: Line) => string;

/** Recorded is blue and live is amber: green and red would call one of them good. */
export function painter(colours: boolean): Paint {
  if (!colours) return plainText;
  const pc = picocolors.createColors(true);
  const paints: Readonly<Record<Tone, (text: string) => string>> = {
    plain: (text) => text,
    strong: pc.bold,
    quiet: pc.dim,
    recorded: pc.blueBright,
    live: pc.yellow,
    declared: pc.magenta,
    warning: pc.red,
  };
  return (line) => line.spans.map(({ text, tone }) => (text === "" ? "" : paints[tone](text))).join("");
}

/**
 * Whether a stream gets colours: `--no-color` and NO_COLOR forbid them, FORCE_COLOR asks for them, else a terminal has them.
 * @see https://no-color.org
 */
export function wantsColour(
  stream: { readonly isTTY?: boolean | undefined },
  environment: Readonly<Record<string, string | undefined>>,
  flag: boolean,
): boolean {
  if (!flag || (environment["NO_COLOR"] ?? "") !== "") return false;
  const forced = environment["FORCE_COLOR"];
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  return stream.isTTY === true && environment["TERM"] !== "dumb";
}

/**
 * `.driftignore` files, as users of driftctl have them: one resource or attribute a line, `type.id.path.to.field`, with
 * `*` for any characters of one part, `\.` for a dot inside a part, `!` to take back, `#` for comments.
 */
import { AnchorwatchError } from "../domain/errors.ts";
import { parseGlob } from "./glob.ts";
import type { CompiledRule } from "./ignoreRules.ts";
import type { StepPattern } from "./pathPattern.ts";

const MAX_LINE = 4096;

/** @throws AnchorwatchError `driftignore_invalid`, naming file and line */
export function parseDriftignore(text: string, file: string): readonly CompiledRule[] {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  return lines.flatMap((line, index) => {
    const rule = line.trim();
    if (rule === "" || rule.startsWith("#")) return [];
    return [parseLine(rule, file, index + 1)];
  });
}

function parseLine(text: string, file: string, line: number): CompiledRule {
  const refuse = (expected: string) =>
    new AnchorwatchError(
      "driftignore_invalid",
      `${file}:${line}: expected ${expected}, found “${shown(text)}”`,
      {
        hint: "Write type.id, or type.id.path.to.field; a dot inside a part is written \\. and the last matching line wins.",
        location: { file, line },
      },
    );
  if (text.length > MAX_LINE) throw refuse(`a line of at most ${MAX_LINE} characters`);
  if (/\p{Cc}/u.test(text)) throw refuse("text without control characters");
  const negate = text.startsWith("!");
  const parts = splitParts(negate ? text.slice(1).trimStart() : text);
  if (parts === undefined) throw refuse("a character after “\\”");
  if (parts.includes("")) throw refuse("something before, between and after the dots");
  const [type = "", id, ...path] = parts;
  if (/\s/.test(type)) throw refuse("a resource type without white space");
  return {
    type: parseGlob(type, "\\"),
    ...(id === undefined ? {} : { id: parseGlob(id, "\\") }),
    ...(path.length === 0 ? {} : { path: { text: path.join("."), steps: path.map(stepOf) } }),
    negate,
    label: `${file}:${line}: ${text}`,
  };
}

/** Parts between dots, escapes still in them; undefined when the line ends in the middle of an escape. */
function splitParts(text: string): readonly string[] | undefined {
  const parts = [""];
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i] as string;
    if (character === ".") parts.push("");
    else if (character !== "\\") parts[parts.length - 1] += character;
    else if (i + 1 === text.length) return undefined;
    else parts[parts.length - 1] += `\\${text[++i]}`;
  }
  return parts;
}

function stepOf(part: string): StepPattern {
  return part === "*" ? { kind: "any" } : { kind: "name", glob: parseGlob(part, "\\") };
}

function shown(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

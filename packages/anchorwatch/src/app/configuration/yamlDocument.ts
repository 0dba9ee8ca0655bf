/** YAML from a repository, which is untrusted: size, depth and aliases are bounded, and nothing is dropped in silence. */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLMap,
} from "yaml";
import { Decimal, isObject, type Value } from "../../domain/value.ts";
import { sourceOffset } from "./sourceOffset.ts";

export type DocumentPath = readonly (string | number)[];

interface Position {
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

interface DocumentProblem extends Position {
  readonly message: string;
  readonly hint?: string;
}

export interface YamlDocument {
  /** Numbers keep their exact value; maps have no prototype. */
  readonly value: Value;
  /** Where the value at a path begins, or the nearest one around it. `key`: where the key itself stands. */
  readonly locate: (path: DocumentPath, part?: "key" | "value") => Position;
  /** Where a character of the text at a path stands, however it is written: in quotes, in a block, over several lines. */
  readonly locateIn: (path: DocumentPath, offset: number) => Position;
  /** Problems that leave the document readable up to a point. */
  readonly problems: readonly DocumentProblem[];
}

/** Bytes of a file, characters of a text. */
export const LARGEST_FILE = 512 * 1024;
const DEEPEST = 40;
const MOST_VALUES = 100_000;
const MOST_ALIASES = 500;

/** @param quotes false: problems do not quote the text, which may hold secrets */
export function readYaml(text: string, { quotes = true }: { readonly quotes?: boolean } = {}): YamlDocument {
  if (text.length > LARGEST_FILE)
    return refused(`is larger than ${LARGEST_FILE / 1024} KiB`, "Split it, or remove what is not needed.");
  const lines = new LineCounter();
  // Duplicate keys are looked for below: the library's own search takes quadratic time.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const reader = new Reader(document, quotes, (offset) => position(lines, offset));
  const syntax = document.errors.map((error) => ({
    message: `is not valid YAML: ${quotes ? plain(error.message) : withoutQuote(plain(error.message))}`,
    ...position(lines, error.pos[0]),
  }));
  if (syntax.length > 0)
    return { value: null, locate: atStart, locateIn: atStart, problems: syntax.slice(0, 5) };
  const value = document.contents === null ? null : reader.read(document.contents, 0);
  return {
    value,
    locate: (path, part) => reader.locate(path, part),
    locateIn: (path, offset) => reader.locateIn(path, offset, text),
    problems: reader.problems,
  };
}

class Reader {
  readonly problems: DocumentProblem[] = [];
  readonly #document: Document;
  readonly #quotes: boolean;
  readonly #position: (offset: number) => Position;
  readonly #aliases = new Map<Node, Node | null>();
  #values = 0;

  constructor(document: Document, quotes: boolean, at: (offset: number) => Position) {
    this.#document = document;
    this.#quotes = quotes;
    this.#position = at;
  }

  read(given: unknown, depth: number): Value {
    const node = this.#resolve(given as Node | null);
    if (node === null) {
      if (isAlias(given))
        this.#report(
          given,
          `uses ${this.#quoted("the alias", `*${given.source}`, "an alias")}, which is nowhere set before`,
          "Text that begins with “*” needs quotes.",
        );
      return null;
    }
    if (!this.#affordable(node, depth)) return null;
    this.#checkTag(node);
    if (isMap(node)) return this.#readMap(node, depth);
    if (isSeq(node)) return node.items.map((item) => this.read(item, depth + 1));
    return isScalar(node) ? scalarValue(node.value, node.source) : null;
  }

  locateIn(path: DocumentPath, offset: number, text: string): Position {
    const node = this.#at(path);
    if (!isScalar(node) || typeof node.value !== "string" || !node.range) return this.locate(path);
    const [from, to] = node.range;
    return this.#position(from + sourceOffset(text.slice(from, to), node.value, offset));
  }

  #at(path: DocumentPath): Node | null {
    let node = this.#resolve(this.#document.contents as Node | null);
    for (const step of path) node = this.#resolve(child(node, step)?.value ?? null);
    return node;
  }

  locate(path: DocumentPath, part: "key" | "value" = "value"): Position {
    let node = this.#resolve(this.#document.contents as Node | null);
    let offset = node?.range?.[0] ?? 0;
    for (const [index, step] of path.entries()) {
      const found = child(node, step);
      if (found === undefined) break;
      const wantsKey = part === "key" && index === path.length - 1;
      node = this.#resolve(found.value);
      const at = wantsKey ? (found.key ?? node) : (node ?? found.key);
      offset = at?.range?.[0] ?? found.key?.range?.[0] ?? offset;
    }
    return this.#position(offset);
  }

  #readMap(map: YAMLMap, depth: number): Value {
    const object: Record<string, Value> = Object.create(null);
    for (const pair of map.items) {
      const key = keyText(pair.key);
      if (key === undefined) {
        this.#report(
          pair.key as Node,
          "has a key that is no plain text",
          "Write the key as text, in quotes if need be.",
        );
      } else if (Object.hasOwn(object, key)) {
        this.#report(
          pair.key as Node,
          `has ${this.#quoted("the key", `“${key}”`, "a key")} twice`,
          "Keep one of them: which one counts is not defined.",
        );
      } else {
        object[key] = this.read(pair.value, depth + 1);
      }
    }
    return object;
  }

  /** The library walks the whole document for each alias: each is resolved once, and only so many are. */
  #resolve(node: Node | null): Node | null {
    if (!isAlias(node)) return node;
    const known = this.#aliases.get(node);
    if (known !== undefined) return known;
    if (this.#aliases.size >= MOST_ALIASES) {
      this.#reportOnce(node, `has more than ${MOST_ALIASES} aliases`, "Use fewer aliases.");
      return null;
    }
    const resolved = node.resolve(this.#document) ?? null;
    this.#aliases.set(node, resolved);
    return resolved;
  }

  /** Aliases make exponentially much of a few lines, or a value that holds itself. */
  #affordable(node: Node, depth: number): boolean {
    this.#values++;
    if (depth > DEEPEST) {
      this.#reportOnce(
        node,
        `is nested more than ${DEEPEST} levels deep`,
        "Make it flatter; an alias may hold itself.",
      );
      return false;
    }
    if (this.#values > MOST_VALUES) {
      this.#reportOnce(node, `expands to more than ${MOST_VALUES} values`, "Use fewer aliases.");
      return false;
    }
    return true;
  }

  #checkTag(node: Node): void {
    const tag = node.tag;
    if (tag === undefined || tag.startsWith("tag:yaml.org,2002:")) return;
    this.#report(
      node,
      `has ${this.#quoted("the YAML tag", tag, "a YAML tag")}`,
      "Text that begins with “!” needs quotes.",
    );
  }

  #quoted(what: string, text: string, without: string): string {
    return this.#quotes ? `${what} ${text}` : without;
  }

  #report(node: Node, message: string, hint: string): void {
    this.problems.push({ message, hint, ...this.#position(node.range?.[0] ?? 0) });
  }

  #reportOnce(node: Node, message: string, hint: string): void {
    if (!this.problems.some((problem) => problem.message === message)) this.#report(node, message, hint);
  }
}

/** YAML's own numbers lose digits: the source text keeps them. */
function scalarValue(value: unknown, source: string | undefined): Value {
  if (typeof value === "number") return exactNumber(value, source ?? String(value));
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  return String(value);
}

function exactNumber(value: number, source: string): Value {
  if (/^[-+]?[0-9]+$/.test(source) && !Number.isSafeInteger(value)) return BigInt(source.replace("+", ""));
  const digits = source
    .replace(/e.*$/i, "")
    .replace(/^[-+]?0*\.?0*/, "")
    .replace(".", "");
  return digits.length > 15 && Number.isFinite(value) && !Number.isInteger(value)
    ? new Decimal(source)
    : value;
}

function child(
  node: Node | null,
  step: string | number,
): { key: Node | null; value: Node | null } | undefined {
  if (isMap(node)) {
    const pair = node.items.find((item) => keyText(item.key) === String(step));
    return pair === undefined ? undefined : { key: pair.key as Node, value: pair.value as Node | null };
  }
  if (isSeq(node) && typeof step === "number" && step < node.items.length) {
    return { key: null, value: node.items[step] as Node };
  }
  return undefined;
}

function keyText(key: unknown): string | undefined {
  if (!isScalar(key)) return undefined;
  return typeof key.value === "string" ? key.value : (key.source ?? String(key.value));
}

function position(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function refused(message: string, hint: string): YamlDocument {
  return { value: null, locate: atStart, locateIn: atStart, problems: [{ ...atStart(), message, hint }] };
}

function atStart(): Position {
  return { line: 1, column: 1 };
}

/** The library's advice is for programmers: its first line is enough. */
function plain(message: string): string {
  return (message.split("\n", 1)[0] ?? "")
    .replace(/; please use .*$/, "")
    .replace(/ at line \d+, column \d+:?$/, "");
}

/** What the library quotes stands behind a colon, but for a wrong escape. */
function withoutQuote(message: string): string {
  return message.replace(/: .*$|(?<=escape sequence) .*$/s, "");
}

/** Members of the object at that place; none where there is none. */
export function entriesAt(value: Value, path: DocumentPath): readonly (readonly [string, Value])[] {
  let current: Value | undefined = value;
  for (const step of path)
    current = (current as { readonly [key: string | number]: Value } | undefined)?.[step];
  return isObject(current) ? Object.entries(current) : [];
}

/**
 * Reads the language of the CLI configuration file, which is the first version of HCL (block labels and attribute names may
 * be quoted: `"hashicorp/aws" = "/path"`), or its JSON form. The grammar that reads `.tf` files does not accept it.
 *
 * The file may hold access tokens: no message quotes its text.
 * @see https://developer.hashicorp.com/terraform/cli/config/config-file
 */
import type { ProviderError } from "../errors.ts";
import { parseCliJson } from "./cliJson.ts";
import { type CliBody, type CliItem, type CliValue, invalidCliConfig } from "./cliValue.ts";

/** @throws ProviderError `find_cli_config_invalid` with file and line */
export function parseCliConfig(text: string, file: string): CliBody {
  const bare = text.replace(/^\uFEFF/, "");
  if (/^\s*\{/.test(bare)) return parseCliJson(bare, file);
  const reader = new Reader(bare, file);
  return reader.body("end");
}

/** Deeper than any such file, shallow enough for the stack. */
const MAX_DEPTH = 50;

const SPACE = /(?:\s|(?:#|\/\/)[^\n]*|\/\*[\s\S]*?\*\/)*/y;
const IDENTIFIER = /[\p{L}_][\p{L}\p{N}_.-]*/uy;
const NUMBER = /-?(?:0x[0-9a-f]+|[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)(?![\p{L}\p{N}_])/iuy;
const STRING = /"((?:[^"\\\n$]|\\.|\$(?!\{)|\$\{[^}\n]*\})*)"/y;
const HEREDOC = /<<(-?)([\p{L}\p{N}_]+)[ \t]*\r?\n([\s\S]*?)^[ \t]*\2[ \t]*$/muy;

class Reader {
  readonly #text: string;
  readonly #file: string;
  #position = 0;
  #depth = 0;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
  }

  body(end: "end" | "}"): CliBody {
    const items: CliItem[] = [];
    for (;;) {
      this.#take(SPACE);
      if (end === "}" ? this.#punctuation("}") : this.#position === this.#text.length) return { items };
      items.push(this.#item());
      this.#punctuation(",");
    }
  }

  #item(): CliItem {
    const line = this.#line();
    const keys = [this.#key("an attribute or a block")];
    while (!/^[={]/.test(this.#text.slice(this.#position, this.#position + 1))) {
      keys.push(this.#key("`=`, `{` or a label"));
    }
    const block = !this.#punctuation("=");
    this.#take(SPACE);
    const value = block ? this.#nested(() => this.#object()) : this.#nested(() => this.#value());
    const [key = "", ...labels] = keys;
    return { key, labels, value, line };
  }

  #key(expected: string): string {
    const key = this.#take(IDENTIFIER)?.[0] ?? this.#string();
    if (key === undefined) throw this.#expected(expected);
    this.#take(SPACE);
    return key;
  }

  #value(): CliValue {
    const first = this.#text[this.#position];
    if (first === "[") return this.#list();
    if (first === "{") return this.#object();
    const text = this.#string() ?? this.#heredoc();
    if (text !== undefined) return text;
    const number = this.#take(NUMBER)?.[0];
    if (number !== undefined) return Number(number);
    const word = this.#take(IDENTIFIER)?.[0];
    if (word === "true" || word === "false") return word === "true";
    throw this.#expected("a string, a number, true, false, a list or a block");
  }

  #list(): readonly CliValue[] {
    this.#punctuation("[");
    const values: CliValue[] = [];
    for (;;) {
      this.#take(SPACE);
      if (this.#punctuation("]")) return values;
      values.push(this.#nested(() => this.#value()));
      this.#take(SPACE);
      if (!this.#punctuation(",") && this.#text[this.#position] !== "]") throw this.#expected("`,` or `]`");
    }
  }

  #object(): CliBody {
    if (!this.#punctuation("{")) throw this.#expected("`{`");
    return this.body("}");
  }

  #string(): string | undefined {
    const match = this.#take(STRING);
    return match?.[1]?.replace(/\\(u[0-9a-f]{4}|.)/gi, (whole, code: string) => unescaped(code) ?? whole);
  }

  #heredoc(): string | undefined {
    const match = this.#take(HEREDOC);
    const text = match?.[3];
    return match?.[1] === "-" ? text?.replace(/^[ \t]+/gm, "") : text;
  }

  #nested<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw this.#expected(`at most ${MAX_DEPTH} levels of nesting`);
    const result = read();
    this.#depth -= 1;
    return result;
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#position += match[0].length;
    return match;
  }

  #punctuation(mark: string): boolean {
    if (this.#text[this.#position] !== mark) return false;
    this.#position += 1;
    return true;
  }

  #line(): number {
    return this.#text.slice(0, this.#position).split("\n").length;
  }

  #expected(what: string): ProviderError {
    const atEnd = this.#position >= this.#text.length;
    return invalidCliConfig(
      this.#file,
      this.#line(),
      `expected ${what}${atEnd ? ", found the end of the file" : ""}`,
    );
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", '"': '"', "\\": "\\" };

function unescaped(code: string): string | undefined {
  if (code.length === 5) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
  return ESCAPES[code];
}

import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseAllDocuments,
  Scalar,
} from "yaml";
import type { Budget } from "../budget.ts";
import { EvaluationFailure } from "../failure.ts";
import { tryConvert } from "../values/convert.ts";
import { DYNAMIC, STRING } from "../values/type.ts";
import { NULL, object, type Typed, text, tuple } from "../values/typed.ts";
import { at, textAt } from "./arguments.ts";
import type { FunctionDefinition } from "./define.ts";
import { plainScalar, taggedScalar } from "./yamlScalar.ts";
import { toYaml } from "./yamlWriter.ts";

export const YAML_FUNCTIONS: Readonly<Record<string, FunctionDefinition>> = {
  yamlencode: {
    params: [{ type: DYNAMIC, nullable: true }],
    returns: STRING,
    run: (args) => text(toYaml(at(args, 0))),
  },
  yamldecode: {
    params: [{ type: STRING }],
    returns: DYNAMIC,
    run: (args, { budget }) => fromYaml(textAt(args, 0), budget),
  },
};

function fromYaml(source: string, budget: Budget): Typed {
  const [document, ...others] = parsed(source);
  if (document === undefined || document.contents === null)
    throw new EvaluationFailure("the text holds no YAML");
  if (others.length > 0) throw new EvaluationFailure("the text holds more than one YAML document");
  const [problem] = document.errors;
  if (problem !== undefined)
    throw new EvaluationFailure(`the text is not YAML: ${problem.message.split("\n")[0]}`);
  return new Reader(document, budget, source.length).value(document.contents, 0);
}

function parsed(source: string): readonly Document.Parsed[] {
  try {
    const documents = parseAllDocuments(source, { logLevel: "silent", merge: true });
    return "empty" in documents ? [] : documents;
  } catch (cause) {
    // The library recurses into every nesting: `[[[[…` ends in an overflow of the stack, which is caught here.
    if (cause instanceof RangeError) throw tooDeep();
    throw cause;
  }
}

function tooDeep(): EvaluationFailure {
  return new EvaluationFailure("the YAML is nested too deeply", { limit: true });
}

/** As deep as values may be; an anchor may even hold an alias of itself. */
const MAX_DEPTH = 150;

/** Reads the syntax tree rather than the library's values: numbers stay exact, and scalars mean what they mean to Terraform. */
class Reader {
  readonly #document: Document.Parsed;
  readonly #budget: Budget;
  readonly #aliasCost: number;

  constructor(document: Document.Parsed, budget: Budget, length: number) {
    this.#document = document;
    this.#budget = budget;
    // Finding an anchor walks the document.
    this.#aliasCost = 1 + (length >> 3);
  }

  value(node: unknown, depth: number): Typed {
    this.#budget.spend(1);
    if (depth > MAX_DEPTH) throw tooDeep();
    if (node === null || node === undefined) return NULL;
    if (isAlias(node)) {
      this.#budget.spend(this.#aliasCost);
      return this.value(node.resolve(this.#document), depth + 1);
    }
    if (isScalar(node)) return scalar(node);
    if (isSeq<Node>(node)) return tuple(node.items.map((item) => this.value(item, depth + 1)));
    if (isMap<Node, Node | null>(node)) return object(this.#entries(node.items, depth));
    throw new EvaluationFailure("the YAML holds something that is no value");
  }

  /** What `<<` brings in stands behind what the map says itself. */
  #entries(pairs: readonly Pair<Node, Node | null>[], depth: number): (readonly [string, Typed])[] {
    const merged: (readonly [string, Typed])[] = [];
    const own: (readonly [string, Typed])[] = [];
    for (const pair of pairs) {
      const value = this.value(pair.value, depth + 1);
      if (isMergeKey(pair.key)) merged.unshift(...mergedEntries(value));
      else own.push([keyText(this.value(pair.key, depth + 1)), value]);
    }
    return [...merged, ...own];
  }
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.type === Scalar.PLAIN && key.source === "<<";
}

function mergedEntries(value: Typed): readonly (readonly [string, Typed])[] {
  if (value.kind === "object") return [...value.entries];
  if (value.kind === "tuple") return [...value.items].reverse().flatMap(mergedEntries);
  throw new EvaluationFailure("`<<` in the YAML merges something that is no map");
}

function keyText(key: Typed): string {
  const converted = tryConvert(key, STRING);
  if (converted?.kind === "string") return converted.text;
  throw new EvaluationFailure("a key in the YAML is neither text, number nor bool");
}

function scalar(node: Scalar): Typed {
  const source = node.source ?? "";
  if (node.tag !== undefined) return taggedScalar(node.tag, source);
  return node.type === Scalar.PLAIN
    ? plainScalar(source)
    : text(typeof node.value === "string" ? node.value : source);
}

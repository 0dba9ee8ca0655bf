import type { Parser } from "web-tree-sitter";
import type { Expression, HclFile, HclSyntaxError } from "./ast.ts";
import { NotHcl } from "./conversion.ts";
import { createTreeParser } from "./grammar.ts";
import type { HclParser } from "./hclParser.ts";
import { readHclJson } from "./json/hclJson.ts";
import { parseConfigFile } from "./parseFile.ts";
import { parseFragment } from "./parseFragment.ts";
import { syntaxError } from "./syntaxErrors.ts";

/** The grammar is loaded once; parsers live as long as the process. */
let shared: Promise<HclParser> | undefined;

export function loadHclParser(): Promise<HclParser> {
  shared ??= createTreeParser().then(hclParser);
  return shared;
}

/** One native HCL file. `file` is the name that ranges and errors carry. */
export async function parseHcl(text: string, file: string): Promise<HclFile> {
  return (await loadHclParser()).parseFile(text, file);
}

/** A `*.tf.json` file as the same syntax that native HCL has. Strings are templates. */
export async function parseHclJson(text: string, file: string): Promise<HclFile> {
  return (await loadHclParser()).parseJsonFile(text, file);
}

function hclParser(tree: Parser): HclParser {
  const parser: HclParser = {
    parseFile: (text, file) => parseConfigFile(tree, text, file),
    parseJsonFile: (text, file) => readHclJson(text, file, "configuration", parser),
    parseJsonValues: (text, file) => readHclJson(text, file, "values", parser),
    parseTemplate: (text, file, origin) => orError(() => parseFragment(tree, "template", text, file, origin)),
    parseExpression: (text, file, origin) =>
      orError(() => parseFragment(tree, "expression", text, file, origin)),
  };
  return parser;
}

function orError(parse: () => Expression): Expression | HclSyntaxError {
  try {
    return parse();
  } catch (error) {
    if (error instanceof NotHcl) return syntaxError(error);
    throw error;
  }
}

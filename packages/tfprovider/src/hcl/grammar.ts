/** The one place that knows where the compiled grammar lies. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Language, Parser } from "web-tree-sitter";
import { ProviderError } from "../errors.ts";

const WASM = "tree-sitter-hcl.wasm";

let language: Promise<Language> | undefined;

/** A new parser over the grammar, which is loaded once per process. The caller deletes the parser. */
export async function createTreeParser(): Promise<Parser> {
  language ??= loadLanguage();
  const loaded = await language;
  const parser = new Parser();
  parser.setLanguage(loaded);
  return parser;
}

async function loadLanguage(): Promise<Language> {
  try {
    await Parser.init();
    return await Language.load(grammarFile());
  } catch (cause) {
    throw new ProviderError("hcl_grammar_unusable", `${WASM} could not be loaded`, {
      hint: "Install the package tfprovider again: the grammar comes with it.",
      cause,
    });
  }
}

/** A packed tarball carries the grammar beside the compiled module, so that it needs no native build of the package. */
function grammarFile(): string {
  const beside = fileURLToPath(new URL(`./${WASM}`, import.meta.url));
  if (existsSync(beside)) return beside;
  return fileURLToPath(import.meta.resolve("@tree-sitter-grammars/tree-sitter-hcl/tree-sitter-hcl.wasm"));
}

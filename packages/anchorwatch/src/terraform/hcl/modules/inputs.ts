/** Values for the root module's input variables, from everywhere that Terraform takes them. */
import { existsSync, readdirSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import type { Expression, HclFile, HclParser, Range } from "tfprovider/hcl";
import { AnchorwatchError, type Warning } from "../../../domain/errors.ts";
import type { Value } from "../../../domain/value.ts";
import { readRepositoryFile, readTextFile } from "./textFile.ts";

/** `-var`, `-var-file` and what a program gives. */
export type VariableInput =
  | { readonly kind: "text"; readonly name: string; readonly text: string; readonly origin: string }
  | { readonly kind: "value"; readonly name: string; readonly value: Value; readonly origin: string }
  | { readonly kind: "file"; readonly path: string; readonly origin: string };

/** How a value was given: text means what the variable's type makes of it, an expression is evaluated alone. */
export type GivenValue =
  | { readonly kind: "text"; readonly text: string; readonly origin: string }
  | { readonly kind: "value"; readonly value: Value; readonly origin: string }
  | { readonly kind: "expression"; readonly expression: Expression; readonly origin: string };

export interface InputSources {
  /** The root module's folder. */
  readonly folder: string;
  /** What a link in that folder may lead to. */
  readonly readable: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** In the order of the command line; later ones win. */
  readonly variables: readonly VariableInput[];
  /** What relative paths of files are relative to. */
  readonly workingDirectory: string;
}

export interface GatheredInputs {
  readonly given: ReadonlyMap<string, GivenValue>;
  readonly warnings: readonly Warning[];
}

/**
 * By precedence, the last wins: `TF_VAR_*`, `terraform.tfvars`, `terraform.tfvars.json`, `*.auto.tfvars` and
 * `*.auto.tfvars.json` in the order of their names, then what was given on the command line, in its order.
 * @throws AnchorwatchError `code_variable_invalid` for a file that was given and is missing, and for one that is no HCL
 */
export function gatherInputs(sources: InputSources, parser: HclParser): GatheredInputs {
  const given = new Map<string, GivenValue>();
  const warnings: Warning[] = [];
  for (const [name, text] of Object.entries(sources.environment)) {
    if (name.startsWith("TF_VAR_") && text !== undefined)
      given.set(name.slice("TF_VAR_".length), { kind: "text", text, origin: name });
  }
  for (const name of automaticFiles(sources.folder)) {
    const text = readRepositoryFile(sources.readable, join(sources.folder, name), name);
    if (typeof text === "string") addAssignments(given, text, name, parser);
    else warnings.push(text);
  }
  for (const input of sources.variables) {
    if (input.kind === "file") addGivenFile(given, input.path, sources.workingDirectory, parser);
    else given.set(input.name, input);
  }
  return { given, warnings };
}

function automaticFiles(folder: string): string[] {
  const fixed = ["terraform.tfvars", "terraform.tfvars.json"].filter((name) =>
    existsSync(join(folder, name)),
  );
  const automatic = readdirSync(folder)
    .filter((name) => /\.auto\.tfvars(?:\.json)?$/.test(name))
    .sort();
  return [...fixed, ...automatic];
}

function shownPath(from: string, path: string): string {
  const way = relative(from, path).replaceAll("\\", "/");
  return way === "" || isAbsolute(way) || way.startsWith("../../..") ? path : way;
}

/** One that the operator names may lie anywhere. */
function addGivenFile(
  given: Map<string, GivenValue>,
  written: string,
  workingDirectory: string,
  parser: HclParser,
): void {
  const path = resolve(workingDirectory, written);
  const shown = shownPath(workingDirectory, path);
  const text = readTextFile(path, shown);
  if (typeof text !== "string")
    throw new AnchorwatchError("code_variable_invalid", text.message, {
      hint: "Correct the path, or leave the file of variables out.",
      location: { file: shown },
    });
  addAssignments(given, text, shown, parser);
}

function addAssignments(
  given: Map<string, GivenValue>,
  text: string,
  shown: string,
  parser: HclParser,
): void {
  const file = shown.endsWith(".json") ? parser.parseJsonValues(text, shown) : parser.parseFile(text, shown);
  refuseBroken(file);
  for (const { name, expression } of file.body.attributes)
    given.set(name, { kind: "expression", expression, origin: `${shown}:${expression.range.line}` });
}

/** The parser's own message would quote what it found, which may be a secret. */
function refuseBroken({ errors: [error], body, syntax }: HclFile): void {
  if (error !== undefined)
    throw invalid(
      `${error.file}:${error.line}:${error.column}: a file of variables holds \`name = value\` only, and this is not ${syntax === "json" ? "JSON" : "HCL"}`,
      error,
    );
  const [block] = body.blocks;
  if (block !== undefined && syntax === "native")
    throw invalid(
      `${block.range.file}:${block.range.line}: a file of variables holds \`name = value\` only, and this is a block \`${block.type}\``,
      block.range,
    );
}

function invalid(
  message: string,
  { file, line, column }: Pick<Range, "file" | "line" | "column">,
): AnchorwatchError {
  return new AnchorwatchError("code_variable_invalid", message, {
    hint: "Correct the file of variables.",
    location: { file, line, column },
  });
}

/** Values for the root module's input variables, from everywhere that Terraform takes them. */
import { existsSync, readdirSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import type { Expression, HclFile, HclParser, Range } from "tfprovider/hcl";
import { AnchorwatchError } from "../../../domain/errors.ts";
import type { Value } from "../../../domain/value.ts";
import { readTextFile } from "./textFile.ts";

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
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** In the order of the command line; later ones win. */
  readonly variables: readonly VariableInput[];
  /** What relative paths of files are relative to. */
  readonly workingDirectory: string;
}

/**
 * By precedence, the last wins: `TF_VAR_*`, `terraform.tfvars`, `terraform.tfvars.json`, `*.auto.tfvars` and
 * `*.auto.tfvars.json` in the order of their names, then what was given on the command line, in its order.
 * @throws AnchorwatchError `code_variable_invalid` for a file that is missing or no HCL
 */
export function gatherInputs(sources: InputSources, parser: HclParser): ReadonlyMap<string, GivenValue> {
  const given = new Map<string, GivenValue>();
  for (const [name, text] of Object.entries(sources.environment)) {
    if (name.startsWith("TF_VAR_") && text !== undefined)
      given.set(name.slice("TF_VAR_".length), { kind: "text", text, origin: name });
  }
  for (const name of automaticFiles(sources.folder)) addFile(given, join(sources.folder, name), name, parser);
  for (const input of sources.variables) {
    if (input.kind === "file") {
      const path = resolve(sources.workingDirectory, input.path);
      addFile(given, path, shownPath(sources.workingDirectory, path), parser);
    } else {
      given.set(input.name, input);
    }
  }
  return given;
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

function addFile(given: Map<string, GivenValue>, path: string, shown: string, parser: HclParser): void {
  const text = readTextFile(path, shown);
  if (typeof text !== "string")
    throw new AnchorwatchError("code_variable_invalid", text.message, {
      hint: "Correct the path, or leave the file of variables out.",
      location: { file: shown },
    });
  const file = shown.endsWith(".json") ? parser.parseJsonValues(text, shown) : parser.parseFile(text, shown);
  refuseBroken(file);
  for (const { name, expression } of assignments(file))
    given.set(name, { kind: "expression", expression, origin: `${shown}:${expression.range.line}` });
}

function refuseBroken({ errors: [error], body, syntax }: HclFile): void {
  if (error !== undefined) throw invalid(error.message, error);
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

function assignments(file: HclFile): readonly { readonly name: string; readonly expression: Expression }[] {
  return file.body.attributes;
}

import type { Expression, HclFile, HclSyntaxError, Range } from "./ast.ts";

/** Reads HCL without waiting for anything: what an evaluator needs that meets templates while it works. */
export interface HclParser {
  /** Never throws over what the text holds: see {@link HclFile.errors}. */
  parseFile(text: string, file: string): HclFile;
  /** A `.tf.json` file. */
  parseJsonFile(text: string, file: string): HclFile;
  /** A `.tfvars.json` file: every name is a value, and strings are no templates. */
  parseJsonValues(text: string, file: string): HclFile;
  /** A template without quotes, as `templatefile` reads one. With an origin, everything in it stands there. */
  parseTemplate(text: string, file: string, origin?: Range): Expression | HclSyntaxError;
  /** One expression: `aws.west`, `var.list[0]`. */
  parseExpression(text: string, file: string, origin?: Range): Expression | HclSyntaxError;
}

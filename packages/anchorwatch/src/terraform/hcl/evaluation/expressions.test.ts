import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isSyntaxError, loadHclParser } from "tfprovider/hcl";
import { describe, expect, it } from "vitest";
import { EvaluationFailure } from "../failure.ts";
import { confinedFiles } from "../functions/fileAccess.ts";
import { toJson } from "../functions/json.ts";
import { text } from "../values/typed.ts";
import { Evaluator } from "./evaluator.ts";
import type { References } from "./scope.ts";

const TESTDATA = join(dirname(fileURLToPath(import.meta.url)), "../testdata");
const FILES = join(TESTDATA, "files");

/** Expression and what Terraform 1.11 answers: `jsonencode` of the value, or FAILS. */
const EXAMPLES = readFileSync(join(TESTDATA, "expressions.txt"), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => line.split("  =>  ") as [string, string]);

const references: References = {
  attribute: (root, name) => {
    if (root === "path") return text(".");
    if (root === "terraform") return text("default");
    throw new EvaluationFailure(`no ${root}.${name} here`);
  },
  data: () => {
    throw new EvaluationFailure("no data here");
  },
  moduleOutput: () => {
    throw new EvaluationFailure("no modules here");
  },
};

const parser = await loadHclParser();

function answer(source: string): string {
  const evaluator = new Evaluator(parser, confinedFiles({ folder: FILES, allowed: [FILES] }));
  const expression = parser.parseExpression(source, "test.tf");
  if (isSyntaxError(expression)) return expression.message;
  try {
    const value = evaluator.evaluate(expression, { names: new Map(), references });
    return value.wholeKnown ? toJson(value) : "UNKNOWN";
  } catch (error) {
    if (error instanceof EvaluationFailure) return "FAILS";
    throw error;
  }
}

describe("expressions", () => {
  it.each(EXAMPLES)("%s", (source, expected) => {
    expect(answer(source)).toBe(expected);
  });
});

/** Where it is on the PATH; the examples hold without it. */
const TERRAFORM = "terraform";

function terraformVersion(): string | undefined {
  try {
    return execFileSync(TERRAFORM, ["version"], { stdio: ["ignore", "pipe", "ignore"] })
      .toString()
      .split("\n")[0];
  } catch {
    return undefined;
  }
}

const terraform = terraformVersion();

describe("the examples", () => {
  it.skipIf(terraform === undefined)(
    "are what the real `terraform console` answers (skipped where there is no terraform)",
    () => {
      const members = EXAMPLES.map(([source], index) => `"${index}" = try(jsonencode(${source}), "FAILS")`);
      const output = execFileSync(TERRAFORM, ["console"], {
        cwd: FILES,
        input: `base64encode(jsonencode({${members.join(",")}}))\n`,
        stdio: ["pipe", "pipe", "ignore"],
        env: { ...process.env, CHECKPOINT_DISABLE: "1" },
      });
      const answers = JSON.parse(
        Buffer.from(JSON.parse(output.toString()) as string, "base64").toString(),
      ) as Record<string, string>;
      const differing = EXAMPLES.filter(([, expected], index) => answers[index] !== expected);
      expect(differing).toEqual([]);
    },
  );
});

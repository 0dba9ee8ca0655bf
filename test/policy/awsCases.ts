/** The recorded cases of the built-in rules for AWS, as they lie beside the rules. */
import { existsSync } from "node:fs";
import { builtinCases } from "../../packages/anchorwatch/src/app/policy/cases/builtinCases.ts";
import type { DriftFacts } from "../../packages/anchorwatch/src/policy/facts.ts";

export interface AwsCase {
  /** `aws_s3_bucket/public` */
  readonly name: string;
  readonly type: string;
  /** What it was recorded with, and after which calls. */
  readonly note: string;
  /** Ids of the rules that fire, and no others. */
  readonly fires: readonly string[];
  readonly facts: DriftFacts;
}

const FOLDER = new URL("../../packages/anchorwatch/src/policy/packs/aws/cases/", import.meta.url);

/** None where none were recorded yet. */
export function readAwsCases(): readonly AwsCase[] {
  if (!existsSync(FOLDER)) return [];
  return builtinCases().map(({ name, note = "", expect, facts }) => {
    const { type } = facts.resource;
    return { name: `${type}/${name.split(":")[0]}`, type, note, fires: expect.rules ?? [], facts };
  });
}

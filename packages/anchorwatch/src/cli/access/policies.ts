import { policyJson } from "../../app/access/explanationJson.ts";
import { createAuthorizer } from "../../auth/authorize/authorizer.ts";
import { CEDAR_SCHEMA } from "../../auth/authorize/cedarSchema.ts";
import { escapeJson, escapeLines, escapeText } from "../../domain/escape.ts";
import { writeReport } from "../output.ts";
import type { Surroundings } from "../surroundings.ts";
import { operatorsFile } from "./operatorsFile.ts";

export interface PoliciesFlags {
  readonly server?: string;
  readonly format: "text" | "json";
  readonly schema: boolean;
}

/** `anchorwatch access policies`: all that are in force, in Cedar. */
export async function printPolicies(flags: PoliciesFlags, surroundings: Surroundings): Promise<number> {
  const { stdout } = surroundings;
  if (flags.schema) {
    await writeReport(stdout, CEDAR_SCHEMA);
    return 0;
  }
  const { access } = await operatorsFile(flags.server, surroundings);
  const { policies } = createAuthorizer(access.policies);
  const listed = policies.map((policy) => ({ ...policyJson(policy), text: policy.text }));
  await writeReport(stdout, flags.format === "json" ? json(listed) : policiesText(listed));
  return 0;
}

export interface ShownPolicy {
  readonly id: string;
  readonly text: string;
  readonly file?: string;
  readonly line?: number;
}

/** Each with where it comes from. */
export function policiesText(policies: readonly ShownPolicy[]): string {
  const parts = policies.map(({ id, text, file, line }) => {
    const from = file === undefined ? "built in" : `${file}:${line}`;
    return `// ${escapeText(`${from}: ${id}`)}\n${cedar(text)}`;
  });
  return `${parts.join("\n\n")}\n`;
}

/** Tabs may stay: they are harmless, and it can be read again. */
function cedar(text: string): string {
  return text
    .split("\t")
    .map((part) => escapeLines(part).join("\n"))
    .join("\t");
}

function json(policies: readonly ShownPolicy[]): string {
  const document = { schema: "anchorwatch.access-policies/v1", policies };
  return `${escapeJson(JSON.stringify(document, null, 2))}\n`;
}

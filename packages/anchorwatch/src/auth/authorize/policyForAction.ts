/** A policy as Cedar gets it in a set that is asked about one action alone. */
import { type PolicyJson, policyToText } from "@cedar-policy/cedar-wasm/nodejs";
import type { ParsedPolicy } from "./parsePolicies.ts";

export interface PolicyForAction {
  /** Cedar. As text, since that is copied at each question: much faster than the tree of its JSON form. */
  readonly text: string;
  /** It still says which actions it applies to. */
  readonly saysActions: boolean;
}

/** Cedar reads JSON 128 deep and then throws; text of that depth is far from what its parser bears. */
const DEEPEST_JSON = 40;

/** What its scope says of actions is true in such a set, and its annotations are not asked for: without them it takes less time. */
export function policyForAction({ json, text }: Pick<ParsedPolicy, "json" | "text">): PolicyForAction {
  if (!isExactInJson(json.conditions) || depthOf(json.conditions) > DEEPEST_JSON)
    return { text, saysActions: true };
  const short: PolicyJson = { ...json, annotations: {}, action: { op: "All" } };
  const printed = policyToText(short);
  return printed.type === "success"
    ? { text: printed.text, saysActions: false }
    : { text, saysActions: true };
}

/** Its JSON form says exactly what its text says. Larger numbers than doubles hold would come out as others. */
function isExactInJson(value: unknown): boolean {
  if (typeof value === "bigint" || (typeof value === "number" && !Number.isSafeInteger(value))) return false;
  return membersOf(value).every(isExactInJson);
}

function depthOf(value: unknown): number {
  return membersOf(value).reduce<number>((deepest, member) => Math.max(deepest, 1 + depthOf(member)), 0);
}

function membersOf(value: unknown): readonly unknown[] {
  return typeof value === "object" && value !== null ? Object.values(value) : [];
}

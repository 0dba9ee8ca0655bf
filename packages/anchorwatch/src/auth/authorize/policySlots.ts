/**
 * Parsed policies, kept inside Cedar under a name. Names cannot be given back there, so ours are used again, and what is over is
 * replaced by nothing.
 */
import {
  type EntityJson,
  preparsePolicySet,
  statefulIsAuthorized,
  type TypeAndId,
} from "@cedar-policy/cedar-wasm/nodejs";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";

export interface PolicySlot {
  /** Never throws. */
  ask(call: CedarCall): CedarAnswer;
  close(): void;
}

export interface CedarCall {
  readonly principal: TypeAndId;
  readonly action: TypeAndId;
  readonly resource: TypeAndId;
  readonly context: Record<string, { readonly __entity: TypeAndId } | boolean>;
  readonly entities: readonly EntityJson[];
}

export type CedarAnswer =
  | {
      readonly kind: "decided";
      readonly allowed: boolean;
      /** Ids of the policies that decided. */
      readonly reason: readonly string[];
      readonly errors: readonly { readonly policyId: string; readonly message: string }[];
    }
  | { readonly kind: "failed"; readonly message: string };

const free: string[] = [];
let names = 0;

/** @param policies in Cedar, by their ids; they were checked against the schema */
export function takePolicySlot(policies: ReadonlyMap<string, string>): PolicySlot {
  const name = free.pop() ?? `anchorwatch-${++names}`;
  const parsed = preparsePolicySet(name, { staticPolicies: Object.fromEntries(policies) });
  if (parsed.type === "failure") {
    free.push(name);
    throw unusable(parsed.errors[0]?.message);
  }
  let isOpen = true;
  return {
    ask: (call) =>
      isOpen ? ask(name, call) : { kind: "failed", message: "these policies are not in force any more" },
    close: () => {
      if (!isOpen) return;
      isOpen = false;
      preparsePolicySet(name, {});
      free.push(name);
    },
  };
}

function ask(name: string, { entities, ...call }: CedarCall): CedarAnswer {
  try {
    const answer = statefulIsAuthorized({
      ...call,
      entities: [...entities],
      preparsedPolicySetId: name,
      // The policies were checked against the schema, and the questions are made by code that is: again for each would take as long.
      validateRequest: false,
    });
    if (answer.type === "failure")
      return { kind: "failed", message: answer.errors.map(({ message }) => message).join("; ") };
    const { decision, diagnostics } = answer.response;
    return {
      kind: "decided",
      allowed: decision === "allow",
      reason: diagnostics.reason,
      errors: diagnostics.errors.map(({ policyId, error }) => ({ policyId, message: error.message })),
    };
  } catch (error) {
    return { kind: "failed", message: messageOf(error) };
  }
}

function unusable(why: string | undefined): AnchorwatchError {
  return new AnchorwatchError(
    "internal",
    `Cedar refuses policies that were checked: ${why ?? "it does not say why"}`,
  );
}

/**
 * Decisions, by Cedar. Whatever fails, the answer is no.
 *
 * Of a question Cedar gets only what the policies can see of it: labels and groups that none of them names change no answer, and a value
 * that a label is never compared with is as good as any other such value. So equal questions are common, and an answer is remembered
 * under what was seen.
 */
import type { EntityJson } from "@cedar-policy/cedar-wasm/nodejs";
import { AnchorwatchError, type Warning } from "../../domain/errors.ts";
import type { Labels } from "../../domain/labels.ts";
import { ACTIONS, type Action } from "../action.ts";
import type { Principal } from "../principal.ts";
import type { Role } from "../role.ts";
import {
  actionGroup,
  actionNames,
  ENTITY_OF,
  type EntityKind,
  entityType,
  INSTALLATION,
} from "./cedarSchema.ts";
import { policiesOf } from "./checkPolicies.ts";
import type { Decision, Question } from "./decision.ts";
import type { NamedLabels } from "./namedInPolicy.ts";
import type { ParsedPolicy } from "./parsePolicies.ts";
import type { Policy } from "./policy.ts";
import type { PolicyFile } from "./policyFile.ts";
import { type PolicyForAction, policyForAction } from "./policyForAction.ts";
import { type CedarCall, type PolicySlot, takePolicySlot } from "./policySlots.ts";
import { Remembered } from "./remembered.ts";
import { countsFor, thatCount } from "./scope.ts";

/** Of a principal, what decisions are made of. */
export type Asking = Pick<
  Principal,
  "kind" | "id" | "name" | "groups" | "channel" | "strong" | "assignments" | "limit"
>;

export interface Authorizer {
  readonly policies: readonly Policy[];
  /** What is hardly meant. */
  readonly warnings: readonly Warning[];
  /** @param who with all the assignments that he has */
  decide(who: Asking, question: Question): Decision;
  /** Afterwards it answers no to everything. */
  close(): void;
}

/** Answers that are remembered. */
const MOST_ANSWERS = 10_000;
/** Characters of a question that is remembered; longer ones are asked again. */
const LONGEST_KEY = 2_000;

type Answer = Omit<Decision, "limited">;

/** What the policies can see of a question about one action. */
interface Seen {
  readonly set: PolicySlot;
  readonly names: ReadonlySet<string>;
  readonly roles: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
  /** Undefined: all of them. */
  readonly labels: ReadonlyMap<string, SeenValues> | undefined;
  readonly channel: boolean;
  /** The action with the groups that it is in, where a policy asks for it. */
  readonly entities: readonly EntityJson[];
}

/** What the policies can see of a label's value; undefined: all of it. */
type SeenValues =
  | {
      /** That it is compared with. */
      readonly told: ReadonlySet<string>;
      /** Stands for every other value. */
      readonly other: string;
    }
  | undefined;

/** @throws AnchorwatchError `config_invalid` for policies in which something is wrong */
export function createAuthorizer(files: readonly PolicyFile[]): Authorizer {
  const { policies, problems, warnings } = policiesOf(files);
  const [problem] = problems;
  if (problem !== undefined) throw refused(problem);
  const everything = new PolicySets(policies);
  const builtIn = new PolicySets(policies.filter(({ origin }) => origin === "built-in"));
  return {
    policies,
    warnings,
    decide: (who, question) => {
      const labels = labelsOf(question);
      const roles = thatCount(who.assignments, labels).map(({ role }) => role);
      const decision = everything.answer(who, question.action, labels, roles);
      if (!decision.allowed || who.limit === undefined) return { ...decision, limited: false };
      const { limit } = who;
      const within = countsFor(limit.scope, labels) ? limit.roles : [];
      // The operator's policies have had their say about the person; what a token is limited to, the built-in ones say alone.
      const limited = builtIn.answer({ ...who, groups: [] }, question.action, labels, within);
      return limited.allowed
        ? { ...decision, limited: false }
        : { allowed: false, because: [], failures: limited.failures, limited: true };
    },
    close: () => {
      everything.close();
      builtIn.close();
    },
  };
}

/** Undefined: of the installation. */
export function labelsOf(question: Question): Labels | undefined {
  return "labels" in question ? question.labels : undefined;
}

/** The policies, apart for each action: what cannot apply is not even looked at. */
class PolicySets {
  readonly #byId: ReadonlyMap<string, Policy>;
  readonly #seen: ReadonlyMap<Action, Seen>;
  readonly #answers = new Remembered<Answer>(MOST_ANSWERS);

  constructor(policies: readonly ParsedPolicy[]) {
    this.#byId = new Map(policies.map((policy) => [policy.id, policy]));
    const prepared = policies.map((policy) => ({ ...policy, prepared: policyForAction(policy) }));
    this.#seen = new Map(actionNames().map((action) => [action, seenFor(action, prepared)]));
  }

  answer(
    who: Omit<Asking, "assignments" | "limit">,
    action: Action,
    labels: Labels | undefined,
    roles: readonly Role[],
  ): Answer {
    const seen = this.#seen.get(action);
    if (seen === undefined) return refusal(`there is no action ${action}`);
    const principal = seenPrincipal(who, roles, seen);
    const tags = seenLabels(labels ?? {}, seen.labels);
    const context = seenContext(who, seen);
    const key = JSON.stringify([action, principal, tags, context]);
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const answer = this.#asked(seen, {
      principal: { type: principal.type, id: principal.id },
      action: { type: entityType("Action"), id: action },
      resource: {
        type: entityType(ENTITY_OF[ACTIONS[action].on]),
        id: labels === undefined ? INSTALLATION : "",
      },
      context,
      parents: principal.parents.map(([kind, id]) => ({ type: entityType(kind), id })),
      tags: Object.fromEntries(tags),
    });
    // What failed may work the next time.
    if (answer.failures.length === 0 && key.length <= LONGEST_KEY) this.#answers.set(key, answer);
    return answer;
  }

  close(): void {
    for (const { set } of this.#seen.values()) set.close();
    this.#answers.clear();
  }

  #asked(
    { set, entities }: Seen,
    { parents, tags, ...call }: Omit<CedarCall, "entities"> & Pick<Required<EntityJson>, "parents" | "tags">,
  ): Answer {
    const principal = { uid: call.principal, attrs: {}, parents };
    const resource = { uid: call.resource, attrs: {}, parents: [], tags };
    const answer = set.ask({ ...call, entities: [principal, resource, ...entities] });
    if (answer.kind === "failed") return refusal(answer.message);
    const failures = answer.errors.map(({ policyId, message }) => {
      const policy = this.#byId.get(policyId);
      return { ...(policy === undefined ? {} : { policy }), message };
    });
    const allowed = answer.allowed && failures.length === 0;
    // A permit decided nothing when another policy failed.
    const because = answer.allowed === allowed ? answer.reason.flatMap((id) => this.#byId.get(id) ?? []) : [];
    return { allowed, because: because.toSorted((one, other) => (one.id < other.id ? -1 : 1)), failures };
  }
}

type PreparedPolicy = Pick<ParsedPolicy, "id" | "named"> & { readonly prepared: PolicyForAction };

function seenFor(action: Action, policies: readonly PreparedPolicy[]): Seen {
  const applying = policies.filter(({ named }) => named.actions.includes(action));
  const idsOf = (...kinds: readonly EntityKind[]) => {
    const types = new Set(kinds.map(entityType));
    const entities = applying.flatMap(({ named }) => named.entities);
    return new Set(entities.filter(({ type }) => types.has(type)).map(({ id }) => id));
  };
  const asksForActions = applying.some(({ named, prepared }) => named.asksForActions || prepared.saysActions);
  const type = entityType("Action");
  const group = { type, id: actionGroup(action) };
  return {
    set: takePolicySlot(new Map(applying.map(({ id, prepared }) => [id, prepared.text]))),
    names: idsOf("User", "Workload"),
    roles: idsOf("Role"),
    groups: idsOf("Group"),
    channel: applying.some(({ named }) => named.asksForChannel),
    labels: seenValues(applying.map(({ named }) => named.labels)),
    entities: asksForActions
      ? [
          { uid: { type, id: action }, attrs: {}, parents: [group] },
          { uid: group, attrs: {}, parents: [] },
        ]
      : [],
  };
}

function seenValues(
  named: readonly (NamedLabels | undefined)[],
): ReadonlyMap<string, SeenValues> | undefined {
  const all = new Map<string, ReadonlySet<string> | undefined>();
  for (const labels of named) {
    if (labels === undefined) return undefined;
    for (const [name, told] of labels) {
      const known = all.has(name) ? all.get(name) : new Set<string>();
      all.set(name, known === undefined || told === undefined ? undefined : new Set([...known, ...told]));
    }
  }
  return new Map([...all].map(([name, told]) => [name, told && { told, other: noneOf(told) }]));
}

function noneOf(values: ReadonlySet<string>): string {
  let other = "";
  while (values.has(other)) other += "-";
  return other;
}

interface SeenPrincipal {
  readonly type: string;
  readonly id: string;
  readonly parents: readonly (readonly ["Role" | "Group", string])[];
}

/** Whom no policy names has no name, so that all of them are one. */
function seenPrincipal(
  { kind, id, name, groups }: Omit<Asking, "assignments" | "limit">,
  roles: readonly Role[],
  seen: Seen,
): SeenPrincipal {
  const called = kind === "user" ? name : id;
  const sorted = (names: readonly string[], known: ReadonlySet<string>) =>
    [...new Set(names.filter((each) => known.has(each)))].sort();
  return {
    type: entityType(kind === "user" ? "User" : "Workload"),
    id: seen.names.has(called) ? called : "",
    parents: [
      ...sorted(roles, seen.roles).map((role) => ["Role", role] as const),
      ...sorted(groups, seen.groups).map((group) => ["Group", group] as const),
    ],
  };
}

function seenContext(
  { channel, strong }: Pick<Asking, "channel" | "strong">,
  seen: Seen,
): CedarCall["context"] {
  return seen.channel
    ? { channel: { __entity: { type: entityType("Channel"), id: channel } }, strong }
    : { strong };
}

function seenLabels(labels: Labels, seen: Seen["labels"]): readonly (readonly [string, string])[] {
  if (seen === undefined) return Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1));
  return [...seen].flatMap(([name, values]) => {
    const value = Object.hasOwn(labels, name) ? labels[name] : undefined;
    if (value === undefined) return [];
    return [[name, values === undefined || values.told.has(value) ? value : values.other] as const];
  });
}

function refusal(message: string): Answer {
  return { allowed: false, because: [], failures: [{ message }] };
}

function refused({ code, message, hint, location }: Warning): AnchorwatchError {
  return new AnchorwatchError(code, message, {
    ...(hint === undefined ? {} : { hint }),
    ...(location === undefined ? {} : { location }),
  });
}

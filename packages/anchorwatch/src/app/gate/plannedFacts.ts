/** A planned change as the rules about drift see one: what is recorded is what is there before, what is live is what would be. */
import type { PlannedAction, PlannedChange } from "../../domain/plannedChange.ts";
import type { ActorFacts, DriftFacts, OtherDrift } from "../../policy/facts.ts";
import { factsOf } from "../policy/facts.ts";
import { seenResource } from "../policy/seenResource.ts";

export interface PlannedIn {
  readonly stack: DriftFacts["stack"];
  readonly now: Date;
  /** Drift of the stack that is open. */
  readonly others: readonly OtherDrift[];
}

/** @param source where the code declares it */
export function plannedFacts(
  planned: PlannedChange,
  { stack, now, others }: PlannedIn,
  source?: { readonly file: string; readonly line: number },
): DriftFacts {
  const { address, type, provider, id, before, after, changes, action } = planned;
  const facts = factsOf({
    stack,
    resource: { address, type, provider, id, ...source },
    verdict: VERDICTS[action],
    seen: seenResource(
      { changes },
      { recorded: before, live: action === "forget" ? before : after, isCut: false },
    ),
    ...{ attributions: [], openedAt: now, now, others, isBreakGlass: () => false },
  });
  return { ...facts, planned: action, actor: ACTORS[stack.engine] };
}

/** What is made comes from nothing: every attribute that it gets is a change. A replacement counts by what comes of it. */
export const VERDICTS: Readonly<Record<PlannedAction, DriftFacts["verdict"]>> = {
  create: "changed",
  update: "changed",
  replace: "changed",
  adopt: "changed",
  delete: "deleted",
  forget: "unmanaged",
};

const DELIVERY = { principal: "", kind: "role", isDelivery: true, isBreakGlass: false } as const;
const ACTORS: Readonly<Record<DriftFacts["stack"]["engine"], ActorFacts>> = {
  terraform: { ...DELIVERY, name: "This plan, once applied,", channel: "terraform" },
  cloudformation: { ...DELIVERY, name: "This change set, once executed,", channel: "service" },
};

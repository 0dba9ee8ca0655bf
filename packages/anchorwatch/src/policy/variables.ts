/** A drift → the variables of expressions. */
import type { CelMap } from "./cel/values.ts";
import { isExposed } from "./exposure.ts";
import type { ActorFacts, DriftFacts } from "./facts.ts";

/** Who is not known has a name for sentences, and every yes or no of an actor is no: rules need not ask whether anybody is known. */
const NOBODY = {
  isKnown: false,
  principal: "",
  name: "Somebody",
  kind: "unknown",
  channel: "unknown",
  isDelivery: false,
  isBreakGlass: false,
} as const;

export function variablesOf(facts: DriftFacts, changeWindow: string): CelMap {
  const {
    stack,
    verdict,
    recorded,
    live,
    isCut,
    changes,
    actor,
    events,
    openedAt,
    now,
    others,
    planned = "",
  } = facts;
  const variables = {
    stack,
    resource: resourceOf(facts),
    verdict,
    recorded,
    live,
    isCut,
    changes,
    actor: actor === undefined ? NOBODY : knownActor(actor),
    events,
    openedAt,
    now,
    others,
    planned,
    changeWindow,
  };
  // Facts are plain data in the form of these values; numbers become ints as they are read.
  return variables as unknown as CelMap;
}

/** Whether it can be reached is looked for only when a rule asks. */
function resourceOf(facts: DriftFacts): object {
  let exposed: boolean | undefined;
  return {
    ...facts.resource,
    get isPublic(): boolean {
      exposed ??= isExposed(facts);
      return exposed;
    },
  };
}

function knownActor(actor: ActorFacts): object {
  return { ...actor, isKnown: true };
}

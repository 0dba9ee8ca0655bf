/** The rules that are in force for one stack: built in, the operator's, and those of its repository. */
import type { Actor } from "../../domain/actor.ts";
import type { Classification } from "../../domain/classification.ts";
import type { DriftFacts } from "../../policy/facts.ts";

export interface StackPolicy {
  /** `sha256:…`; another one where anything may be classified otherwise. */
  readonly digest: string;
  /** Never throws: what fails is told in the classification. */
  readonly classify: (facts: DriftFacts) => Classification;
  /** Whether the operator keeps that role for emergencies. */
  readonly isBreakGlass: (actor: Actor) => boolean;
}

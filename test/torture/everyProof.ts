/** Proofs of all sizes: each holds, and none does with any hash of it changed. */
import { everyMutationIsRefused, everyProofHolds } from "../../packages/tlog/src/proofLaws.fixture.ts";
import type { Place } from "./place.ts";

export async function everyProof({ quick, say }: Place): Promise<string> {
  const [holding, mutated] = quick ? [64, 16] : [1025, 130];
  say(`all proofs of trees up to ${holding} entries`);
  const proofs = await everyProofHolds(holding);
  say(`every hash changed in the proofs of trees up to ${mutated} entries`);
  const mutations = await everyMutationIsRefused(mutated);
  return `${proofs} proofs of trees up to ${holding} entries hold, ${mutations} changed ones are refused`;
}

import type { CtyObject } from "../../../packages/tfprovider/src/cty/value.ts";
import { sameCty } from "../values/canonical.ts";
import type { Member } from "./members.ts";

/** Names of the attributes whose planned change needs another object in place of this one. */
export function replacedBy(
  members: readonly Member[],
  prior: CtyObject | null,
  planned: CtyObject,
): string[] {
  if (prior === null) return [];
  return members
    .filter(({ spec }) => spec?.forcesReplacement)
    .map(({ name }) => name)
    .filter((name) => !sameCty(prior[name] ?? null, planned[name] ?? null));
}

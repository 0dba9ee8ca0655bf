import type { CheckResult, ResourceResult, Verdict } from "../domain/check.ts";

/** 0: no drift. 1: incomplete. 2: drift, and everything that was asked for was seen. As Terraform users know it. */
export type ExitStatus = 0 | 1 | 2;

const DRIFT: ReadonlySet<Verdict> = new Set(["changed", "deleted", "unmanaged", "absorbed"]);

/** Reasons for `not_checked` that the person gave, or that leave nothing to check. */
const ASKED_FOR: ReadonlySet<string> = new Set(["out_of_target", "rule", "nothing_to_read"]);

/** `strict`: code that was never deployed counts like drift. */
export function exitStatus(result: CheckResult, options: { readonly strict: boolean }): ExitStatus {
  if (result.resources.some(isBlindSpot)) return 1;
  if (result.resources.some(isDrift)) return 2;
  return options.strict && result.pending.length > 0 ? 2 : 0;
}

export function isDrift(resource: ResourceResult): boolean {
  return DRIFT.has(resource.verdict);
}

/** It could not be seen, and nobody asked for that: the check is incomplete. */
export function isBlindSpot(resource: ResourceResult): boolean {
  if (resource.verdict === "unknown") return true;
  return resource.verdict === "not_checked" && !ASKED_FOR.has(resource.reason?.code ?? "");
}

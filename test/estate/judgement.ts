import type { CheckResult, ResourceResult } from "../../packages/anchorwatch/src/domain/check.ts";
import type { ExpectedDrift, Mutation } from "./mutations/mutation.ts";

/** How a check of the estate differs from what was done to it; every list is empty when the check is right. */
export interface Judgement {
  /** Drift that was not reported. */
  readonly missed: readonly string[];
  /** Reports of drift where there is none. */
  readonly invented: readonly string[];
  /** Reported with another verdict, or without the attribute that was changed. */
  readonly misread: readonly string[];
  /** Differs only where the code ignores changes, and was not called ignored. */
  readonly notIgnored: readonly string[];
  /** Could not be read, or was not checked. */
  readonly unread: readonly string[];
  /** Called pending; but all of the code was applied, and Terraform plans nothing either. */
  readonly pending: readonly string[];
}

export const FLAWLESS: Judgement = {
  missed: [],
  invented: [],
  misread: [],
  notIgnored: [],
  unread: [],
  pending: [],
};

/** Compares a check with what was done; no mutations means that nothing may be reported. */
export function judge(result: CheckResult, mutations: readonly Mutation[]): Judgement {
  const expected = new Map(
    mutations.flatMap((mutation) => mutation.drift).map((drift) => [drift.address, drift]),
  );
  const ignored = mutations
    .flatMap((mutation) => mutation.terraformAlso)
    .filter((extra) => extra.because === "ignored")
    .map((extra) => extra.address);
  const results = new Map<string, ResourceResult>(
    result.resources.map((resource) => [resource.address, resource]),
  );
  const drifted = result.resources.filter(isDrift);
  return {
    missed: [...expected.keys()].filter((address) => !isDrift(results.get(address))),
    invented: drifted.filter((found) => !expected.has(found.address)).map(inWords),
    misread: drifted.filter((found) => isMisread(found, expected.get(found.address))).map(inWords),
    notIgnored: ignored.filter((address) => results.get(address)?.verdict !== "ignored"),
    unread: result.resources.filter((found) => UNREAD.has(found.verdict)).map(inWords),
    pending: result.pending
      .filter(({ address }) => !PLANNED_FOR_EVER.has(address))
      .map((pending) => `${pending.address} ${pending.action}`),
  };
}

/** The provider records its default tags as a block that the code does not have, and every plan would take it away. */
export const PLANNED_FOR_EVER: ReadonlySet<string> = new Set(["aws_launch_template.worker"]);

const UNREAD: ReadonlySet<string> = new Set(["unknown", "not_checked"]);

function isDrift(found: ResourceResult | undefined): boolean {
  return (
    found !== undefined &&
    !UNREAD.has(found.verdict) &&
    found.verdict !== "in_sync" &&
    found.verdict !== "ignored"
  );
}

function isMisread(found: ResourceResult, expected: ExpectedDrift | undefined): boolean {
  if (expected === undefined) return false;
  if (found.verdict !== expected.verdict) return true;
  return expected.attribute !== undefined && !changedAttributes(found).includes(expected.attribute);
}

function changedAttributes(found: ResourceResult): readonly string[] {
  const told = (found.changes ?? []).filter(
    (change) => change.informational === undefined && change.ignoredBy === undefined,
  );
  return told.map((change) => String(change.path[0]));
}

function inWords(found: ResourceResult): string {
  const what = found.reason?.message ?? changedAttributes(found).join(", ");
  return `${found.address} ${found.verdict}: ${what}`;
}

import type { Change, Reason, Verdict } from "../domain/check.ts";
import { formatPath } from "../domain/path.ts";
import type { ObjectShape } from "../domain/shape.ts";
import type { Value } from "../domain/value.ts";
import { canonicalDynamic } from "./canonical.ts";
import type { Difference } from "./difference.ts";
import type { Finding } from "./explain.ts";
import { type Fingerprint, fingerprinted } from "./fingerprints.ts";
import { type CompiledRule, resourceIgnoredBy } from "./ignoreRules.ts";
import { markIgnored } from "./markIgnored.ts";
import { maskChange } from "./mask.ts";
import { comparePaths } from "./pathOrder.ts";
import type { Sensitivity } from "./sensitivity.ts";

export interface VerdictSource {
  /** Gone: nothing else is looked at. */
  readonly deleted: boolean;
  /** What is left after `settle`, with what `explain` found. */
  readonly findings: readonly Finding[];
  readonly shape: ObjectShape;
  /** Those that speak of this resource, in order: see `rulesFor` and `rulesOfIgnoreChanges`. */
  readonly rules: readonly CompiledRule[];
  readonly sensitivity: Sensitivity;
  /** What fingerprints of secrets are made with, where the caller wants any. */
  readonly secrets?: { readonly recorded: Value; readonly live: Value; readonly fingerprint: Fingerprint };
}

export interface ResourceVerdict {
  readonly verdict: Extract<Verdict, "in_sync" | "changed" | "deleted" | "ignored">;
  /** The rule that silences the whole resource. */
  readonly reason?: Reason;
  /** Masked, in the order of their paths; informational and ignored ones too. */
  readonly changes: readonly Change[];
}

/** The last step of the ladder: what is said of one resource. */
export function verdictOf(source: VerdictSource): ResourceVerdict {
  const rule = resourceIgnoredBy(source.rules);
  if (source.deleted) {
    return rule === undefined
      ? { verdict: "deleted", changes: [] }
      : { verdict: "ignored", reason: ignoredReason(rule), changes: [] };
  }
  const changes = changesOf(source);
  const drift = changes.filter(({ informational }) => !informational);
  if (drift.length === 0) return { verdict: "in_sync", changes };
  if (drift.some(({ ignoredBy }) => ignoredBy === undefined)) return { verdict: "changed", changes };
  return rule === undefined
    ? { verdict: "ignored", changes }
    : { verdict: "ignored", reason: ignoredReason(rule), changes };
}

/** Masked last: rules look into values, and only what leaves here must be free of secrets. */
function changesOf({ findings, shape, rules, sensitivity, secrets }: VerdictSource): readonly Change[] {
  const marked = markIgnored(findings.map(changeOf), shape, rules);
  const masked = marked.map((change) => {
    const hidden = maskChange(change, sensitivity);
    return secrets === undefined ? hidden : fingerprinted(change, hidden, { shape, ...secrets });
  });
  return withoutRepetition(masked.sort(compareChanges));
}

function changeOf({ difference, explanation }: Finding): Change {
  const { path, op, recorded, live, element, recordedJson, liveJson, standing } = difference;
  const informational = standing === "computedOnly" || explanation !== undefined;
  return {
    path,
    op,
    ...(recorded === undefined ? {} : { recorded }),
    ...(live === undefined ? {} : { live }),
    ...(element === undefined ? {} : { element }),
    ...(recordedJson === undefined ? {} : { recordedJson }),
    ...(liveJson === undefined ? {} : { liveJson }),
    settable: isSettable(difference),
    ...(informational ? { informational } : {}),
  };
}

/** Writing the record back undoes it: the code has the say, or would have had it. */
function isSettable({ standing }: Difference): boolean {
  return standing === "declared" || standing === "unset";
}

function ignoredReason(rule: string): Reason {
  return { code: "rule", message: `ignored by ${rule}` };
}

const OPS: readonly Change["op"][] = ["remove", "replace", "add"];

function compareChanges(left: Change, right: Change): number {
  const byPath = comparePaths(left.path, right.path);
  if (byPath !== 0) return byPath;
  const byOp = OPS.indexOf(left.op) - OPS.indexOf(right.op);
  if (byOp !== 0) return byOp;
  const [a, b] = [canonicalDynamic(left.element ?? null), canonicalDynamic(right.element ?? null)];
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Several changes inside one secret look the same once masked: one is enough, and drift outweighs the rest. */
function withoutRepetition(changes: readonly Change[]): readonly Change[] {
  const secrets = new Map<string, Change>();
  for (const change of changes) {
    if (!change.sensitive) continue;
    const key = formatPath(change.path);
    const kept = secrets.get(key);
    if (kept === undefined || weight(change) > weight(kept)) secrets.set(key, change);
  }
  return changes.filter((change) => !change.sensitive || secrets.get(formatPath(change.path)) === change);
}

function weight(change: Change): number {
  if (change.informational) return 0;
  return change.ignoredBy === undefined ? 2 : 1;
}

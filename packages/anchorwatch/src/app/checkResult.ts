import { basename, relative } from "node:path";
import type {
  CheckResult,
  Coverage,
  PendingChange,
  ResourceResult,
  StackIdentity,
  Verdict,
} from "../domain/check.ts";
import type { StackRead } from "../terraform/read/readStack.ts";
import type { StackRequest } from "./stackAccess.ts";
import type { StackState } from "./stackState.ts";

export function checkResult(
  request: StackRequest,
  stack: StackState,
  about: Pick<CheckResult, "startedAt" | "finishedAt" | "trigger">,
  { resources, pending, identities, warnings }: StackRead,
): CheckResult {
  return {
    stack: identityOf(request, stack),
    ...about,
    coverage: coverageOf(resources, pending),
    resources,
    pending,
    identities,
    warnings,
  };
}

/** Called after its entry in `anchorwatch.yaml`, else after its folder, else after the state file. */
export function identityOf(request: StackRequest, { state, workspace }: StackState): StackIdentity {
  const { dir, stateFile, withCode } = request;
  const name =
    request.stackName ?? (withCode || stateFile === undefined ? basename(dir) : basename(stateFile));
  const path = relative(request.workingDirectory, dir).replaceAll("\\", "/") || ".";
  return {
    name,
    kind: "terraform",
    ...(workspace === undefined ? {} : { workspace }),
    ...(withCode ? { path } : {}),
    ...(state.lineage === undefined ? {} : { lineage: state.lineage }),
    serial: state.serial,
  };
}

function coverageOf(resources: readonly ResourceResult[], pending: readonly PendingChange[]): Coverage {
  const counts = new Map<Verdict, number>();
  for (const { verdict } of resources) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  const count = (verdict: Verdict) => counts.get(verdict) ?? 0;
  return {
    resources: resources.length,
    inSync: count("in_sync"),
    changed: count("changed"),
    deleted: count("deleted"),
    unmanaged: count("unmanaged"),
    absorbed: count("absorbed"),
    ignored: count("ignored"),
    unknown: count("unknown"),
    notChecked: count("not_checked"),
    pending: pending.length,
  };
}

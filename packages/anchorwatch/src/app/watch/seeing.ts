/** From what a check says of a resource to what the record of its drift keeps. */
import { markSince } from "../../compare/marks.ts";
import type { ResourceResult } from "../../domain/check.ts";
import type { DriftMark } from "../../domain/driftMark.ts";
import type { JsonObject } from "../../domain/jsonValue.ts";
import { formatPath, type Path } from "../../domain/path.ts";
import type { Marked } from "../../terraform/read/marked.ts";
import type { DriftRecord } from "../../watch/drift.ts";
import type { Sight, Step } from "../../watch/stepDrift.ts";
import { isDrift } from "../exitStatus.ts";
import { drifted } from "../ledger/driftEntry.ts";
import type { Recording } from "../ledger/recordCheck.ts";

/** What the verdict of a check says of the resource. */
export function sightOf(resource: ResourceResult, serial: number): Sight {
  if (isDrift(resource)) {
    const { verdict } = resource as { readonly verdict: "changed" | "deleted" | "unmanaged" | "absorbed" };
    return { kind: "drifted", verdict, digest: drifted(resource, serial).digest };
  }
  switch (resource.verdict) {
    case "in_sync":
      return { kind: "in_sync" };
    case "ignored":
      return { kind: "ignored", paths: ignoredPaths(resource) };
    default:
      return { kind: "unseen" };
  }
}

function ignoredPaths({ changes = [] }: ResourceResult): readonly Path[] {
  return changes.flatMap(({ path, ignoredBy }) => (ignoredBy === undefined ? [] : [path]));
}

/** What was absorbed, or of which nothing is known, stays marked beside what shows, and at the same place under it. */
export function marksAfter(
  step: Step,
  last: DriftRecord | undefined,
  marked: Marked | undefined,
): readonly DriftMark[] {
  const known = last?.status === "open" ? last.marks : [];
  if (step.kind === "absorbed" || step.kind === "closed") return known;
  const now = new Map((marked?.marks ?? []).map((mark) => [formatPath(mark.path), mark]));
  for (const [at, mark] of known.entries()) {
    const standing = marked?.standings[at];
    if (standing === "restored" || standing === "declared") continue;
    const place = formatPath(mark.path);
    const shown = now.get(place);
    now.set(place, shown === undefined ? mark : markSince(mark, shown));
  }
  return [...now.values()];
}

/** What a record keeps of what an entry says. */
export function foundOf({
  data,
  before,
  after,
}: Recording["entry"] | ReturnType<typeof drifted>["members"]): JsonObject {
  return {
    data,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}

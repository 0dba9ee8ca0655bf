/** What a check of one's own says of a deployment. */
import type { CheckResult, ResourceResult } from "../../domain/check.ts";
import { plural } from "../../domain/plural.ts";
import { isBlindSpot, isDrift } from "../exitStatus.ts";
import type { AskedSync, OpenDrift } from "./stackAnswer.ts";

export function syncOfCheck({ resources, finishedAt }: CheckResult): AskedSync {
  const drifts = resources.filter(isDrift).map(openDrift);
  const blind = resources.filter(isBlindSpot);
  const [first] = blind;
  if (first === undefined) return { kind: "known", asOf: finishedAt, drifts };
  const why = first.reason === undefined ? "" : `: ${first.reason.message}`;
  const because = `${plural(blind.length, "resource")} could not be read, such as ${first.address}${why}`;
  return { kind: "unknown", because, drifts };
}

function openDrift({ address, type, verdict, changes = [], classification }: ResourceResult): OpenDrift {
  const why = classification?.rules[0]?.explanation ?? classification?.fallback?.because;
  const told = changes.filter(({ informational, ignoredBy }) => !informational && ignoredBy === undefined);
  return {
    address,
    type,
    verdict: verdict as OpenDrift["verdict"],
    attributes: [...new Set(told.map(({ path: [first] }) => String(first)))],
    ...(classification === undefined ? {} : { severity: classification.severity }),
    ...(why === undefined ? {} : { why }),
  };
}

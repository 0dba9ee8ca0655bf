/** How verdicts, counts and places are called in every report. */
import { posix } from "node:path";
import type {
  CheckResult,
  Coverage,
  PendingChange,
  ResourceResult,
  SourceLocation,
  Verdict,
} from "../../domain/check.ts";
import { escapeText } from "../../domain/escape.ts";
import { plural } from "../../domain/plural.ts";

export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  in_sync: "in sync",
  changed: "changed",
  deleted: "deleted",
  unmanaged: "unmanaged",
  absorbed: "absorbed",
  ignored: "ignored",
  unknown: "unknown",
  not_checked: "not checked",
};

/** `aws_instance.web (deposed 1a2b3c4d)`; an unmanaged resource has no address: `aws_s3_bucket logs-2019`. */
export function resourceName(resource: ResourceResult): string {
  const unmanaged = resource.verdict === "unmanaged" || resource.address === "";
  const name = unmanaged ? `${resource.type} ${resource.id ?? "(no id)"}` : resource.address;
  return escapeText(resource.deposed === undefined ? name : `${name} (deposed ${resource.deposed})`);
}

/** As seen from where the check was asked for, so that editors and terminals can open it. Not escaped. */
export function sourcePath(source: SourceLocation, result: CheckResult): string {
  const { path } = result.stack;
  return path === undefined || path === "" || path === "." ? source.file : posix.join(path, source.file);
}

export function sourceFile(source: SourceLocation, result: CheckResult): string {
  return escapeText(sourcePath(source, result));
}

export function sourceText(source: SourceLocation | undefined, result: CheckResult): string {
  return source === undefined ? "" : `${sourceFile(source, result)}:${source.line}`;
}

/** `15 resources: 11 in sync, 3 changed, 1 deleted · 0 unknown · 1.2 s` */
export function coverageText(result: CheckResult): string {
  const { coverage } = result;
  const counts = COUNTED.flatMap(([key, word]) =>
    key === "inSync" || coverage[key] > 0 ? [`${coverage[key]} ${word}`] : [],
  );
  const parts = [
    `${plural(coverage.resources, "resource")}: ${counts.join(", ")}`,
    `${coverage.unknown} unknown`,
  ];
  if (coverage.pending > 0) parts.push(`${coverage.pending} pending`);
  parts.push(durationText(result.finishedAt.getTime() - result.startedAt.getTime()));
  return parts.join(" · ");
}

const COUNTED: readonly (readonly [keyof Coverage, string])[] = [
  ["inSync", "in sync"],
  ["changed", "changed"],
  ["deleted", "deleted"],
  ["unmanaged", "unmanaged"],
  ["absorbed", "absorbed"],
  ["ignored", "ignored"],
  ["notChecked", "not checked"],
];

/** `0.3 s`, `12 s`, `3 min`, `3 min 5 s`. */
export function durationText(milliseconds: number): string {
  const seconds = Math.max(milliseconds, 0) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = `${Math.floor(whole / 60)} min`;
  return whole % 60 === 0 ? minutes : `${minutes} ${whole % 60} s`;
}

const ORDER = new Intl.Collator("en", { numeric: true });

/** By address, `web[2]` before `web[10]`; the order in which reads came back means nothing. */
export function sorted(resources: readonly ResourceResult[]): readonly ResourceResult[] {
  const named = resources.map((resource) => ({ resource, name: resourceName(resource) }));
  return named.sort((a, b) => ORDER.compare(a.name, b.name)).map(({ resource }) => resource);
}

/** `create`, and whether somebody made the change by hand already. */
export function pendingText(pending: PendingChange): string {
  return pending.alreadyLive ? `${pending.action}, already live` : pending.action;
}

/** The conclusion in one sentence: what a person wants to know first. */
export function conclusion(drifted: number, blind: number, result: CheckResult): string {
  const { resources } = result.coverage;
  const drift =
    drifted > 0
      ? `Drift: ${drifted} of ${plural(resources, "resource")} ${drifted === 1 ? "is" : "are"} not as deployed.`
      : "";
  if (blind > 0) {
    const verb = blind === 1 ? "was" : "were";
    const doubt = drifted > 0 ? "there may be more drift" : "they may have drifted";
    const one = drifted === 0 && blind === 1 ? "it may have drifted" : doubt;
    return `${drift === "" ? "" : `${drift} `}Incomplete: ${plural(blind, "resource")} ${verb} not seen, ${one}.`;
  }
  if (drift !== "") return drift;
  return resources === 0 ? "Nothing to check: the state holds no resources." : "No drift.";
}

import type { IgnoreThings } from "../../../inventory/leftOut.ts";
import type { AccountSettings, UnmanagedSettings } from "../../watch/unmanagedSettings.ts";
import { written } from "../issues.ts";
import type { DocumentPath } from "../yamlDocument.ts";
import { awsOf, durationAt, type SectionContext } from "./section.ts";
import type { UnmanagedSection } from "./unmanagedSchema.ts";

const DEFAULT_EVERY_MS = 3_600_000;
/** Each search asks every service of the account. */
const LEAST_EVERY_MS = 60_000;

export function readUnmanagedSection(section: UnmanagedSection, context: SectionContext): UnmanagedSettings {
  const { accounts, ignore = [] } = section;
  reportRepeatedNames(accounts, context);
  return {
    everyMs: readEvery(section, context),
    accounts: accounts.map(accountOf),
    ignore: ignore.map((rule, index) => readIgnore(rule, ["unmanaged", "ignore", index], context)),
  };
}

function readEvery({ every }: UnmanagedSection, { problems }: SectionContext): number {
  if (every === undefined) return DEFAULT_EVERY_MS;
  const at = ["unmanaged", "every"];
  const everyMs = durationAt(every, at, problems);
  if (everyMs > 0 && everyMs < LEAST_EVERY_MS)
    problems.reportAt(
      at,
      `${written(at)}: ${every} is shorter than 1m`,
      "Events are looked after at once, whatever it says.",
    );
  return everyMs;
}

function accountOf({
  name,
  account,
  regions,
  aws,
  labels = {},
  without = [],
}: UnmanagedSection["accounts"][number]): AccountSettings {
  return {
    name,
    ...(account === undefined ? {} : { account }),
    regions: [...new Set(regions)],
    aws: awsOf(aws),
    labels,
    without,
  };
}

function reportRepeatedNames(
  accounts: UnmanagedSection["accounts"],
  { problems, lineOf }: SectionContext,
): void {
  const seen = new Map<string, number>();
  for (const [index, { name }] of accounts.entries()) {
    const before = seen.get(name);
    const at = (place: number): DocumentPath => ["unmanaged", "accounts", place, "name"];
    if (before === undefined) seen.set(name, index);
    else
      problems.reportAt(
        at(index),
        `the name “${name}” is already taken in line ${lineOf(at(before))}`,
        "Give each account its own.",
      );
  }
}

function readIgnore(
  { arn, type, tags, reason }: NonNullable<UnmanagedSection["ignore"]>[number],
  at: DocumentPath,
  { problems, file, lineOf }: SectionContext,
): IgnoreThings {
  if (arn === undefined && type === undefined && tags === undefined)
    problems.reportAt(at, `${written(at)} would leave out everything`, "Add arn, type or tags.");
  return {
    ...(arn === undefined ? {} : { arn }),
    ...(type === undefined ? {} : { type }),
    ...(tags === undefined ? {} : { tags }),
    reason,
    origin: `${file}:${lineOf(at)}`,
  };
}

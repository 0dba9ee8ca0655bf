/** The section `access` of the operator's file. */
import type { Warning } from "../../../domain/errors.ts";
import { type AccessSettings, DEFAULT_ACCESS } from "../../access/accessSettings.ts";
import { parseLasting } from "../duration.ts";
import { written } from "../issues.ts";
import type { DocumentPath } from "../yamlDocument.ts";
import { checkedPolicies, readPolicies } from "./accessPolicies.ts";
import { readPeopleProviders } from "./accessProviders.ts";
import { readRoles } from "./accessRoles.ts";
import type { AccessSection } from "./accessSchema.ts";
import { accessWarnings } from "./accessWarnings.ts";
import { readWorkloads } from "./accessWorkloads.ts";
import type { ListenSettings } from "./listenSettings.ts";
import type { SectionContext } from "./section.ts";

export interface ReadAccess {
  readonly settings: AccessSettings;
  /** What is allowed, and hardly meant. */
  readonly warnings: readonly Warning[];
}

const AT = ["access"];

export async function readAccessSection(
  section: AccessSection,
  listen: ListenSettings,
  context: SectionContext,
): Promise<ReadAccess> {
  const { problems } = context;
  const providers = readPeopleProviders(section.providers ?? [], [...AT, "providers"], context);
  const workloads = readWorkloads(section.workloads ?? [], [...AT, "workloads"], listen, context);
  const assignments = readRoles(section.roles ?? [], [...AT, "roles"], workloads, context);
  const policies = await readPolicies(section.policies ?? [], [...AT, "policies"], context);
  const checked = await checkedPolicies(policies);
  problems.found.push(...checked.problems);
  const { sessions, tokens } = DEFAULT_ACCESS;
  const lasting = (text: string | undefined, at: DocumentPath, otherwise: number) =>
    text === undefined ? otherwise : lastingAt(text, [...AT, ...at], context);
  const settings: AccessSettings = {
    assignments,
    providers,
    workloads,
    policies,
    sessions: {
      idleMs: lasting(section.sessions?.idle, ["sessions", "idle"], sessions.idleMs),
      longestMs: lasting(section.sessions?.longest, ["sessions", "longest"], sessions.longestMs),
    },
    tokens: { longestMs: lasting(section.tokens?.longest, ["tokens", "longest"], tokens.longestMs) },
    passwords: section.passwords ?? DEFAULT_ACCESS.passwords,
  };
  return { settings, warnings: [...checked.warnings, ...accessWarnings(section, settings, context)] };
}

/** What lasts a minute signs everybody out all the time; what lasts longer than ten years is for ever. */
const SHORTEST_MS = 60_000;
const LONGEST_MS = 3650 * 86_400_000;

/** Milliseconds. */
function lastingAt(text: string, at: DocumentPath, { problems }: SectionContext): number {
  const milliseconds = parseLasting(text) ?? 0;
  if (milliseconds < SHORTEST_MS || milliseconds > LONGEST_MS) {
    problems.reportAt(
      at,
      `${written(at)}: ${text} is too short or too long`,
      "From 1m to 3650d; hours go up to 576h.",
    );
  }
  return milliseconds;
}

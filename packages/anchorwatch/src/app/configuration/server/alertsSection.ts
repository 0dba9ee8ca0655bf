/** The sections `channels` and `alerts` of the operator's file. */
import { hash } from "node:crypto";
import { resolve } from "node:path";
import { CHANNELS, type RegisteredChannel } from "../../../alerts/channels/registry.ts";
import { DEFAULT_GROUPING, type GroupSettings } from "../../../alerts/grouping/group.ts";
import { isTimeZone, type QuietHours } from "../../../alerts/routing/quietHours.ts";
import type { Route } from "../../../alerts/routing/route.ts";
import { matchesGlob, parseGlob } from "../../../compare/glob.ts";
import type { EgressRules } from "../../../egress/rules.ts";
import { addressProblem } from "../../../egress/target.ts";
import { compileCondition } from "../../../policy/condition.ts";
import type { AlertSettings, ChannelSettings, SecretPlace } from "../../alerts/alertSettings.ts";
import { written } from "../issues.ts";
import { nearest } from "../nearest.ts";
import type { DocumentPath } from "../yamlDocument.ts";
import { type AlertsSection, type ChannelSection, DAYS } from "./alertsSchema.ts";
import { kindOf } from "./kindOf.ts";
import { durationAt, type SectionContext } from "./section.ts";

interface AlertsContext extends SectionContext {
  readonly egress: EgressRules;
}

const DEFAULT_PER_MINUTE = 60;

export function readAlertSections(
  channels: readonly ChannelSection[] = [],
  alerts: AlertsSection = {},
  context: AlertsContext,
): AlertSettings {
  reportRepeatedNames(channels, context);
  const names = channels.map(({ name }) => name);
  const { routes, owners = {}, group } = alerts;
  const reader = new RouteReader(names, context);
  return {
    channels: channels.flatMap((section, index) => readChannel(section, ["channels", index], context)),
    routing: {
      ...(routes === undefined
        ? {}
        : { routes: routes.map((route, index) => reader.read(route, ["alerts", "routes", index])) }),
      owners: new Map(
        Object.entries(owners).map(([owner, to]) => [
          owner.toLowerCase(),
          reader.channels(to, ["alerts", "owners", owner]),
        ]),
      ),
    },
    grouping: readGrouping(group, context),
  };
}

function readGrouping(section: AlertsSection["group"] = {}, { problems }: SectionContext): GroupSettings {
  const { window, most, mostOfAll } = section;
  return {
    windowMs:
      window === undefined
        ? DEFAULT_GROUPING.windowMs
        : durationAt(window, ["alerts", "group", "window"], problems),
    most: most ?? DEFAULT_GROUPING.most,
    mostOfAll: mostOfAll ?? DEFAULT_GROUPING.mostOfAll,
  };
}

/** Kinds of channels, as members of an entry that have sections of their own forms. */
const KINDS = CHANNELS.map(({ kind }) => kind);
const NO_MEMBERS = Object.fromEntries(KINDS.map((kind) => [kind, []])) as unknown as Readonly<
  Record<(typeof KINDS)[number], readonly string[]>
>;

function readChannel(
  section: ChannelSection,
  at: DocumentPath,
  context: AlertsContext,
): readonly ChannelSettings[] {
  const kind = kindOf(section, at, context.problems, {
    what: "channel",
    kinds: KINDS,
    members: NO_MEMBERS,
    common: ["name", "quietHours", "mostPerMinute"],
  });
  const definition = CHANNELS.find((one) => one.kind === kind);
  if (definition === undefined) return [];
  const { name, quietHours, mostPerMinute = DEFAULT_PER_MINUTE } = section;
  const given = section[definition.kind] as Readonly<Record<string, unknown>>;
  const here = [...at, definition.kind];
  reportProblems(definition, given, here, context);
  const resolved = withPaths(definition, given, context);
  const secrets = secretsOf(definition, given, here, context);
  const quiet = quietHours && readQuietHours(quietHours, [...at, "quietHours"], context);
  return [
    {
      ...{ name, kind: definition.kind, secrets, mostPerMinute },
      digest: hash("sha256", JSON.stringify([section, resolved, [...secrets]])),
      ...(quiet === undefined ? {} : { quiet }),
      open: (parts) => definition.open(resolved, parts),
    },
  ];
}

function reportProblems(
  definition: RegisteredChannel,
  given: Readonly<Record<string, unknown>>,
  at: DocumentPath,
  { problems, egress }: AlertsContext,
): void {
  for (const { member, problem, hint } of definition.check(given)) {
    const here = member === undefined ? at : [...at, member];
    problems.reportAt(here, `${written(here)} ${problem}`, hint);
  }
  for (const member of definition.addresses) {
    const address = given[member];
    if (typeof address !== "string") continue;
    const found = addressProblem(address, egress);
    const here = [...at, member];
    // The address itself is not repeated: it may be a secret.
    if (found !== undefined) problems.reportAt(here, `${written(here)} ${found.problem}`, found.hint);
  }
}

function withPaths(
  { paths }: RegisteredChannel,
  given: Readonly<Record<string, unknown>>,
  { folder }: AlertsContext,
): Readonly<Record<string, unknown>> {
  const absolute = paths.flatMap((member) => {
    const path = given[member];
    return typeof path === "string" && path !== "-" ? [[member, resolve(folder, path)] as const] : [];
  });
  return { ...given, ...Object.fromEntries(absolute) };
}

function secretsOf(
  { secrets }: RegisteredChannel,
  given: Readonly<Record<string, unknown>>,
  at: DocumentPath,
  { problems, variables, folder }: AlertsContext,
): ReadonlyMap<string, SecretPlace> {
  const found = new Map<string, SecretPlace>();
  for (const { name, isNeeded } of secrets) {
    const file = given[`${name}File`];
    const variable = given[`${name}Variable`];
    if (typeof file === "string" && typeof variable === "string") {
      problems.reportAt(at, `${written(at)} has both ${name}File and ${name}Variable`, "Remove one of them.");
    } else if (typeof file === "string") found.set(name, { kind: "file", path: resolve(folder, file) });
    else if (typeof variable === "string") {
      variables.push({ name: variable, at: [...at, `${name}Variable`] });
      found.set(name, { kind: "variable", name: variable });
    } else if (isNeeded) {
      problems.reportAt(at, `${written(at)} has no ${name}`, `Add ${name}File or ${name}Variable.`);
    }
  }
  return found;
}

function readQuietHours(
  { from, to, days, timeZone }: NonNullable<ChannelSection["quietHours"]>,
  at: DocumentPath,
  { problems }: AlertsContext,
): QuietHours {
  if (!isTimeZone(timeZone)) {
    const here = [...at, "timeZone"];
    problems.reportAt(
      here,
      `${written(here)}: there is no time zone ${timeZone}`,
      "Such as Europe/Berlin or UTC.",
    );
  }
  return {
    ...{ from: minutesOf(from), to: minutesOf(to), timeZone },
    ...(days === undefined ? {} : { days: days.map((day) => DAYS.indexOf(day)) }),
  };
}

function minutesOf(clock: string): number {
  const [hours, minutes] = clock.split(":").map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
}

function reportRepeatedNames(channels: readonly ChannelSection[], { problems, lineOf }: AlertsContext): void {
  const seen = new Map<string, number>();
  for (const [index, { name }] of channels.entries()) {
    const before = seen.get(name);
    const at = (place: number): DocumentPath => ["channels", place, "name"];
    if (before === undefined) seen.set(name, index);
    else
      problems.reportAt(
        at(index),
        `the name “${name}” is already taken in line ${lineOf(at(before))}`,
        "Give each channel its own.",
      );
  }
}

class RouteReader {
  readonly #names: readonly string[];
  readonly #context: AlertsContext;

  constructor(names: readonly string[], context: AlertsContext) {
    this.#names = names;
    this.#context = context;
  }

  read(route: NonNullable<AlertsSection["routes"]>[number], at: DocumentPath): Route {
    const { name, when = {}, to = [], owners = false, escalate = [], continue: goesOn = false } = route;
    const { types, rules, severity, class: kind, labels, condition } = when;
    const holds =
      condition === undefined ? undefined : this.#condition(condition, [...at, "when", "condition"]);
    const { problems } = this.#context;
    return {
      name: name ?? `route ${Number(at.at(-1)) + 1}`,
      when: {
        ...(severity === undefined ? {} : { severity }),
        ...(kind === undefined ? {} : { class: kind }),
        ...(labels === undefined ? {} : { labels }),
        ...(types === undefined ? {} : { types: types.map(matcher) }),
        ...(rules === undefined ? {} : { rules: rules.map(matcher) }),
        ...(holds === undefined ? {} : { holds }),
      },
      to: this.channels(to, [...at, "to"]),
      toOwners: owners,
      escalate: escalate
        .map((step, index) => ({
          afterMs: durationAt(step.after, [...at, "escalate", index, "after"], problems),
          to: this.channels(step.to, [...at, "escalate", index, "to"]),
        }))
        .sort((a, b) => a.afterMs - b.afterMs),
      goesOn,
    };
  }

  #condition(text: string, at: DocumentPath): Route["when"]["holds"] {
    const compiled = compileCondition(text);
    if (compiled.ok) return compiled.condition.holds;
    this.#context.problems.reportAt(
      at,
      `${written(at)}: ${compiled.problem.message}`,
      "docs/policies.md has the variables and functions.",
    );
    return undefined;
  }

  channels(names: readonly string[], at: DocumentPath): readonly string[] {
    const { problems } = this.#context;
    for (const [index, name] of names.entries()) {
      if (this.#names.includes(name)) continue;
      const meant = nearest(name, this.#names);
      const here = [...at, index];
      const hint = meant === undefined ? "Add it to channels." : `Did you mean ${meant}?`;
      problems.reportAt(here, `${written(here)}: there is no channel “${name}”`, hint);
    }
    return names;
  }
}

function matcher(pattern: string): (text: string) => boolean {
  const glob = parseGlob(pattern);
  return (text) => matchesGlob(glob, text);
}

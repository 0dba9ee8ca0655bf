/** The section `playbooks` of the operator's file. */
import { hash } from "node:crypto";
import type { ChannelKind } from "../../../alerts/channel.ts";
import type {
  Playbook,
  PlaybookCondition,
  PlaybookDeed,
  PlaybookStep,
} from "../../../alerts/playbooks/playbook.ts";
import { compileCondition } from "../../../policy/condition.ts";
import type { ChannelSettings } from "../../alerts/alertSettings.ts";
import { written } from "../issues.ts";
import { nearest } from "../nearest.ts";
import type { DocumentPath } from "../yamlDocument.ts";
import { kindOf } from "./kindOf.ts";
import { type PlaybookSection, STEP_KINDS } from "./playbooksSchema.ts";
import { durationAt, type SectionContext } from "./section.ts";

interface PlaybooksContext extends SectionContext {
  readonly channels: readonly Pick<ChannelSettings, "name" | "kind">[];
}

type StepSection = PlaybookSection["steps"][number];

const TIMEOUT_MS = 5 * 60_000;
const ANSWER_MS = 15 * 60_000;
const LONGEST_TIMEOUT_MS = 24 * 3_600_000;

const NO_MEMBERS = Object.fromEntries(STEP_KINDS.map((kind) => [kind, []])) as unknown as Readonly<
  Record<(typeof STEP_KINDS)[number], readonly string[]>
>;

/** Kinds of channels that a step may tell. */
const FITTING: Readonly<Partial<Record<(typeof STEP_KINDS)[number], readonly ChannelKind[]>>> = {
  page: ["pagerduty", "opsgenie"],
  incident: ["pagerduty", "opsgenie", "github", "gitlab"],
  webhook: ["webhook"],
};

export function readPlaybooksSection(
  section: readonly PlaybookSection[] = [],
  context: PlaybooksContext,
): readonly Playbook[] {
  const { problems, lineOf } = context;
  const names = new Map<string, number>();
  return section.map((one, index) => {
    const at: DocumentPath = ["playbooks", index];
    const before = names.get(one.name);
    if (before === undefined) names.set(one.name, index);
    else
      problems.reportAt(
        [...at, "name"],
        `the name “${one.name}” is already taken in line ${lineOf(["playbooks", before, "name"])}`,
        "Give each playbook its own.",
      );
    return {
      name: one.name,
      digest: `sha256:${hash("sha256", JSON.stringify(one))}`,
      on: [...new Set(one.on)],
      when: readCondition(one, at, context),
      steps: one.steps.flatMap((step, place) => readStep(step, [...at, "steps", place], context)),
    };
  });
}

function readCondition(
  { severity, class: kind, labels, when }: PlaybookSection,
  at: DocumentPath,
  { problems }: PlaybooksContext,
): PlaybookCondition {
  const compiled = when === undefined ? undefined : compileCondition(when);
  if (compiled?.ok === false) {
    const here = [...at, "when"];
    problems.reportAt(
      here,
      `${written(here)}: ${compiled.problem.message}`,
      "docs/policies.md has the variables and functions.",
    );
  }
  return {
    ...(severity === undefined ? {} : { severity }),
    ...(kind === undefined ? {} : { class: kind }),
    ...(labels === undefined ? {} : { labels }),
    ...(compiled?.ok === true ? { holds: compiled.condition.holds } : {}),
  };
}

function readStep(
  section: StepSection,
  at: DocumentPath,
  context: PlaybooksContext,
): readonly PlaybookStep[] {
  const { problems } = context;
  const kind = kindOf(section, at, problems, {
    ...{ what: "step", kinds: STEP_KINDS, members: NO_MEMBERS, common: ["timeout", "onFailure"] },
  });
  const deed = kind && deedOf(kind, section, at, context);
  if (deed === undefined) return [];
  const { timeout, onFailure = deed.kind === "webhook" ? "stop" : "continue" } = section;
  const usual = deed.kind === "webhook" ? ANSWER_MS : TIMEOUT_MS;
  const timeoutMs = timeout === undefined ? usual : durationAt(timeout, [...at, "timeout"], problems);
  if (timeoutMs > LONGEST_TIMEOUT_MS) {
    const here = [...at, "timeout"];
    problems.reportAt(here, `${written(here)}: ${timeout} is too long for a step`, "At most 24h.");
  }
  return [{ ...deed, timeoutMs, onFailure }];
}

function deedOf(
  kind: (typeof STEP_KINDS)[number],
  section: StepSection,
  at: DocumentPath,
  context: PlaybooksContext,
): PlaybookDeed | undefined {
  const here = [...at, kind];
  switch (kind) {
    case "notify":
    case "page":
    case "incident": {
      const channels = section[kind]?.channels ?? [];
      for (const [index, name] of channels.entries())
        checkChannel(name, kind, [...here, "channels", index], context);
      return { kind, channels: [...new Set(channels)] };
    }
    case "freeze": {
      const { for: time, reason = "" } = section.freeze ?? {};
      if (time === undefined) return { kind, reason };
      return { kind, reason, forMs: durationAt(time, [...here, "for"], context.problems) };
    }
    case "webhook": {
      const channel = section.webhook?.channel ?? "";
      checkChannel(channel, kind, [...here, "channel"], context);
      return { kind, channel };
    }
    default:
      return { kind };
  }
}

function checkChannel(
  name: string,
  kind: (typeof STEP_KINDS)[number],
  at: DocumentPath,
  { problems, channels }: PlaybooksContext,
): void {
  const found = channels.find((one) => one.name === name);
  const fitting = FITTING[kind];
  if (found === undefined) {
    const meant = nearest(
      name,
      channels.map((one) => one.name),
    );
    const hint = meant === undefined ? "Add it to channels." : `Did you mean ${meant}?`;
    problems.reportAt(at, `${written(at)}: there is no channel “${name}”`, hint);
  } else if (fitting !== undefined && !fitting.includes(found.kind)) {
    const message = `${written(at)}: the channel “${name}” is of the kind ${found.kind}, which does not fit a step ${kind}`;
    problems.reportAt(at, message, `Name one of the kind ${fitting.join(", ")}.`);
  }
}

/** What drift and freezes mean for a deployment. Drift of the very resources that it touches comes first: it would be undone, or buried. */
import type { DeploymentPlan, PlannedChange } from "../../domain/plannedChange.ts";
import type { GateFinding } from "./gateFinding.ts";
import type { GateSettings } from "./gateSettings.ts";
import type { FreezeAnswer, OpenDrift, SyncAnswer } from "./stackAnswer.ts";

export function syncFindings(
  sync: SyncAnswer,
  plan: DeploymentPlan | undefined,
  { drift: blocks }: Pick<GateSettings, "drift">,
): readonly GateFinding[] {
  if (sync.kind === "not_asked") return undoneByPlan(plan, new Set(), blocks);
  const touched = touchedBy(plan);
  const findings = sync.drifts.flatMap((drift): readonly GateFinding[] => {
    const change = drift.address === "" ? undefined : touched.get(drift.address);
    if (change !== undefined) return [undone(drift, change, blocks)];
    return drift.exceptedUntil === undefined ? [otherDrift(drift, blocks, plan !== undefined)] : [];
  });
  const named = new Set(
    sync.drifts.flatMap(({ address }) => [address, touched.get(address)?.address ?? address]),
  );
  const untold =
    sync.kind === "unknown" ? [notTold("Whether the stack is in sync is unknown", sync.because)] : [];
  return [...findings, ...undoneByPlan(plan, named, blocks), ...untold];
}

/** Drift of what is moved is known by the address that it had. */
function touchedBy(plan: DeploymentPlan | undefined): ReadonlyMap<string, PlannedChange> {
  const touched = new Map<string, PlannedChange>();
  for (const change of plan?.changes ?? []) {
    for (const address of [change.address, change.previousAddress]) {
      if (address !== undefined) touched.set(address, change);
    }
  }
  return touched;
}

export function freezeFindings(answer: FreezeAnswer): readonly GateFinding[] {
  switch (answer.kind) {
    case "not_asked":
    case "free":
      return [];
    case "unknown":
      return [notTold("Whether deployments are frozen is unknown", answer.because)];
    case "frozen": {
      const { reason, by, at, until } = answer.freeze;
      const end = until === undefined ? "until somebody thaws it" : `until ${moment(until)}`;
      return [
        {
          kind: "frozen",
          weight: "blocks",
          title: "Deployments of this stack are frozen",
          text: `${by} froze it at ${moment(at)}, ${end}: ${reason}`,
          advice: "Wait, or ask those who froze it to thaw it.",
        },
      ];
    }
  }
}

function undone(drift: OpenDrift, change: PlannedChange, blocks: GateSettings["drift"]): GateFinding {
  const isWritten =
    ["delete", "replace"].includes(change.action) ||
    drift.verdict === "deleted" ||
    drift.attributes.length === 0 ||
    change.changes.some(({ path: [first] }) => drift.attributes.includes(String(first)));
  const whose = drift.by === undefined ? "somebody's" : `${drift.by}'s`;
  const what = `${whose} change${drift.at === undefined ? "" : ` of ${moment(drift.at)}`}`;
  const until =
    drift.exceptedUntil === undefined ? "" : ` It was accepted until ${moment(drift.exceptedUntil)}.`;
  return {
    ...aboutDrift(drift),
    kind: "undone",
    weight: blocks === "tell" ? "told" : "blocks",
    title: isWritten
      ? `This deploy would undo ${what}: ${drift.address}`
      : `This deploy would bury ${what} in the state: ${drift.address}`,
    text: `${told(drift)}${until}`,
    advice: "Put it into the code first, or take it back on purpose.",
  };
}

function otherDrift(drift: OpenDrift, blocks: GateSettings["drift"], hasPlan: boolean): GateFinding {
  // Where nobody says what would be deployed, all of it may be touched.
  const counts = blocks === "any" || (blocks === "touched" && !hasPlan);
  const name = drift.address === "" ? drift.type : drift.address;
  return {
    ...aboutDrift(drift),
    kind: "drift",
    weight: counts ? "blocks" : "told",
    title: `The stack is not in sync: ${name} was ${VERDICT_WORDS[drift.verdict]}`,
    text: told(drift),
    advice: "Put it into the code, or put it back, before the next deploy buries it.",
  };
}

const VERDICT_WORDS: Readonly<Record<OpenDrift["verdict"], string>> = {
  changed: "changed outside the code",
  deleted: "deleted outside the code",
  unmanaged: "made outside the code",
  absorbed: "changed outside the code, and the state has taken that in",
};

function told({ by, at, attributes, why, verdict }: OpenDrift): string {
  const who =
    by === undefined
      ? "Nobody knows who did it."
      : `${by} did it${at === undefined ? "" : ` at ${moment(at)}`}.`;
  const where = attributes.length === 0 ? "" : `Differs: ${attributes.join(", ")}. `;
  const what = verdict === "deleted" ? "It does not exist any more. " : where;
  return `${what}${who}${why === undefined ? "" : ` ${why}`}`;
}

function aboutDrift({ address, severity }: OpenDrift): Pick<GateFinding, "address" | "severity"> {
  return {
    ...(address === "" ? {} : { address }),
    ...(severity === undefined ? {} : { severity }),
  };
}

/** What the plan itself shows, where nobody else told of it. */
function undoneByPlan(
  plan: DeploymentPlan | undefined,
  known: ReadonlySet<string>,
  blocks: GateSettings["drift"],
): readonly GateFinding[] {
  return (plan?.undoing ?? [])
    .filter(({ address }) => !known.has(address))
    .map(({ address, attributes }) => ({
      kind: "undone",
      weight: blocks === "tell" ? "told" : "blocks",
      title: `This deploy would undo somebody's change: ${address}`,
      text:
        attributes.length === 0
          ? "It was deleted outside the code, as the plan itself shows, and would be made again."
          : `Changed outside the code, as the plan itself shows, and changed back by it: ${attributes.join(", ")}.`,
      advice: "Put it into the code first, or take it back on purpose.",
      address,
    }));
}

function notTold(title: string, because: string): GateFinding {
  return { kind: "not_told", weight: "unknown", title, text: because };
}

/** To the minute: people remember that. */
function moment(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

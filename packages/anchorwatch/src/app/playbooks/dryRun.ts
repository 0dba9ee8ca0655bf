/** What a playbook would do for a drift as it is now, without doing any of it. */
import { type Playbook, type PlaybookDeed, whatItDoes } from "../../alerts/playbooks/playbook.ts";
import { fits } from "../../alerts/playbooks/starting.ts";
import type { PlaybookEvent } from "../../domain/playbookEvent.ts";
import type { DriftId } from "../../watch/drift.ts";
import { routable } from "../alerts/seenDrift.ts";
import type { PlaybookContext } from "./playbookContext.ts";

export interface DryRun {
  readonly playbook: string;
  readonly driftId: DriftId;
  /** The events of a drift that it waits for. */
  readonly on: readonly PlaybookEvent[];
  /** Undefined: its condition cannot be evaluated, and it would not start. */
  readonly holds: boolean | undefined;
  /** Why it would not start. */
  readonly because?: string;
  readonly steps: readonly { readonly kind: string; readonly does: string; readonly problem?: string }[];
}

/** Undefined: there is no such playbook, or no such drift. */
export async function dryRun(
  context: Pick<PlaybookContext, "playbooks" | "drifts" | "records" | "channel" | "now" | "isBreakGlass">,
  name: string,
  driftId: DriftId,
): Promise<DryRun | undefined> {
  const playbook = context.playbooks().find((one) => one.name === name);
  const [found] = await context.drifts.byIds([driftId]);
  if (playbook === undefined || found === undefined) return undefined;
  const seen = (await context.records.drifts.seenOf([driftId])).get(driftId);
  const fit = fits(playbook, routable(found, [], seen, context.now(), context.isBreakGlass));
  const because = whyNot(playbook, fit.kind === "problem" ? fit.message : undefined, fit.kind === "yes");
  const excepted = found.drift.excepted === undefined ? {} : { because: "an exception silences the drift" };
  return {
    ...{
      playbook: name,
      driftId,
      on: playbook.on,
      holds: fit.kind === "problem" ? undefined : fit.kind === "yes",
    },
    ...excepted,
    ...(because === undefined ? {} : { because }),
    steps: playbook.steps.map((step) => ({
      ...{ kind: step.kind, does: whatItDoes(step) },
      ...problemOf(step, context),
    })),
  };
}

function whyNot({ name }: Playbook, problem: string | undefined, holds: boolean): string | undefined {
  if (problem !== undefined) return `its condition could not be evaluated: ${problem}`;
  return holds ? undefined : `what ${name} asks of a drift does not hold for this one`;
}

/** Whether the channels are there; nothing is sent to them. */
function problemOf(
  deed: PlaybookDeed,
  { channel }: Pick<PlaybookContext, "channel">,
): { readonly problem?: string } {
  const names = "channels" in deed ? deed.channels : deed.kind === "webhook" ? [deed.channel] : [];
  const missing = names.filter((name) => channel(name) === undefined);
  return missing.length === 0 ? {} : { problem: `the operator's file has no channel ${missing.join(", ")}` };
}

/** `gate --check`: the stack is looked at now, as `anchorwatch check` does. */
import type { AskedSync } from "../../app/gate/stackAnswer.ts";
import { syncOfCheck } from "../../app/gate/syncOfCheck.ts";
import { messageOf } from "../../domain/errors.ts";
import { buildCheckRequest } from "../checkRequest.ts";
import { writeTo } from "../output.ts";
import { formatProblemText, formatWarningText, problemOf } from "../problem.ts";
import { progressStyle, showProgress } from "../progress.ts";
import type { Surroundings } from "../surroundings.ts";
import { harmless } from "./formats/harmless.ts";
import type { GateFlags } from "./gateFlags.ts";

/** A check that cannot be made leaves it unknown. */
export async function ownCheck(
  wanted: string | undefined,
  flags: GateFlags,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<AskedSync> {
  const { stderr, environment, now, every } = surroundings;
  const progress = showProgress({
    style: progressStyle(stderr.isTTY === true && environment["TERM"] !== "dumb", "text"),
    write: (text) => stderr.write(text),
    ...{ now, every },
    width: () => stderr.columns || 80,
  });
  try {
    const request = await buildCheckRequest(wanted ?? folderOf(flags), checkFlags(flags), surroundings);
    const result = await surroundings.checkStack(request, {
      progress: progress.update,
      result: () => {},
      signal,
    });
    progress.stop();
    await writeTo(stderr, harmless(result.warnings.map(formatWarningText).join("")));
    return syncOfCheck(result);
  } catch (error) {
    progress.stop();
    signal.throwIfAborted();
    // What went wrong may be of any kind, and none of them is a yes.
    await writeTo(stderr, harmless(formatProblemText(problemOf(error), false)));
    return { kind: "unknown", because: `The check failed: ${messageOf(error)}`, drifts: [] };
  }
}

/** With a state file of its own, the code here is checked against it. */
function folderOf({ state }: GateFlags): string | undefined {
  return state === undefined ? undefined : ".";
}

function checkFlags({ state, variables, timeout, readRole, externalId, profile, config, color }: GateFlags) {
  return {
    target: [],
    ignore: [],
    all: false,
    pending: false,
    strict: false,
    format: "text",
    variables,
    color,
    ...(state === undefined ? {} : { state }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(readRole === undefined ? {} : { readRole }),
    ...(externalId === undefined ? {} : { externalId }),
    ...(profile === undefined ? {} : { profile }),
    ...(config === undefined ? {} : { config }),
  } as const;
}

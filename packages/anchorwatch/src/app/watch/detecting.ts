/** A detector that gives no sign of life any more is an alarm of its own, and so is its return. */
import { hash } from "node:crypto";
import type { JsonObject } from "../../domain/jsonValue.ts";
import type { DetectorStatus, OutboxEntry } from "../../watch/records.ts";
import type { WatchContext } from "./watchContext.ts";

/** Looks once. Each death and each return is told once, whoever looks. @throws AnchorwatchError `database_*` */
export async function lookAtDetectors({ records, now }: WatchContext): Promise<void> {
  const at = now();
  await records.transaction(async (inside) => {
    const dead = await inside.detectors.buryDead(at);
    const alive = await inside.detectors.resurrect();
    const entries = [...dead.map((one) => deadEntry(one, at)), ...alive.map((one) => aliveEntry(one, at))];
    if (entries.length > 0) await inside.outbox.put(entries);
  });
}

const ACTOR = { type: "system", id: "anchorwatch/watch" } as const;

function deadEntry(detector: DetectorStatus, at: Date): OutboxEntry {
  const { name, problem, wellAt } = detector;
  const reason = problem ?? `It gave no sign of life within ${detector.expectedWithinMs} ms.`;
  return entryOf(detector, "detector.dead", at, {
    detector: name,
    reason: reason.slice(0, 4000).toWellFormed(),
    ...(wellAt === undefined ? {} : { lastSeenAt: wellAt.toISOString() }),
  });
}

function aliveEntry(detector: DetectorStatus, at: Date): OutboxEntry {
  const deadSince = (detector.deadSince ?? at).toISOString();
  return entryOf(detector, "detector.revived", at, { detector: detector.name, deadSince });
}

function entryOf(
  { name, deadSince, at: beatAt }: DetectorStatus,
  kind: string,
  at: Date,
  data: JsonObject,
): OutboxEntry {
  const moment = (deadSince ?? beatAt).getTime();
  // Many may die in one millisecond: a database that comes back finds them all.
  const id = `${kind}:${moment}:${hash("sha256", name).slice(0, 32)}`;
  return { id, entry: { id, kind, time: at.toISOString(), actor: ACTOR, data }, content: [] };
}

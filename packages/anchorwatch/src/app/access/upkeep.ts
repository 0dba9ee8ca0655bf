/** What is over is taken away: sessions, half-done ceremonies, counted attempts, old tokens. Any number of processes may do it at once. */
import { LONGEST_WINDOW_MS } from "../../auth/attempts/doors.ts";
import type { AccessContext } from "./accessContext.ts";
import { OURSELVES } from "./entries.ts";
import { endedEntry } from "./sessions.ts";

/** To be called so often. */
export const UPKEEP_EVERY_MS = 60_000;

const AT_ONCE = 500;
const DAY_MS = 86_400_000;
/** Whoever looks for what a token was finds it so long after its end. */
const TOKENS_KEPT_MS = 90 * DAY_MS;

/** @throws AnchorwatchError `database_*` */
export async function keepUp(context: AccessContext): Promise<void> {
  const { records, now } = context;
  await context.gathering.flush();
  await endForgotten(context);
  const at = now();
  await records.ceremonies.forget(at);
  await records.attempts.forget(new Date(at.getTime() - LONGEST_WINDOW_MS));
  await records.answers.forget(new Date(at.getTime() - DAY_MS));
  await records.tokens.forget(new Date(at.getTime() - TOKENS_KEPT_MS));
}

/** Sessions that nobody came back to. */
async function endForgotten(context: AccessContext): Promise<void> {
  const { records, now, settings } = context;
  for (;;) {
    const at = now();
    const idleSince = new Date(at.getTime() - settings().sessions.idleMs);
    const ended = await records.transaction(async (inside) => {
      const over = await inside.sessions.takeOver(at, idleSince, AT_ONCE);
      const entries = over.map((session) => endedEntry(context, session, OURSELVES, { cause: "expired" }));
      await inside.outbox.put(entries);
      return over.length;
    });
    if (ended < AT_ONCE) return;
  }
}

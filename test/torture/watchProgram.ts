/**
 * One process of a watch of several, up to the end of its channel: `watchProgram.ts PLACE` with DATABASE_URL, forked. Takes events that
 * come on the channel, and says of each delivery whether it was taken.
 */
import process from "node:process";
import { ledgerFolder } from "../../packages/anchorwatch/src/app/ledger/ledgerFolder.ts";
import { type RunningWatch, startWatch } from "../../packages/anchorwatch/src/app/watch/startWatch.ts";
import { AnchorwatchError } from "../../packages/anchorwatch/src/domain/errors.ts";
import { declarationsOf, watchMachine, watchSettings } from "../watch/watchParts.ts";
import type { Delivery, Said, WatchPlace } from "./watchProcess.ts";

const place = JSON.parse(process.argv[2] ?? "") as WatchPlace;
const gone = new Promise<void>((resolve) => process.once("disconnect", resolve));

try {
  const watch = await start();
  process.on("message", (delivery: Delivery) => void take(watch, delivery));
  say({ kind: "open" });
  await gone;
  await watch.stop();
  process.exit(0);
} catch (error) {
  say({ kind: "failed", code: codeOf(error) });
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  // What was said is on its way.
  setTimeout(() => process.exit(3), 50);
}

async function start(): Promise<RunningWatch> {
  const machine = watchMachine(place.home);
  return await startWatch({
    settings: watchSettings(place.home, { workFolder: place.work }),
    ledger: await ledgerFolder({ kind: "folder", name: "ledger", path: place.ledger }, machine),
    databaseUrl: process.env["DATABASE_URL"],
    machine,
    declarations: declarationsOf(place.stacks),
    onWarning: (warning) => say({ kind: "warned", code: warning.code, message: warning.message }),
  });
}

async function take(watch: RunningWatch, { number, events }: Delivery): Promise<void> {
  const batch = events.map((event) => ({ kind: "change", event }) as const);
  try {
    await watch.take("torture", batch, new Date());
    say({ kind: "took", number });
  } catch (error) {
    say({ kind: "refused", number, code: codeOf(error) });
  }
}

function say(what: Said): void {
  if (process.connected) process.send?.(what, undefined, undefined, () => {}); // Who does not hear it any more has ended.
}

function codeOf(error: unknown): string {
  return error instanceof AnchorwatchError ? error.code : String(error);
}

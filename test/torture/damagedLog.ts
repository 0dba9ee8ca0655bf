/** A log of 1,000 entries, damaged in every way: nothing that somebody does to its files may go unnoticed. */
import {
  type DamageReport,
  everyFlipIsFound,
  everySwapIsFound,
  everyTruncationIsFound,
  logToDamage,
} from "../../packages/tlog/src/damage.fixture.ts";
import { TortureError } from "./error.ts";
import type { Place } from "./place.ts";

/** Every bit takes half an hour; quickly, a sample. */
export async function damagedLog({ quick, say }: Place): Promise<string> {
  const log = await logToDamage(quick ? 40 : 1000);
  const every = quick ? 97 : 1;
  say(`flipping ${quick ? "a sample of the bits" : "every bit"} of ${log.files.size} files`);
  const flips = found(await everyFlipIsFound(log, every));
  say("cutting every file off");
  const cuts = found(await everyTruncationIsFound(log, every));
  say("swapping files");
  const swaps = found(await everySwapIsFound(log));
  return `${flips} bits flipped, ${cuts} files cut or longer, ${swaps} swapped: all found`;
}

function found({ tried, missed }: DamageReport): number {
  if (tried > 0 && missed.length === 0) return tried;
  throw new TortureError("log_wrong", `not found: ${missed.slice(0, 10).join("; ") || "nothing was tried"}`);
}

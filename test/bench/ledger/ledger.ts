/** The ledger's figures. */
import type { Section } from "../report.ts";
import type { Workplace } from "../workplace.ts";
import { measureAppending } from "./append.ts";
import { measureReading } from "./reading.ts";

/** Tells each section as soon as it is measured. */
export async function measureLedger(place: Workplace, done: (section: Section) => void): Promise<void> {
  done(await measureAppending(place));
  done(await measureReading(place));
}

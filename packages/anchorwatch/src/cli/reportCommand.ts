/** What commands that print one report in several forms have in common. */
import { Option } from "commander";
import { writeTo } from "./output.ts";
import { formatProblemText, problemOf } from "./problem.ts";
import type { Surroundings } from "./surroundings.ts";

/** `--format`; the first of the forms is the default. */
export function formatOption(...forms: readonly [string, ...string[]]): Option {
  return new Option("--format <FORMAT>", "form of the answer").choices(forms).default(forms[0]);
}

/** The exit status: 1 where the work fails, which is told. */
export async function statusOf(
  work: () => Promise<number>,
  { stderr }: Pick<Surroundings, "stderr">,
): Promise<number> {
  try {
    return await work();
  } catch (error) {
    await writeTo(stderr, formatProblemText(problemOf(error), false));
    return 1;
  }
}

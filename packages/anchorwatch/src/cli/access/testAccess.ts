import { resolve } from "node:path";
import { parsePolicyTests } from "../../app/access/policyTests/parsePolicyTests.ts";
import { runPolicyTests } from "../../app/access/policyTests/runPolicyTests.ts";
import { shownName } from "../../app/configuration/inside.ts";
import { readConfiguration } from "../../app/configuration/load.ts";
import { configurationError } from "../../app/configuration/problems.ts";
import { wantsColour } from "../formats/palette.ts";
import { ledgerPaint } from "../ledger/paint.ts";
import { writeReport } from "../output.ts";
import type { Surroundings } from "../surroundings.ts";
import { operatorsFile } from "./operatorsFile.ts";
import { type TestFormat, testReport } from "./testReport.ts";

export interface TestFlags {
  readonly server?: string;
  readonly format: TestFormat;
  readonly color: boolean;
}

/** `anchorwatch access test`: 0 all as expected, 2 some are not. */
export async function testAccess(
  given: string,
  { server, format, color }: TestFlags,
  surroundings: Surroundings,
): Promise<number> {
  const { stdout, environment, workingDirectory } = surroundings;
  const path = resolve(workingDirectory, given);
  const shown = shownName(path, workingDirectory);
  const parsed = parsePolicyTests(await readConfiguration(path, shown, "the argument"), shown);
  if (!parsed.ok) throw configurationError(shown, parsed.problems, `anchorwatch access test ${shown}`);
  const { access } = await operatorsFile(server, surroundings);
  const results = runPolicyTests(parsed.tests, access);
  const paint = ledgerPaint(wantsColour(stdout, environment, color));
  await writeReport(stdout, testReport(format, shown, results, paint));
  return results.every(({ failure }) => failure === undefined) ? 0 : 2;
}

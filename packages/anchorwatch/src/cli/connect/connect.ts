/** `anchorwatch connect aws`: writes a connection, explains it, or checks it. */
import { resolve } from "node:path";
import type { ConnectionRecord } from "../../app/connect/record.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import { escapeJson, escapeText } from "../../domain/escape.ts";
import { wantsColour } from "../formats/palette.ts";
import { ledgerPaint } from "../ledger/paint.ts";
import { writeReport, writeTo } from "../output.ts";
import { formatProblemText, problemOf } from "../problem.ts";
import type { Surroundings } from "../surroundings.ts";
import { explanationText } from "./explanation.ts";
import { type ConnectFlags, saysWhat } from "./flags.ts";
import { readFolder, writeFolder } from "./folder.ts";
import { writtenText } from "./writtenText.ts";

/** Resolves to the exit status. Never rejects. */
export async function runConnect(
  folder: string,
  flags: ConnectFlags,
  surroundings: Surroundings,
): Promise<number> {
  const { stderr, environment } = surroundings;
  try {
    if (flags.check === true) {
      const { runConnectionCheck } = await import("./check.ts");
      const record = await connectionIn(folder, surroundings);
      return await runConnectionCheck(record, flags, surroundings);
    }
    if (flags.explain === true) return await explain(folder, flags, surroundings);
    return await write(folder, flags, surroundings);
  } catch (error) {
    const debug = (environment["ANCHORWATCH_DEBUG"] ?? "") !== "";
    await writeTo(stderr, formatProblemText(problemOf(error), debug));
    return 1;
  }
}

async function write(folder: string, flags: ConnectFlags, surroundings: Surroundings): Promise<number> {
  const { stdout, workingDirectory, environment } = surroundings;
  const { options, externalId } = await wanted(folder, flags, surroundings);
  const { connectionFiles } = await import("../../app/connect/connection.ts");
  const files = connectionFiles(options, externalId);
  const written = await writeFolder(resolve(workingDirectory, folder), folder, files, {
    force: flags.force === true,
    workingDirectory,
  });
  const paint = ledgerPaint(wantsColour(stdout, environment, flags.color));
  await writeReport(stdout, writtenText(folder, options, written, paint));
  return 0;
}

async function explain(folder: string, flags: ConnectFlags, surroundings: Surroundings): Promise<number> {
  const { stdout, environment } = surroundings;
  const { options, externalId } = saysWhat(flags)
    ? await wanted(folder, flags, surroundings)
    : await connectionIn(folder, surroundings);
  const { explainedPermissions } = await import("../../app/connect/explain.ts");
  const { SENSITIVE_READS } = await import("../../app/connect/catalogue/sensitiveReads.ts");
  const permissions = explainedPermissions(options, externalId);
  const leftOut = SENSITIVE_READS.filter(({ id }) => !options.services.includes(id));
  const paint = ledgerPaint(wantsColour(stdout, environment, flags.color));
  const text =
    flags.format === "json"
      ? `${escapeJson(JSON.stringify({ schema: "anchorwatch.connect-permissions/v1", permissions, leftOut }, null, 2))}\n`
      : explanationText(permissions, leftOut, paint, stdout.columns ?? 120);
  await writeReport(stdout, text);
  return 0;
}

/** What the flags say, with the external id that the folder has already. */
async function wanted(
  folder: string,
  flags: ConnectFlags,
  surroundings: Surroundings,
): Promise<ConnectionRecord> {
  const { environment, ledgerMachine, workingDirectory } = surroundings;
  const before = await readFolder(resolve(workingDirectory, folder), folder);
  const { externalIdOf, newExternalId } = await import("../../app/connect/externalId.ts");
  const asked = flags.externalId === undefined ? undefined : externalIdOf(flags.externalId);
  // The same again, as this version writes it.
  if (before !== undefined && !saysWhat(flags)) {
    return { options: before.options, externalId: asked ?? before.externalId };
  }
  const { readOptions } = await import("../../app/connect/readOptions.ts");
  const { checkLimits } = await import("../../app/connect/policyLimits.ts");
  const region = flags.region ?? (environment["AWS_REGION"] || environment["AWS_DEFAULT_REGION"]);
  const options = readOptions({ ...flags, ...(region === undefined ? {} : { region }) });
  checkLimits(options);
  return { options, externalId: asked ?? before?.externalId ?? newExternalId(ledgerMachine.random) };
}

async function connectionIn(folder: string, { workingDirectory }: Surroundings): Promise<ConnectionRecord> {
  const found = await readFolder(resolve(workingDirectory, folder), folder);
  if (found !== undefined) return found;
  throw new AnchorwatchError("connection_missing", `There is no connection in ${escapeText(folder)}`, {
    hint: "Write one: anchorwatch connect aws --principal ARN --region REGION. Or name its folder.",
  });
}

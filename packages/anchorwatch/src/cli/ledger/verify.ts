import { join, resolve } from "node:path";
import type { VerifiedLedger, VerifyRequest } from "../../app/ledger/verifyLedger.ts";
import type { Warning } from "../../domain/errors.ts";
import { escapeText } from "../../domain/escape.ts";
import { plural } from "../../domain/plural.ts";

import type { Surroundings } from "../surroundings.ts";
import { type LedgerFlags, logPlaceOf, readGivenFile } from "./flags.ts";
import type { LedgerPaint } from "./paint.ts";
import { type LedgerStatus, NOT_AUTHENTICATED, runLedger } from "./run.ts";
import { requiredSettings, type ServerFlag } from "./server.ts";
import { entriesText, facts, keyText, rootText, spelled } from "./words.ts";

export interface VerifyFlags extends LedgerFlags, ServerFlag {
  readonly since?: string;
  readonly anchor?: readonly string[];
  readonly evidence?: string;
}

/** So many files that are none of a log are told by name. */
const MOST_NAMED = 20;

/** `anchorwatch ledger verify`. */
export function runVerify(
  given: string | undefined,
  flags: VerifyFlags,
  surroundings: Surroundings,
): Promise<number> {
  const { workingDirectory, ledgerMachine } = surroundings;
  return runLedger(surroundings, flags, async ({ say, warn, progress, paint, signal }) => {
    const target = await targetOf(given, flags, surroundings);
    const { keysGiven } = await import("./keys.ts");
    const { verifyLedger } = await import("../../app/ledger/verifyLedger.ts");
    const { parseLogPlace } = await import("../../ledger/read/logPlace.ts");
    const { since, evidence } = flags;
    const verified = await verifyLedger(
      {
        ...target,
        keys: [...(await keysGiven(flags.key, workingDirectory)), ...target.keys],
        ...(since === undefined
          ? {}
          : { since: { name: since, note: await readGivenFile(since, workingDirectory) } }),
        anchors: (flags.anchor ?? []).map((text) => parseLogPlace(text, workingDirectory)),
        ...(evidence === undefined ? {} : { evidence: resolve(workingDirectory, evidence) }),
      },
      ledgerMachine,
      { signal, progress: (done, total) => progress("verifying entries:", done, total) },
    );
    for (const warning of strangerWarnings(verified)) warn(warning);
    await say(verdict(verified, paint));
    return statusOf(verified);
  });
}

type Target = Pick<VerifyRequest, "place" | "keys" | "configured" | "aws" | "evidence">;

/**
 * A log that is named stands alone, unless the operator's file is given with it: then that vouches for a copy of its ledger. The
 * environment's file is only used where no log is named.
 */
async function targetOf(
  given: string | undefined,
  { ledger, server }: VerifyFlags,
  surroundings: Surroundings,
): Promise<Target> {
  const { workingDirectory, ledgerMachine } = surroundings;
  const isNamed = given !== undefined || ledger !== undefined;
  if (isNamed && server === undefined)
    return { place: await logPlaceOf(given, ledger, workingDirectory), keys: [] };
  const settings = await requiredSettings(server, surroundings);
  const { configuredTrust } = await import("../../app/ledger/configuredTrust.ts");
  const { keys, anchors: configured } = await configuredTrust(settings, ledgerMachine);
  const trust = { keys, configured, evidence: join(settings.privateFolder, "evidence") };
  if (isNamed) return { ...trust, place: await logPlaceOf(given, ledger, workingDirectory) };
  return { ...trust, place: settings.place, aws: settings.aws };
}

function statusOf({ authenticated }: VerifiedLedger): LedgerStatus {
  return authenticated ? 0 : NOT_AUTHENTICATED;
}

function verdict(verified: VerifiedLedger, paint: LedgerPaint): string {
  const { name, checkpoint, signedBy, since, anchors, authenticated } = verified;
  const { size, root, origin } = checkpoint;
  const conclusion = authenticated
    ? paint.good("authenticated and whole")
    : paint.doubtful("self-consistent, not authenticated");
  const rows: (readonly [string, string])[] = [
    ["origin", escapeText(origin)],
    ["root", rootText(root)],
    ...signedBy.map((key) => ["signed by", keyText(key)] as const),
    ...(since === undefined
      ? []
      : [["since", `begins with the ${entriesText(since.size)} of ${escapeText(since.name)}`] as const]),
    ...anchors.map((anchor) => ["anchor", anchorText(anchor, paint)] as const),
    ["files", filesText(verified)],
  ];
  return `${escapeText(name)}: ${entriesText(size)}, ${conclusion}\n${facts(rows, paint)}${authenticated ? "" : doubt(verified)}`;
}

/** Whatever was looked at besides the entries, and what could not be. */
function filesText({ files: { ofTree, others, content } }: VerifiedLedger): string {
  const { listed, replaced, ahead } = others;
  const parts = [
    `${spelled(ofTree)} of the tree`,
    ...(replaced === 0 ? [] : [`${spelled(replaced)} left over of smaller trees, which say the same`]),
    ...(ahead.count === 0
      ? []
      : [`${spelled(ahead.count)} of a larger tree, for which nothing vouches (${namesText(ahead.paths)})`]),
    ...(listed ? [] : ["others cannot be listed there, and were not looked at"]),
    ...(content ? [] : ["content beside the log was not looked at"]),
  ];
  return parts.join("; ");
}

function namesText(paths: readonly string[]): string {
  const named = paths.slice(0, 3).map((path) => escapeText(path));
  return [...named, ...(paths.length > named.length ? ["…"] : [])].join(", ");
}

function strangerWarnings({ name, files: { strangers } }: VerifiedLedger): readonly Warning[] {
  const more = strangers.length - MOST_NAMED;
  return [
    ...strangers.slice(0, MOST_NAMED).map(
      ({ path, message, advice }): Warning => ({
        code: "ledger_file_foreign",
        message: `${path} in the ledger ${name}: ${message}`,
        hint: advice,
      }),
    ),
    ...(more <= 0
      ? []
      : [
          {
            code: "ledger_file_foreign",
            message: `${plural(more, "more file")} in the ledger ${name} belong to no log`,
            hint: "`anchorwatch ledger fsck` names them.",
          } as const,
        ]),
  ];
}

function anchorText({ name, size }: VerifiedLedger["anchors"][number], paint: LedgerPaint): string {
  if (size === undefined)
    return paint.doubtful(`${escapeText(name)} has no checkpoint yet, so it vouches for nothing`);
  return `${escapeText(name)} has seen the first ${entriesText(size)}, and they are the same`;
}

/** What is missing, and how to get it. */
function doubt({ anchors, checkpoint, vouchedFor }: VerifiedLedger): string {
  if (vouchedFor > 0) {
    const rest = spelled(checkpoint.size - vouchedFor);
    return `The anchors vouch for the first ${entriesText(vouchedFor)}; the other ${rest} could be anybody's. Give the log's key with --key.\n`;
  }
  const anchor = anchors.length === 0 ? ", or name an anchor with --anchor" : "";
  return (
    "All hashes fit together, but whoever keeps the log could have made all of it. " +
    `Get the log's key from its owner through another channel, and give it with --key${anchor}.\n`
  );
}

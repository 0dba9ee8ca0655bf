/** `anchorwatch ledger …`: its commands with their flags and examples. What they do is loaded when one is called. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { ExportFormat } from "../../ledger/read/export.ts";
import { readingWithLogins, withServersLedger } from "../remote/ledgerOfServer.ts";
import type { Surroundings } from "../surroundings.ts";
import type { Bound, ExportFlags } from "./export.ts";
import {
  addColorFlag,
  addKeyFlag,
  addLedgerFlag,
  addServerFlag,
  collect,
  type LedgerFlags,
  nonEmpty,
  parseIndex,
} from "./flags.ts";
import * as help from "./help.ts";
import type { ReadingFlags } from "./namedLog.ts";
import type { ProveFlags } from "./prove.ts";
import type { RenewFlags } from "./renew.ts";
import type { ServerFlag } from "./server.ts";
import type { ShowFlags } from "./show.ts";
import type { TailFlags } from "./tail.ts";
import type { VerifyFlags } from "./verify.ts";
import type { VerifyProofFlags } from "./verifyProof.ts";

const EXPORT_FORMATS: readonly ExportFormat[] = ["jsonl", "ocsf", "csv"];
const LOG = "a folder, https://host/path/ or s3://bucket/prefix";

export function addLedgerCommand(
  program: Command,
  given: Surroundings,
  finish: (status: number) => void,
): void {
  const surroundings = readingWithLogins(given);
  const ledger = program
    .command("ledger")
    .summary("verify, prove, export and look after a ledger")
    .description(
      "Works with a ledger: the append-only log that proves what drifted, who did it and who fixed it.",
    )
    .addHelpText("after", help.LEDGER);
  const add = (name: string, about: string, examples: string) =>
    ledger
      .command(name)
      .description(about)
      .showHelpAfterError(`See “anchorwatch ledger ${name} --help” for examples.`)
      .addHelpText("after", examples);
  const verify = add("verify", "Verifies a whole log: every entry, every tile, the signature.", help.VERIFY);
  readingFlags(verify.argument("[LOG]", LOG))
    .option("--since <CHECKPOINT>", "a file with an earlier checkpoint, which the log must contain", nonEmpty)
    .option(
      "--anchor <PLACE>",
      "where checkpoints were left: a folder, s3:// or https:// (repeatable)",
      collect,
    )
    .option(
      "--evidence <DIR>",
      "where checkpoints are kept that contradict each other, never inside the log (DIR.private/evidence of a log of your own, else your user's folder for the state of programs)",
      nonEmpty,
    )
    .action(async (log: string | undefined, flags: VerifyFlags) => {
      const { runVerify } = await import("./verify.ts");
      finish(await runVerify(log, withServersLedger(flags), surroundings));
    });
  addProofCommands(add, surroundings, finish);
  addReadingCommands(add, surroundings, finish);
  addKeepingCommands(add, surroundings, finish);
}

type Add = (name: string, about: string, examples: string) => Command;

function addProofCommands(add: Add, surroundings: Surroundings, finish: (status: number) => void): void {
  const prove = add(
    "prove",
    "Writes the proof that an entry is in the log, for verification offline.",
    help.PROVE,
  );
  readingFlags(prove.argument("[LOG]", LOG).argument("[INDEX]", "of the entry, counted from 0"))
    .option("--output <FILE>", "write the proof to a file, whole or not at all", nonEmpty)
    .action(async (log: string | undefined, index: string | undefined, flags: ProveFlags) => {
      const { runProve } = await import("./prove.ts");
      finish(await runProve(log, index, withServersLedger(flags), surroundings));
    });
  const verifyProof = add("verify-proof", "Verifies a proof file, offline.", help.VERIFY_PROOF);
  addColorFlag(addKeyFlag(verifyProof.argument("<FILE>", "the proof")))
    .option("--entry <FILE>", "the entry's exact bytes, where the proof does not hold them", nonEmpty)
    .action(async (file: string, flags: VerifyProofFlags) => {
      const { runVerifyProof } = await import("./verifyProof.ts");
      finish(await runVerifyProof(file, flags, surroundings));
    });
}

function addReadingCommands(add: Add, surroundings: Surroundings, finish: (status: number) => void): void {
  const exporting = add("export", "Prints entries with their proofs, for other tools.", help.EXPORT);
  readingFlags(exporting.argument("[LOG]", LOG))
    .option("--from <BOUND>", "first index, or earliest time (RFC 3339)", parseBound)
    .option("--to <BOUND>", "index or time to stop before", parseBound)
    .addOption(
      new Option("--format <FORMAT>", "form of the entries").choices(EXPORT_FORMATS).default("jsonl"),
    )
    .option("--kind <KIND>", "drift.opened, or the beginning of several: drift", nonEmpty)
    .option("--stack <NAME>", "of this stack", nonEmpty)
    .option("--address <ADDRESS>", "of this resource", nonEmpty)
    .option("--actor <ACTOR>", "by this principal: id or name", nonEmpty)
    .option("--user <USER>", "by this person: id or name", nonEmpty)
    .action(async (log: string | undefined, flags: ExportFlags) => {
      const { runExport } = await import("./export.ts");
      finish(await runExport(log, withServersLedger(flags), surroundings));
    });
  const tail = add("tail", "Prints the newest entries, one on a line.", help.TAIL);
  readingFlags(tail.argument("[LOG]", LOG))
    .option("-n, --lines <N>", "how many", parseLines, 10)
    .option("-f, --follow", "go on with what is appended", false)
    .action(async (log: string | undefined, flags: TailFlags) => {
      const { runTail } = await import("./tail.ts");
      finish(await runTail(log, withServersLedger(flags), surroundings));
    });
  const show = add("show", "Prints one entry with everything that it says.", help.SHOW);
  readingFlags(show.argument("[LOG]", LOG).argument("[INDEX]", "of the entry, counted from 0"))
    .option("--raw", "the entry's exact bytes and nothing else", false)
    .action(async (log: string | undefined, index: string | undefined, flags: ShowFlags) => {
      const { runShow } = await import("./show.ts");
      finish(await runShow(log, index, withServersLedger(flags), surroundings));
    });
}

function addKeepingCommands(add: Add, surroundings: Surroundings, finish: (status: number) => void): void {
  const fsck = add(
    "fsck",
    "Looks at every file of a ledger's folder, and says what is damaged and what to do.",
    help.FSCK,
  );
  readingFlags(fsck.argument("[DIR]", "the ledger's folder")).action(
    async (log: string | undefined, flags: ReadingFlags) => {
      const { runFsck } = await import("./fsck.ts");
      finish(await runFsck(log, withServersLedger(flags), surroundings));
    },
  );
  const key = add("key", "Prints the keys that verify a log's checkpoints.", help.KEY);
  addColorFlag(addServerFlag(addLedgerFlag(key.argument("[LOG]", LOG)))).action(
    async (log: string | undefined, flags: LedgerFlags & ServerFlag) => {
      const { runKey } = await import("./key.ts");
      finish(await runKey(log, withServersLedger(flags), surroundings));
    },
  );
  const rotate = add(
    "rotate",
    "Gives a ledger a new signing key; the old one signs beside it for a while.",
    help.ROTATE,
  );
  addColorFlag(addServerFlag(addLedgerFlag(rotate.argument("[DIR]", "the ledger's folder")))).action(
    async (log: string | undefined, flags: LedgerFlags & ServerFlag) => {
      const { runRotate } = await import("./rotate.ts");
      finish(await runRotate(log, flags, surroundings));
    },
  );
  const renew = add(
    "renew",
    "Extends the retentions of a ledger in S3 before they run out. To be run every day.",
    help.RENEW,
  );
  addColorFlag(addServerFlag(renew)).action(async (flags: RenewFlags) => {
    const { runRenew } = await import("./renew.ts");
    finish(await runRenew(flags, surroundings));
  });
}

function readingFlags(command: Command): Command {
  return addColorFlag(addKeyFlag(addServerFlag(addLedgerFlag(command))));
}

function parseBound(text: string): Bound {
  const index = parseIndex(text);
  if (index !== undefined) return { kind: "index", index };
  const time = parseTime(text);
  if (time !== undefined) return { kind: "time", time };
  throw new InvalidArgumentError("Expected an index such as 1200, or a time such as 2026-11-21T13:00:00Z.");
}

/** RFC 3339, or a day alone, which begins at midnight UTC. */
function parseTime(text: string): Date | undefined {
  const [, day] =
    /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/i.exec(text) ?? [];
  const [midnight, time] = [new Date(`${day}T00:00:00Z`), new Date(text)];
  if (Number.isNaN(midnight.getTime()) || Number.isNaN(time.getTime())) return undefined;
  // The 31st of February would be taken for another day.
  return midnight.toISOString().startsWith(`${day}T`) ? time : undefined;
}

function parseLines(text: string): number {
  const lines = parseIndex(text);
  if (lines === undefined) throw new InvalidArgumentError("Expected a whole number.");
  return lines;
}

/** `anchorwatch exceptions …`: its flags. */
import { type Command, Option } from "commander";
import { SEVERITIES } from "../../domain/classification.ts";
import { nonEmpty } from "../ledger/flags.ts";
import type { Surroundings } from "../surroundings.ts";
import type { ExceptionAddFlags, ExceptionListFlags } from "./exceptions.ts";
import { addRemoteFlags, parseLimit, parseUntil } from "./flags.ts";
import * as help from "./help.ts";
import type { RemoteFlags } from "./run.ts";

export function addExceptionCommands(
  program: Command,
  surroundings: Surroundings,
  finish: (status: number) => void,
): void {
  const exceptions = program
    .command("exceptions")
    .summary("accept, ignore or escalate drift on a server")
    .description(
      "Works with what people decided about drift: accepted until, ignored until, or worse than it seems.",
    )
    .addHelpText("after", help.EXCEPTIONS);
  addRemoteFlags(exceptions.command("list").description("Lists them, the newest change first."))
    .option("--stack <NAME>", "of this stack", nonEmpty)
    .addOption(new Option("--kind <KIND>", "only those").choices(["accept", "ignore", "escalate"]))
    .addOption(
      new Option("--state <STATE>", "which")
        .choices(["active", "expired", "rearmed", "revoked", "all"])
        .default("active"),
    )
    .option("--limit <N>", "so many at most (default: all)", parseLimit)
    .action(async (flags: ExceptionListFlags) => {
      const { runExceptionList } = await import("./exceptions.ts");
      finish(await runExceptionList(flags, surroundings));
    });
  addAdd(exceptions, surroundings, finish);
  addRemoteFlags(
    exceptions
      .command("revoke")
      .description("Takes one back: what it silenced is told again.")
      .argument("<ID>", "as the list has it", nonEmpty),
  ).action(async (id: string, flags: RemoteFlags) => {
    const { runExceptionRevoke } = await import("./exceptions.ts");
    finish(await runExceptionRevoke(id, flags, surroundings));
  });
}

function addAdd(exceptions: Command, surroundings: Surroundings, finish: (status: number) => void): void {
  addRemoteFlags(
    exceptions
      .command("add")
      .description("Accepts a drift as it is, or ignores or escalates what is like that in a stack."),
  )
    .option("--drift <ID>", "accept this drift; what it becomes is told again", nonEmpty)
    .option("--stack <NAME>", "of this stack, whatever is like that", nonEmpty)
    .option("--type <TYPE>", "such as aws_instance; * stands for anything", nonEmpty)
    .option("--address <ADDRESS>", "of the resource; * stands for anything", nonEmpty)
    .option("--path <PATH>", "of attributes, such as tags.LastScan", nonEmpty)
    .addOption(new Option("--severity <SEVERITY>", "escalate: at least this").choices(SEVERITIES))
    .option("--security", "escalate: it is a matter of security", false)
    .option("--until <TIME>", "how long: 7d, 12h, or 2026-12-24T00:00:00Z", (text: string) =>
      parseUntil(text, surroundings.lasting.clock()),
    )
    .requiredOption("--reason <TEXT>", "why; it stands in the ledger", nonEmpty)
    .option("--even-critical", "critical drift is silenced, too", false)
    .action(async (flags: ExceptionAddFlags) => {
      const { runExceptionAdd } = await import("./exceptions.ts");
      finish(await runExceptionAdd(flags, surroundings));
    });
}

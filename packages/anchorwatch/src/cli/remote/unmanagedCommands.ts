/** `anchorwatch unmanaged …`: its flags. */
import { type Command, Option } from "commander";
import { SEVERITIES } from "../../domain/classification.ts";
import { nonEmpty } from "../ledger/flags.ts";
import type { Surroundings } from "../surroundings.ts";
import { addRemoteFlags, parseLimit } from "./flags.ts";
import * as help from "./help.ts";
import type { BaselineFlags, UnmanagedListFlags } from "./unmanaged.ts";

const CHANGES = [
  ["accept", "Accepts what is open at this moment, so that what is new stands out."],
  ["withdraw", "Takes an acceptance back: what was accepted is open again."],
] as const;

export function addUnmanagedCommands(
  program: Command,
  surroundings: Surroundings,
  finish: (status: number) => void,
): void {
  const unmanaged = program
    .command("unmanaged")
    .summary("list and accept what runs and no stack has, as a server knows it")
    .description("Shows what runs in the accounts that a server searches and no stack has.")
    .addHelpText("after", help.UNMANAGED);
  addRemoteFlags(unmanaged.command("list").description("Lists it, the newest change first."))
    .option("--account <NAME>", "as the operator's file calls it", nonEmpty)
    .addOption(
      new Option("--status <STATUS>", "which").choices(["open", "accepted", "closed"]).default("open"),
    )
    .option("--type <TYPE>", "such as aws_iam_access_key", nonEmpty)
    .option("--region <REGION>", "such as eu-central-1, or global", nonEmpty)
    .addOption(new Option("--class <CLASS>", "only those").choices(["security", "operational"]))
    .addOption(new Option("--severity <SEVERITY>", "exactly").choices(SEVERITIES))
    .addOption(
      new Option("--sort <ORDER>", "severity: the severest first")
        .choices(["change", "severity"])
        .default("change"),
    )
    .option("--limit <N>", "so many at most (default: all)", parseLimit)
    .addHelpText("after", help.DRIFT_STATUS)
    .action(async (flags: UnmanagedListFlags) => {
      const { runUnmanagedList } = await import("./unmanaged.ts");
      finish(await runUnmanagedList(flags, surroundings));
    });
  for (const [change, about] of CHANGES) {
    addRemoteFlags(
      unmanaged
        .command(change)
        .description(about)
        .argument("<ACCOUNT>", "as the operator's file calls it", nonEmpty),
    )
      .requiredOption("--reason <TEXT>", "why; it stands in the ledger", nonEmpty)
      .option("--id <ID>", "only this, as the list has it (repeatable)", collectId)
      .option("--type <TYPE>", "only of this type", nonEmpty)
      .option("--region <REGION>", "only in this region", nonEmpty)
      .action(async (account: string, flags: BaselineFlags) => {
        const { runBaselineChange } = await import("./unmanaged.ts");
        finish(await runBaselineChange(change, account, flags, surroundings));
      });
  }
}

function collectId(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, nonEmpty(text)];
}

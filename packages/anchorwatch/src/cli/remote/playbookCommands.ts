/** `anchorwatch playbooks …`, `freeze` and `thaw`: their flags. */
import { type Command, Option } from "commander";
import { nonEmpty } from "../ledger/flags.ts";
import type { Surroundings } from "../surroundings.ts";
import { addRemoteFlags, parseLimit, parseUntil } from "./flags.ts";
import type { FreezeFlags, ThawFlags } from "./freezes.ts";
import * as help from "./help.ts";
import type { DryRunFlags, RunListFlags } from "./playbooks.ts";
import type { RemoteFlags } from "./run.ts";

type Finish = (status: number) => void;

export function addPlaybookCommands(program: Command, surroundings: Surroundings, finish: Finish): void {
  addFreezeCommands(program, surroundings, finish);
  const playbooks = program
    .command("playbooks")
    .summary("see what drift sets in motion on a server")
    .description("Shows playbooks of the operator's file, and their runs step by step.")
    .addHelpText("after", help.PLAYBOOKS);
  addRemoteFlags(playbooks.command("list").description("Lists the playbooks.")).action(
    async (flags: RemoteFlags) => {
      const { runPlaybookList } = await import("./playbooks.ts");
      finish(await runPlaybookList(flags, surroundings));
    },
  );
  addRemoteFlags(playbooks.command("runs").description("Lists runs, the newest first."))
    .option("--stack <NAME>", "of this stack", nonEmpty)
    .option("--drift <ID>", "of this drift", nonEmpty)
    .addOption(new Option("--status <STATUS>", "which").choices(["running", "done", "stopped", "failed"]))
    .option("--limit <N>", "so many at most (default: all)", parseLimit)
    .action(async (flags: RunListFlags) => {
      const { runRunList } = await import("./playbooks.ts");
      finish(await runRunList(flags, surroundings));
    });
  addRemoteFlags(
    playbooks
      .command("show")
      .description("Shows one run, step by step.")
      .argument("<RUN>", "as the list of runs has it", nonEmpty),
  ).action(async (id: string, flags: RemoteFlags) => {
    const { runRunShow } = await import("./playbooks.ts");
    finish(await runRunShow(id, flags, surroundings));
  });
  addRemoteFlags(
    playbooks
      .command("dry-run")
      .description("Says what a playbook would do for a drift, and does nothing of it.")
      .argument("<NAME>", "of the playbook", nonEmpty),
  )
    .requiredOption("--drift <ID>", "for this drift", nonEmpty)
    .action(async (name: string, flags: DryRunFlags) => {
      const { runDryRun } = await import("./playbooks.ts");
      finish(await runDryRun(name, flags, surroundings));
    });
}

function addFreezeCommands(program: Command, surroundings: Surroundings, finish: Finish): void {
  addRemoteFlags(
    program
      .command("freeze")
      .summary("freeze deployments of a stack")
      .description("Freezes deployments of a stack: the gate says no, with the reason.")
      .argument("<STACK>", "its name, or its id", nonEmpty)
      .addHelpText("after", help.FREEZE),
  )
    .requiredOption("--reason <TEXT>", "why; the gate says it, and it stands in the ledger", nonEmpty)
    .option(
      "--for <TIME>",
      "how long: 24h, 7d, or 2026-12-24T00:00:00Z (default: until thawed)",
      (text: string) => parseUntil(text, surroundings.lasting.clock()),
    )
    .action(async (stack: string, flags: FreezeFlags) => {
      const { runFreeze } = await import("./freezes.ts");
      finish(await runFreeze(stack, flags, surroundings));
    });
  addRemoteFlags(
    program
      .command("thaw")
      .summary("thaw deployments of a stack")
      .description("Ends all freezes of a stack.")
      .argument("<STACK>", "its name, or its id", nonEmpty)
      .addHelpText("after", help.FREEZE),
  )
    .requiredOption("--reason <TEXT>", "why; it stands in the ledger", nonEmpty)
    .action(async (stack: string, flags: ThawFlags) => {
      const { runThaw } = await import("./freezes.ts");
      finish(await runThaw(stack, flags, surroundings));
    });
}

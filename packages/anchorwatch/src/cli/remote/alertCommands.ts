/** `anchorwatch alerts …`: its flags. */
import { type Command, Option } from "commander";
import { SEVERITIES } from "../../domain/classification.ts";
import { nonEmpty } from "../ledger/flags.ts";
import type { Surroundings } from "../surroundings.ts";
import type { AlertListFlags, AnswerFlags, DeadFlags, ResendFlags, SnoozeFlags } from "./alerts.ts";
import { addRemoteFlags, parseLimit, parseUntil } from "./flags.ts";
import * as help from "./help.ts";
import type { RemoteFlags } from "./run.ts";

type Finish = (status: number) => void;

export function addAlertCommands(program: Command, surroundings: Surroundings, finish: Finish): void {
  const alerts = program
    .command("alerts")
    .summary("see and answer what a server tells people of drift")
    .description("Works with alerts: conversations about one drift, or about all drifts of one cause.")
    .addHelpText("after", help.ALERTS);
  addRemoteFlags(alerts.command("list").description("Lists alerts, the newest change first."))
    .addOption(new Option("--status <STATUS>", "which").choices(["open", "resolved", "all"]).default("open"))
    .addOption(new Option("--severity <SEVERITY>", "at least").choices(SEVERITIES))
    .addOption(new Option("--class <CLASS>", "only that").choices(["security", "operational"]))
    .option("--stack <NAME>", "only with drift of this stack", nonEmpty)
    .option("--drift <ID>", "only of this drift", nonEmpty)
    .option("--limit <N>", "so many at most (default: all)", parseLimit)
    .addHelpText("after", help.DRIFT_STATUS)
    .action(async (flags: AlertListFlags) => {
      const { runAlertList } = await import("./alerts.ts");
      finish(await runAlertList(flags, surroundings));
    });
  addRemoteFlags(
    alerts
      .command("show")
      .description("Shows one alert, its drifts, and what became of telling each channel.")
      .argument("<ID>", "as the list has it", nonEmpty),
  ).action(async (id: string, flags: RemoteFlags) => {
    const { runAlertShow } = await import("./alerts.ts");
    finish(await runAlertShow(id, flags, surroundings));
  });
  addAnswers(alerts, surroundings, finish);
  addChannels(alerts, surroundings, finish);
}

function addAnswers(alerts: Command, surroundings: Surroundings, finish: Finish): void {
  addRemoteFlags(
    alerts
      .command("ack")
      .description("Says that somebody has seen it: it goes no further up.")
      .argument("<ID>", "as the list has it", nonEmpty),
  )
    .option("--reason <TEXT>", "why; it stands in the ledger", nonEmpty)
    .action(async (id: string, flags: AnswerFlags) => {
      const { runAcknowledge } = await import("./alerts.ts");
      finish(await runAcknowledge(id, flags, surroundings));
    });
  addRemoteFlags(
    alerts
      .command("snooze")
      .description("Leaves everybody alone with it for a while, unless it gets worse.")
      .argument("<ID>", "as the list has it", nonEmpty),
  )
    .requiredOption("--until <TIME>", "a time, or how long: 2h, 1d", (text: string) =>
      parseUntil(text, surroundings.lasting.clock()),
    )
    .option("--reason <TEXT>", "why; it stands in the ledger", nonEmpty)
    .action(async (id: string, flags: SnoozeFlags) => {
      const { runSnooze } = await import("./alerts.ts");
      finish(await runSnooze(id, flags, surroundings));
    });
}

function addChannels(alerts: Command, surroundings: Surroundings, finish: Finish): void {
  addRemoteFlags(alerts.command("dead").description("Lists dead letters: what could not be delivered."))
    .option("--channel <NAME>", "only of this one", nonEmpty)
    .option("--limit <N>", "so many at most (default: all)", parseLimit)
    .addHelpText("after", help.DRIFT_STATUS)
    .action(async (flags: DeadFlags) => {
      const { runDeadLetters } = await import("./alerts.ts");
      finish(await runDeadLetters(flags, surroundings));
    });
  addRemoteFlags(alerts.command("resend").description("Has dead letters sent again: all, or some."))
    .option("--channel <NAME>", "only of this one", nonEmpty)
    .option("--alert <ID>", "only of this one", nonEmpty)
    .action(async (flags: ResendFlags) => {
      const { runResend } = await import("./alerts.ts");
      finish(await runResend(flags, surroundings));
    });
  addRemoteFlags(
    alerts
      .command("test-channel")
      .description("Has a channel told that this is a test.")
      .argument("<NAME>", "as the operator's file calls it", nonEmpty),
  ).action(async (name: string, flags: RemoteFlags) => {
    const { runTestChannel } = await import("./alerts.ts");
    finish(await runTestChannel(name, flags, surroundings));
  });
}

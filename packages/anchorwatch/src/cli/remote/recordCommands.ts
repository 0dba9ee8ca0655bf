/** `anchorwatch stacks …`, `drifts …` and `events …`: their flags. */
import { type Command, Option } from "commander";
import { SEVERITIES } from "../../domain/classification.ts";
import { nonEmpty } from "../ledger/flags.ts";
import type { Surroundings } from "../surroundings.ts";
import type { DriftListFlags } from "./drifts.ts";
import type { EventListFlags } from "./events.ts";
import { addRemoteFlags, collectLabel, parseEvery, parseLimit, parseSince } from "./flags.ts";
import * as help from "./help.ts";
import type { RemoteFlags } from "./run.ts";
import type { StackAddFlags, StackListFlags } from "./stacks.ts";

type Finish = (status: number) => void;

export function addRecordCommands(program: Command, surroundings: Surroundings, finish: Finish): void {
  addStacks(program, surroundings, finish);
  addDrifts(program, surroundings, finish);
  addEvents(program, surroundings, finish);
}

function addStacks(program: Command, surroundings: Surroundings, finish: Finish): void {
  const stacks = program
    .command("stacks")
    .summary("list, add and remove a server's stacks")
    .description("Works with the stacks that a server watches.")
    .addHelpText("after", help.STACKS);
  addRemoteFlags(stacks.command("list").description("Lists stacks, by name."))
    .addOption(new Option("--health <HEALTH>", "only those").choices(["new", "ok", "failed", "gone"]))
    .option("--prefix <TEXT>", "what the name begins with", nonEmpty)
    .option("--label <NAME=VALUE>", "only with this label (repeatable)", collectLabel)
    .option("--limit <N>", "so many at most (default: all)", parseLimit)
    .action(async (flags: StackListFlags) => {
      const { runStackList } = await import("./stacks.ts");
      finish(await runStackList(flags, surroundings));
    });
  addRemoteFlags(
    stacks.command("show").description("Shows one stack.").argument("<NAME>", "its name, or id"),
  ).action(async (name: string, flags: RemoteFlags) => {
    const { runStackShow } = await import("./stacks.ts");
    finish(await runStackShow(name, flags, surroundings));
  });
  addRemoteFlags(
    stacks.command("add").description("Has a stack watched.").argument("<NAME>", "what to call it"),
  )
    .option("--folder <DIR>", "folder of its code, on the server's machine", nonEmpty)
    .addOption(
      new Option("--repository <URL>", "address of its repository, without password").conflicts("folder"),
    )
    .option("--ref <REF>", "with --repository: branch, tag or commit", nonEmpty, "main")
    .option("--path <DIR>", "with --repository: folder inside it", "")
    .option("--workspace <NAME>", "of Terraform", nonEmpty)
    .option("--label <NAME=VALUE>", "what it is; who may see it goes by this (repeatable)", collectLabel)
    .option("--every <DURATION>", "from one sweep to the next, such as 15m", parseEvery)
    .action(async (name: string, flags: StackAddFlags) => {
      const { runStackAdd } = await import("./stacks.ts");
      finish(await runStackAdd(name, flags, surroundings));
    });
  addRemoteFlags(
    stacks
      .command("remove")
      .description("Has a stack watched no more. Its drifts stay.")
      .argument("<NAME>", "its name, or id"),
  ).action(async (name: string, flags: RemoteFlags) => {
    const { runStackRemove } = await import("./stacks.ts");
    finish(await runStackRemove(name, flags, surroundings));
  });
  addRemoteFlags(
    stacks
      .command("check")
      .description(
        "Has the server look at a stack now, and waits. The same as “anchorwatch check NAME --server URL”.",
      )
      .argument("<NAME>", "its name, or id"),
  ).action(async (name: string, flags: RemoteFlags) => {
    const { runCheckThere } = await import("./checkThere.ts");
    finish(await runCheckThere(name, { ...flags, target: [] }, surroundings));
  });
}

function addDrifts(program: Command, surroundings: Surroundings, finish: Finish): void {
  const drifts = program
    .command("drifts")
    .summary("list and show what drifted, as a server knows it")
    .description("Shows the drifts that a server knows of.")
    .addHelpText("after", help.DRIFTS);
  addRemoteFlags(drifts.command("list").description("Lists drifts, the newest change first."))
    .option("--stack <NAME>", "of this stack", nonEmpty)
    .addOption(new Option("--status <STATUS>", "which").choices(["open", "closed", "all"]).default("open"))
    .addOption(
      new Option("--verdict <VERDICT>", "only those").choices([
        "changed",
        "deleted",
        "unmanaged",
        "absorbed",
      ]),
    )
    .addOption(new Option("--class <CLASS>", "only those").choices(["security", "operational"]))
    .addOption(new Option("--severity <SEVERITY>", "exactly").choices(SEVERITIES))
    .addOption(
      new Option("--sort <ORDER>", "severity: the severest first")
        .choices(["change", "severity"])
        .default("change"),
    )
    .option("--type <TYPE>", "such as aws_s3_bucket", nonEmpty)
    .option("--address <TEXT>", "what the address begins with", nonEmpty)
    .option("--actor <WHO>", "by this principal, or person, exactly", nonEmpty)
    .option("--since <TIME>", "that changed since then: 24h, or 2026-11-21T13:00:00Z", (text: string) =>
      parseSince(text, surroundings.lasting.clock()),
    )
    .option("--limit <N>", "so many at most (default: all)", parseLimit)
    .addOption(new Option("--watch", "then go on with what happens, until Ctrl-C").default(false))
    .addHelpText("after", help.DRIFT_STATUS)
    .action(async (flags: DriftListFlags) => {
      const { runDriftList } = await import("./drifts.ts");
      finish(await runDriftList(flags, surroundings));
    });
  addRemoteFlags(
    drifts
      .command("show")
      .description("Shows one drift, who made it, and its history.")
      .argument("<ID>", "as the list has it"),
  ).action(async (id: string, flags: RemoteFlags) => {
    const { runDriftShow } = await import("./drifts.ts");
    finish(await runDriftShow(id, flags, surroundings));
  });
}

function addEvents(program: Command, surroundings: Surroundings, finish: Finish): void {
  const events = program
    .command("events")
    .summary("list what audit trails told a server")
    .description("Shows the changes that audit trails told of.");
  addRemoteFlags(events.command("list").description("Lists changes, the newest first."))
    .option("--stack <NAME>", "that touched this stack", nonEmpty)
    .option("--candidates", "only those that touched nothing that a stack knows", false)
    .option("--principal <WHO>", "by this principal, exactly", nonEmpty)
    .option("--name <NAME>", "such as AuthorizeSecurityGroupIngress", nonEmpty)
    .option("--service <NAME>", "such as ec2.amazonaws.com", nonEmpty)
    .option("--since <TIME>", "received since then: 24h, or 2026-11-21T13:00:00Z", (text: string) =>
      parseSince(text, surroundings.lasting.clock()),
    )
    .option("--limit <N>", "so many at most", parseLimit, 50)
    .action(async (flags: EventListFlags) => {
      const { runEventList } = await import("./events.ts");
      finish(await runEventList(flags, surroundings));
    });
}

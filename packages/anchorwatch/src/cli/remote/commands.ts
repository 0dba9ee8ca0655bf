/** The commands that ask a running server, with their flags and examples. What they do is loaded when one is called. */
import type { Command } from "commander";
import { addColorFlag, nonEmpty } from "../ledger/flags.ts";
import type { Surroundings } from "../surroundings.ts";
import { addAlertCommands } from "./alertCommands.ts";
import { addExceptionCommands } from "./exceptionCommands.ts";
import { addRemoteFlags, SERVER_FLAG } from "./flags.ts";
import * as help from "./help.ts";
import type { LoginFlags } from "./login.ts";
import { addPeopleCommands } from "./peopleCommands.ts";
import { addPlaybookCommands } from "./playbookCommands.ts";
import { addRecordCommands } from "./recordCommands.ts";
import type { RemoteFlags } from "./run.ts";
import { addUnmanagedCommands } from "./unmanagedCommands.ts";

type Finish = (status: number) => void;

export function addRemoteCommands(program: Command, surroundings: Surroundings, finish: Finish): void {
  addLoginCommands(program, surroundings, finish);
  addRecordCommands(program, surroundings, finish);
  addUnmanagedCommands(program, surroundings, finish);
  addAlertCommands(program, surroundings, finish);
  addExceptionCommands(program, surroundings, finish);
  addPlaybookCommands(program, surroundings, finish);
  addPeopleCommands(program, surroundings, finish);
}

/** Of `anchorwatch config`, which needs no server else. */
export function addConfigShowCommand(config: Command, surroundings: Surroundings, finish: Finish): void {
  addRemoteFlags(
    config
      .command("show")
      .description(
        "Shows the settings that are in force on a server, with what they are where the file says nothing.",
      ),
  )
    .addHelpText("after", help.CONFIG_SHOW)
    .action(async (flags: RemoteFlags) => {
      const { runConfigShow } = await import("./configShow.ts");
      finish(await runConfigShow(flags, surroundings));
    });
}

function addLoginCommands(program: Command, surroundings: Surroundings, finish: Finish): void {
  addColorFlag(
    program
      .command("login")
      .summary("log in to a server")
      .description(
        "Logs this user in to a server: shows an address and a code to confirm in a browser, and keeps the token that it gets.",
      )
      .option("--server <URL>", SERVER_FLAG, nonEmpty)
      .option("--token", "read a token, made at /account of the server, from the standard input", false)
      .option(
        "--workload",
        "as a pipeline of GitHub Actions or GitLab CI that the operator's file names",
        false,
      )
      .option(
        "--id-token-variable <NAME>",
        "with --workload: the variable that GitLab's id_tokens fills",
        nonEmpty,
      )
      .option(
        "--audience <TEXT>",
        "with --workload on GitHub: what the token is for (default: the server's address)",
        nonEmpty,
      )
      .showHelpAfterError("See “anchorwatch login --help” for examples.")
      .addHelpText("after", help.LOGIN),
  ).action(async (flags: LoginFlags) => {
    const { runLogin } = await import("./login.ts");
    finish(await runLogin(flags, surroundings));
  });
  addColorFlag(
    program
      .command("logout")
      .summary("log out of a server")
      .description("Revokes the token that login got, and forgets it.")
      .option("--server <URL>", SERVER_FLAG, nonEmpty),
  ).action(async (flags: RemoteFlags) => {
    const { runLogout } = await import("./logout.ts");
    finish(await runLogout(flags, surroundings));
  });
  addRemoteFlags(
    program
      .command("whoami")
      .summary("say who one is on a server")
      .description("Says which server is asked, as whom, and with which roles."),
  ).action(async (flags: RemoteFlags) => {
    const { runWhoami } = await import("./logout.ts");
    finish(await runWhoami(flags, surroundings));
  });
  addRemoteFlags(
    program
      .command("status")
      .summary("say how a server is")
      .description("Says how a server is: stacks, drifts, ledger, work that waits."),
  ).action(async (flags: RemoteFlags) => {
    const { runStatus } = await import("./status.ts");
    finish(await runStatus(flags, surroundings));
  });
}

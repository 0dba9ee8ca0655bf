import { Command, CommanderError, Help } from "commander";
import { looksLikeServer } from "../client/serverAddress.ts";
import { addAccessCommand } from "./access/commands.ts";
import { runCheck } from "./check.ts";
import { addCheckFlags } from "./checkFlags.ts";
import { addConnectCommand } from "./connect/commands.ts";
import { addGateCommand } from "./gate/commands.ts";
import { addServiceCommands, addWatchCommand } from "./lastingCommands.ts";
import { addLedgerCommand } from "./ledger/commands.ts";
import { toleratePipe, writeTo } from "./output.ts";
import { addPolicyCommand } from "./policy/commands.ts";
import { formatProblemText, problemOf } from "./problem.ts";
import { addConfigShowCommand, addRemoteCommands } from "./remote/commands.ts";
import type { Surroundings } from "./surroundings.ts";

/** Runs one command line (without node and script) and resolves to the exit status. Never throws, never exits. */
export async function runProgram(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const { stdout, stderr } = surroundings;
  let broken: Error | undefined;
  for (const stream of [stdout, stderr]) toleratePipe(stream, (error) => (broken ??= error));
  let status = 0;
  try {
    const program = buildProgram(surroundings, (code) => {
      status = code;
    });
    await program.parseAsync([...argv], { from: "user" });
  } catch (error) {
    // commander has told what is wrong already; help and version come this way too, with status 0.
    if (error instanceof CommanderError) status = error.exitCode === 0 ? 0 : 1;
    else {
      await writeTo(stderr, formatProblemText(problemOf(error), true));
      status = 1;
    }
  }
  await writeTo(stdout, "");
  return broken === undefined ? status : Math.max(status, 1);
}

const PLAIN_HELP = new Help();

function buildProgram(surroundings: Surroundings, finish: (status: number) => void): Command {
  const { stdout, stderr, version } = surroundings;
  const program = new Command("anchorwatch")
    .description("Notices when what runs is no longer what the code declares.")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show help for a command")
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => stdout.columns ?? 100,
      getErrHelpWidth: () => stderr.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .configureHelp({
      // A flag that is not given is not set: to say so tells nobody anything.
      optionDescription: (option) =>
        option.defaultValue === false ? option.description : PLAIN_HELP.optionDescription(option),
    })
    .exitOverride()
    .addHelpText("after", PROGRAM_EXAMPLES);
  addCheckCommand(program, surroundings, finish);
  addWatchCommand(program, surroundings, finish);
  addServiceCommands(program, surroundings, finish);
  addLedgerCommand(program, surroundings, finish);
  addConnectCommand(program, surroundings, finish);
  addAccessCommand(program, surroundings, finish);
  addPolicyCommand(program, surroundings, finish);
  addGateCommand(program, surroundings, finish);
  addRemoteCommands(program, surroundings, finish);
  addConfigCommand(program, surroundings, finish);
  return program;
}

function addCheckCommand(
  program: Command,
  surroundings: Surroundings,
  finish: (status: number) => void,
): void {
  const command = program
    .command("check")
    .summary("report the drift of a stack")
    .description(
      "Reads every resource of a Terraform or OpenTofu stack through its provider and reports what drifted.",
    )
    .argument("[DIR]", "folder of the root module, or name of a stack in anchorwatch.yaml (default: here)")
    .showHelpAfterError("See “anchorwatch check --help” for examples.")
    .addHelpText("after", CHECK_EXAMPLES);
  const flags = addCheckFlags(command);
  command.action(async (wanted: string | undefined) => {
    const { server } = flags();
    if (server === undefined || !looksLikeServer(server)) {
      return finish(await runCheck(wanted, flags(), surroundings));
    }
    const { runCheckThere } = await import("./remote/checkThere.ts");
    const given = command.options.map((option) => option.attributeName());
    const named = given.filter((name) => command.getOptionValueSource(name) === "cli");
    finish(await runCheckThere(wanted, { ...flags(), named }, surroundings));
  });
}

function addConfigCommand(
  program: Command,
  surroundings: Surroundings,
  finish: (status: number) => void,
): void {
  const config = program
    .command("config")
    .description(
      "check a repository's anchorwatch.yaml or the operator's file, and show what is in force on a server",
    )
    .addHelpText("after", CONFIG_EXAMPLES);
  addConfigShowCommand(config, surroundings, finish);
  config
    .command("validate")
    .description("Checks a configuration file and prints OK, or every problem with its line.")
    .argument("[FILE]", "the file (default: the nearest anchorwatch.yaml)")
    .showHelpAfterError("See “anchorwatch config validate --help” for examples.")
    .option("--server <FILE>", "check this anchorwatch.server.yaml, the operator's file, instead")
    .addHelpText("after", CONFIG_EXAMPLES)
    .action(async (file: string | undefined, { server }: { readonly server?: string }) => {
      const { runConfigValidate, runServerValidate } = await import("./configValidate.ts");
      finish(
        await (server === undefined
          ? runConfigValidate(file, surroundings)
          : runServerValidate(server, surroundings)),
      );
    });
}

const PROGRAM_EXAMPLES = `
Examples:
  anchorwatch check                       the stack in this folder
  anchorwatch check infra/network         the stack in another folder
  anchorwatch watch infra                 its stacks live, in this terminal
  anchorwatch serve --server /etc/anchorwatch.server.yaml   all stacks, day and night
  anchorwatch check --ledger /var/lib/audit   and write down what it found
  anchorwatch ledger verify /var/lib/audit --key audit.vkey
  anchorwatch gate --plan plan.json       may this be deployed?
  anchorwatch connect aws --check         is the account connected as it should be?
  anchorwatch config validate             is anchorwatch.yaml right?
  anchorwatch login --server https://anchorwatch.example.com   then: stacks, drifts, events, status …
  anchorwatch drifts list                 what a server knows of

“anchorwatch COMMAND --help” shows a command's flags and examples.`;

const CHECK_EXAMPLES = `
Examples:
  anchorwatch check                                     the stack in this folder
  anchorwatch check infra/network --var-file prod.tfvars
  anchorwatch check --state terraform.tfstate           a state alone, without its code
  anchorwatch check --target module.net --target 'aws_instance.web[0]'
  anchorwatch check --ignore 'aws_autoscaling_group:desired_capacity'
  anchorwatch check --read-role arn:aws:iam::123456789012:role/audit
  anchorwatch check --format sarif --output drift.sarif
  anchorwatch check --format json | jq '.resources[].address'
  anchorwatch check --ledger /var/lib/audit             write what it finds to a ledger
  anchorwatch check --server /etc/anchorwatch.server.yaml   to the ledger that the operator's file names
  anchorwatch check network --server https://anchorwatch.example.com   have a server look at its stack “network”

Exit status:
  0  no drift
  1  an error, or something could not be read: there may be drift that was not seen;
     or the ledger could not be written
  2  drift, and everything was seen (with --strict also code that was never deployed)
  130 and 143  interrupted`;

const CONFIG_EXAMPLES = `
Examples:
  anchorwatch config validate
  anchorwatch config validate infra/anchorwatch.yaml
  anchorwatch config validate --server /etc/anchorwatch.server.yaml
  anchorwatch config show                 what is in force on the server that you are logged in to`;

/** `anchorwatch policy …`: its commands with their flags and examples. What they do is loaded when one is called. */
import { type Command, InvalidArgumentError } from "commander";
import { looksLikeServer } from "../../client/serverAddress.ts";
import { addColorFlag, collect, nonEmpty } from "../ledger/flags.ts";
import { formatOption, statusOf } from "../reportCommand.ts";
import type { Surroundings } from "../surroundings.ts";
import type { PolicyExplainFlags } from "./explain.ts";
import type { PolicyListFlags } from "./list.ts";
import type { PolicyTestFlags } from "./testPolicy.ts";

export function addPolicyCommand(
  program: Command,
  surroundings: Surroundings,
  finish: (status: number) => void,
): void {
  const policy = program
    .command("policy")
    .summary("test, explain and list the rules that say why a drift matters")
    .description(
      "Works with the rules that say why a drift matters: built in, the operator's, and the repository's.",
    )
    .addHelpText("after", HELP);
  const add = (name: string, about: string, examples: string) =>
    policy
      .command(name)
      .description(about)
      .showHelpAfterError(`See “anchorwatch policy ${name} --help” for examples.`)
      .addHelpText("after", examples)
      .option(
        name === "explain" ? "--server <FILE|URL>" : "--server <FILE>",
        `the operator's file, for its rules (default: the one that ANCHORWATCH_SERVER names, if any)${name === "explain" ? ", or the address of a server, for a drift there" : ""}`,
        nonEmpty,
      )
      .option(
        "--config <FILE>",
        "the repository's file (default: the nearest anchorwatch.yaml, if any)",
        nonEmpty,
      );
  const finishing = async (work: () => Promise<number>) => finish(await statusOf(work, surroundings));
  addColorFlag(add("test", "Runs cases: given drifts, and what the rules must say of them.", TEST))
    .argument("[FILES...]", "files with cases, in YAML (default: policyTests of anchorwatch.yaml)")
    .option(
      "--min-coverage <PERCENT>",
      "how many of the rules must have a case that makes them fire",
      percent,
    )
    .option("--builtin", "run the recorded cases of the built-in rules, and count these rules, too", false)
    .addOption(formatOption("text", "json", "junit"))
    .action((files: readonly string[], flags: PolicyTestFlags) =>
      finishing(async () => {
        const { testPolicy } = await import("./testPolicy.ts");
        return await testPolicy(files, flags, surroundings);
      }),
    );
  addColorFlag(add("explain", "Says what the rules make of the drifts of a saved check, and why.", EXPLAIN))
    .argument(
      "<FILE|DRIFT>",
      "what “anchorwatch check --format json” printed; - for the standard input; with --server URL the id of a drift",
    )
    .option("--resource <ADDRESS>", "only this one (repeatable)", collect)
    .option("--all", "also rules that said no, with the values that they looked at", false)
    .addOption(formatOption("text", "json"))
    .action((file: string, flags: PolicyExplainFlags) =>
      finishing(async () => {
        if (flags.server !== undefined && looksLikeServer(flags.server)) {
          const { runExplainDriftThere } = await import("../remote/explainDriftThere.ts");
          return await runExplainDriftThere(file, flags, surroundings);
        }
        const { explainPolicy } = await import("./explain.ts");
        return await explainPolicy(file, flags, surroundings);
      }),
    );
  add("list", "Prints all rules and adjustments that are in force.", LIST)
    .addOption(formatOption("text", "json"))
    .action((flags: PolicyListFlags) =>
      finishing(async () => {
        const { listPolicy } = await import("./list.ts");
        return await listPolicy(flags, surroundings);
      }),
    );
}

function percent(text: string): number {
  const number = Number(text);
  if (/^[0-9]{1,3}$/.test(text) && number <= 100) return number;
  throw new InvalidArgumentError("Expected a number from 0 to 100.");
}

const HELP = `
Examples:
  anchorwatch policy test policies/cases.yaml
  anchorwatch check --format json | anchorwatch policy explain -
  anchorwatch policy list

“anchorwatch policy COMMAND --help” shows a command's flags and examples.`;

const TEST = `
Examples:
  anchorwatch policy test
  anchorwatch policy test policies/*.cases.yaml --min-coverage 100
  anchorwatch policy test --builtin
  anchorwatch policy test cases.yaml --server /etc/anchorwatch.server.yaml --format junit > policy.xml

Exit status:
  0  all are as expected, and enough rules are covered
  1  some are not, a rule of the repository is wrong, or a file cannot be read`;

const EXPLAIN = `
Examples:
  anchorwatch check --format json --output drift.json
  anchorwatch policy explain drift.json
  anchorwatch policy explain drift.json --resource aws_security_group.web --all
  anchorwatch policy explain 0198a6c2 --server https://anchorwatch.example.com

A saved check holds what changed and nobody's name: rules that look at whole values (live, recorded) cannot be evaluated by it,
and are told as failed. A server (--server URL, after “anchorwatch login”) answers with what its rules said of a drift that it knows,
and which values made them fire.`;

const LIST = `
Examples:
  anchorwatch policy list
  anchorwatch policy list --server /etc/anchorwatch.server.yaml --format json`;

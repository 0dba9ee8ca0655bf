/** `anchorwatch access …`: its commands with their flags and examples. What they do is loaded when one is called. */
import { type Command, Option } from "commander";
import { looksLikeServer } from "../../client/serverAddress.ts";
import { addColorFlag, collect, nonEmpty } from "../ledger/flags.ts";
import { formatOption, statusOf } from "../reportCommand.ts";
import type { Surroundings } from "../surroundings.ts";
import type { ExplainFlags } from "./explain.ts";
import type { PoliciesFlags } from "./policies.ts";
import type { TestFlags } from "./testAccess.ts";

export function addAccessCommand(
  program: Command,
  surroundings: Surroundings,
  finish: (status: number) => void,
): void {
  const access = program
    .command("access")
    .summary("explain, test and read who may do what")
    .description("Works with the roles and policies of the operator's file: who may do what, where, and why.")
    .addHelpText("after", HELP);
  const add = (name: string, about: string, examples: string) =>
    access
      .command(name)
      .description(about)
      .showHelpAfterError(`See “anchorwatch access ${name.split(" ", 1)[0]} --help” for examples.`)
      .addHelpText("after", examples)
      .option(
        name === "test" ? "--server <FILE>" : "--server <FILE|URL>",
        `the operator's file (default: the one that ANCHORWATCH_SERVER names)${name === "test" ? "" : ", or the address of a server"}`,
        nonEmpty,
      );
  const finishing = async (work: () => Promise<number>) => finish(await statusOf(work, surroundings));
  addColorFlag(add("explain", "Says whether somebody may do something, and why.", EXPLAIN))
    .argument("<USER>", "a login, or workload:NAME")
    .argument("<ACTION>", "such as stack.check; “anchorwatch access policies --schema” lists all")
    .argument(
      "<RESOURCE>",
      "stack:NAME, repository:URL, account:NAME, labels:team=payments,env=prod, or installation",
    )
    .option("--group <GROUP>", "a group of the user, as PROVIDER:GROUP (repeatable)", collect)
    .option("--strong", "as if signed in with a passkey or a second factor", false)
    .addOption(
      new Option("--channel <CHANNEL>", "how the user comes")
        .choices(["session", "token"])
        .default("session"),
    )
    .addOption(formatOption("text", "json"))
    .action((user: string, action: string, resource: string, flags: ExplainFlags) =>
      finishing(async () => {
        if (flags.server !== undefined && looksLikeServer(flags.server)) {
          const { runExplainThere } = await import("../remote/explainThere.ts");
          return await runExplainThere([user, action, resource], flags, surroundings);
        }
        const { explainAccess } = await import("./explain.ts");
        return await explainAccess([user, action, resource], flags, surroundings);
      }),
    );
  addColorFlag(add("test", "Runs the tests of a file against roles and policies.", TEST))
    .argument("<FILE>", "the tests, in YAML")
    .addOption(formatOption("text", "json", "junit"))
    .action((file: string, flags: TestFlags) =>
      finishing(async () => {
        const { testAccess } = await import("./testAccess.ts");
        return await testAccess(file, flags, surroundings);
      }),
    );
  add("policies", "Prints all policies that are in force, in Cedar.", POLICIES)
    .option("--schema", "print what policies can speak of, as a Cedar schema, instead", false)
    .addOption(formatOption("text", "json"))
    .action((flags: PoliciesFlags) =>
      finishing(async () => {
        if (!flags.schema && flags.server !== undefined && looksLikeServer(flags.server)) {
          const { runPoliciesThere } = await import("../remote/policiesThere.ts");
          return await runPoliciesThere(flags, surroundings);
        }
        const { printPolicies } = await import("./policies.ts");
        return await printPolicies(flags, surroundings);
      }),
    );
}

const HELP = `
Examples:
  anchorwatch access explain maria@example.com stack.check labels:team=payments,env=prod
  anchorwatch access test access.test.yaml --server /etc/anchorwatch.server.yaml
  anchorwatch access policies

“anchorwatch access COMMAND --help” shows a command's flags and examples.`;

const EXPLAIN = `
Examples:
  anchorwatch access explain maria@example.com stack.check labels:team=payments,env=prod
  anchorwatch access explain maria@example.com stack.view stack:network --group okta:platform
  anchorwatch access explain maria@example.com stack.view repository:https://github.com/example/infra.git
  anchorwatch access explain joe access.manage installation --strong
  anchorwatch access explain workload:deploy stack.check labels:env=prod --format json
  anchorwatch access explain maria@example.com stack.check stack:network --server https://anchorwatch.example.com

By the operator's file alone, roles that were given by API are not known; a server (--server URL, after “anchorwatch login”)
knows them, and the labels of its stacks.

Exit status:
  0  allowed
  1  an error
  2  denied`;

const TEST = `
Examples:
  anchorwatch access test access.test.yaml --server /etc/anchorwatch.server.yaml
  anchorwatch access test access.test.yaml --format junit > access.xml

Exit status:
  0  all are as expected
  1  an error: a file cannot be read, or something in it is wrong
  2  some are not as expected`;

const POLICIES = `
Examples:
  anchorwatch access policies --server /etc/anchorwatch.server.yaml
  anchorwatch access policies --schema > anchorwatch.cedarschema`;

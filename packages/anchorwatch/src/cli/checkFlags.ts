/** The flags of `anchorwatch check`: their help, and the forms that they must have. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { VariableInput } from "../app/checkRequest.ts";
import { parseDuration } from "../app/configuration/duration.ts";
import { parseIgnoreRule } from "../app/configuration/ignoreRule.ts";
import type { IgnoreRule } from "../compare/ignoreRules.ts";
import { FORMATS, type Format } from "./formats/render.ts";

export interface CheckFlags {
  readonly state?: string;
  readonly target: readonly string[];
  readonly format: Format;
  readonly output?: string;
  readonly all: boolean;
  readonly concurrency?: number;
  /** Milliseconds. */
  readonly timeout?: number;
  /** `--var` and `--var-file` in the order given: later ones win. */
  readonly variables: readonly VariableInput[];
  readonly pending: boolean;
  readonly strict: boolean;
  readonly ignore: readonly IgnoreRule[];
  readonly readRole?: string;
  readonly externalId?: string;
  readonly profile?: string;
  readonly config?: string;
  /** Folder of a ledger that gets what the check finds. */
  readonly ledger?: string;
  /** The operator's file, whose ledger does. */
  readonly server?: string;
  readonly color: boolean;
}

/** Adds the flags to the command. The function returned gives them all once the command line has been parsed. */
export function addCheckFlags(command: Command): () => CheckFlags {
  const variables: VariableInput[] = [];
  command
    .option("--state <FILE>", "check this state file; without DIR no code is read")
    .option("--target <ADDRESS>", "check only this resource or module (repeatable)", collectTarget)
    .addOption(new Option("--format <FORMAT>", "form of the report").choices(FORMATS).default("text"))
    .option("--output <FILE>", "write the report to a file, whole or not at all")
    .option("--all", "list what is in sync and informational differences too")
    .option("--concurrency <N>", "reads in flight at once", parseConcurrency)
    .option(
      "--timeout <DURATION>",
      "give up after 90s, 5m, 1h30m; what was not read by then is unknown",
      parseTimeout,
    )
    .option("--var <NAME=VALUE>", "set a variable of the root module (repeatable)", (text: string) => {
      variables.push(parseVariable(text));
    })
    .option("--var-file <FILE>", "read variables from a .tfvars file (repeatable)", (path: string) => {
      variables.push({ kind: "file", path: nonEmpty(path), origin: "--var-file" });
    })
    .option("--pending", "also ask “terraform plan -refresh=false” for code that was never deployed")
    .option("--strict", "exit with 2 for code that was never deployed, too")
    .option("--ignore <RULE>", "ignore differences: [!]TYPE-OR-ADDRESS[:PATH] (repeatable)", collectIgnore)
    .option("--read-role <ARN>", "read with this role instead of the one in the code", parseRole)
    .option("--external-id <ID>", "what the trust policy of --read-role asks for", nonEmpty)
    .option("--profile <NAME>", "read with this profile instead of the one in the code", nonEmpty)
    .option("--ledger <DIR>", "write what was found to this ledger; made at first use", nonEmpty)
    .option(
      "--server <FILE|URL>",
      "the operator's anchorwatch.server.yaml (default: ANCHORWATCH_SERVER): its ledger is written to, unless --ledger is given; or the address of a server, which checks its stack of that name",
      nonEmpty,
    )
    .option("--config <FILE>", "configuration instead of the nearest anchorwatch.yaml", nonEmpty)
    .option("--no-color", "no colours (NO_COLOR and FORCE_COLOR are honoured too)");
  return () => ({ ...NOTHING_GIVEN, ...command.opts<Given>(), variables });
}

/** What commander gives: flags that were not used are missing, unless they have a default above. */
type Given = Pick<CheckFlags, "format" | "color"> & Partial<CheckFlags>;

const NOTHING_GIVEN = { target: [], ignore: [], all: false, pending: false, strict: false } as const;

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function collectTarget(address: string, before: readonly string[] = []): readonly string[] {
  if (!/^[A-Za-z_]/.test(address) || !address.includes(".")) {
    throw new InvalidArgumentError(
      "Expected an address such as aws_instance.web, module.net or module.net.aws_vpc.main[0].",
    );
  }
  return [...before, address];
}

function collectIgnore(text: string, before: readonly IgnoreRule[] = []): readonly IgnoreRule[] {
  const parsed = parseIgnoreRule(text, "--ignore");
  if (!parsed.ok) {
    throw new InvalidArgumentError(`${sentence(parsed.problem)} An example: aws_instance:tags.LastScan.`);
  }
  return [...before, parsed.rule];
}

function parseConcurrency(text: string): number {
  const number = /^[0-9]{1,4}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > 1000) throw new InvalidArgumentError("Expected a whole number from 1 to 1000.");
  return number;
}

function parseTimeout(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined)
    throw new InvalidArgumentError("Expected a duration with its unit, such as 90s, 5m or 1h30m.");
  return milliseconds;
}

function parseVariable(text: string): VariableInput {
  const [, name, value] = /^([\p{L}_][\p{L}\p{N}_-]*)=(.*)$/su.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new InvalidArgumentError("Expected NAME=VALUE, such as region=eu-west-1.");
  }
  return { kind: "text", name, text: value, origin: "--var" };
}

function parseRole(text: string): string {
  if (/^arn:[a-z-]+:iam::[0-9]{12}:role\/\S+$/.test(text)) return text;
  throw new InvalidArgumentError(
    "Expected the ARN of a role, such as arn:aws:iam::123456789012:role/anchorwatch-read.",
  );
}

function nonEmpty(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("Expected a name, found nothing.");
  return text;
}

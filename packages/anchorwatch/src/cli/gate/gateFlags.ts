/** The flags of `anchorwatch gate`, and the forms that they must have. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { VariableInput } from "../../app/checkRequest.ts";
import { parseDuration } from "../../app/configuration/duration.ts";
import { addColorFlag, nonEmpty } from "../ledger/flags.ts";

const GATE_FORMATS = ["text", "json", "github", "gitlab", "sarif", "markdown"] as const;
export type GateFormat = (typeof GATE_FORMATS)[number];

export interface Report {
  readonly format: GateFormat;
  readonly file: string;
}

export interface GateFlags {
  readonly plan?: string;
  readonly changeSet?: string;
  readonly check: boolean;
  readonly server?: string;
  readonly stack?: string;
  readonly idTokenVariable?: string;
  readonly audience?: string;
  readonly format: GateFormat;
  readonly report: readonly Report[];
  readonly summary?: string;
  readonly config?: string;
  /** Of the check. */
  readonly state?: string;
  readonly variables: readonly VariableInput[];
  readonly timeout?: number;
  readonly readRole?: string;
  readonly externalId?: string;
  readonly profile?: string;
  readonly color: boolean;
}

/** Adds the flags to the command. The function returned gives them all once the command line has been parsed. */
export function addGateFlags(command: Command): () => GateFlags {
  const variables: VariableInput[] = [];
  const reports: Report[] = [];
  command
    .option("--plan <FILE>", "what “terraform show -json PLAN” says; - for the standard input", nonEmpty)
    .option(
      "--change-set <FILE>",
      "what “aws cloudformation describe-change-set --include-property-values” says; - for the standard input",
      nonEmpty,
    )
    .option("--check", "look for drift first, with a check of one's own", false)
    .option(
      "--server <FILE|URL>",
      "the operator's anchorwatch.server.yaml (default: ANCHORWATCH_SERVER), for its rules and limits; or the address of a server, which also knows drift and freezes",
      nonEmpty,
    )
    .option("--stack <NAME>", "its name on the server (default: the one in anchorwatch.yaml)", nonEmpty)
    .option(
      "--id-token-variable <NAME>",
      "the variable that GitLab's id_tokens fills, to ask a server with",
      nonEmpty,
    )
    .option(
      "--audience <TEXT>",
      "on GitHub: what the token for the server is for (default: its address)",
      nonEmpty,
    )
    .addOption(new Option("--format <FORMAT>", "form of the answer").choices(GATE_FORMATS).default("text"))
    .option("--report <FORMAT=FILE>", "write it in another form, too (repeatable)", (text: string) => {
      reports.push(parseReport(text));
    })
    .option(
      "--summary <FILE>",
      "add a summary in Markdown to this file (default: the one that GITHUB_STEP_SUMMARY names)",
      nonEmpty,
    )
    .option("--config <FILE>", "use this configuration instead of the nearest anchorwatch.yaml", nonEmpty)
    .option("--state <FILE>", "with --check: this state file", nonEmpty)
    .option(
      "--var <NAME=VALUE>",
      "with --check: set a variable of the root module (repeatable)",
      (text: string) => {
        variables.push(parseVariable(text));
      },
    )
    .option("--var-file <FILE>", "with --check: read variables from a file (repeatable)", (path: string) => {
      variables.push({ kind: "file", path: nonEmpty(path), origin: "--var-file" });
    })
    .option("--timeout <DURATION>", "with --check: give up after 90s, 5m", parseTimeout)
    .option("--read-role <ARN>", "with --check: read with this role", nonEmpty)
    .option("--external-id <ID>", "what the trust policy of --read-role asks for", nonEmpty)
    .option("--profile <NAME>", "with --check: read with this profile", nonEmpty);
  addColorFlag(command);
  return () => ({ ...command.opts<Omit<GateFlags, "variables" | "report">>(), variables, report: reports });
}

function parseReport(text: string): Report {
  const [, format, file] = /^([a-z]+)=(.+)$/s.exec(text) ?? [];
  const known = GATE_FORMATS.find((one) => one === format);
  if (known !== undefined && file !== undefined) return { format: known, file };
  throw new InvalidArgumentError(
    `Expected FORMAT=FILE, such as sarif=gate.sarif; forms are ${GATE_FORMATS.join(", ")}.`,
  );
}

function parseVariable(text: string): VariableInput {
  const [, name, value] = /^([\p{L}_][\p{L}\p{N}_-]*)=(.*)$/su.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return { kind: "text", name, text: value, origin: "--var" };
  throw new InvalidArgumentError("Expected NAME=VALUE, such as region=eu-west-1.");
}

function parseTimeout(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds !== undefined) return milliseconds;
  throw new InvalidArgumentError("Expected a duration with its unit, such as 90s, 5m or 1h30m.");
}

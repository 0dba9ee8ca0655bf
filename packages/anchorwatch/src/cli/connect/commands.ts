/** `anchorwatch connect …`: its flags and examples. What it does is loaded when it is called. */
import { type Command, Option } from "commander";
import type { Surroundings } from "../surroundings.ts";
import type { ConnectFlags } from "./flags.ts";

export function addConnectCommand(
  program: Command,
  surroundings: Surroundings,
  finish: (status: number) => void,
): void {
  program
    .command("connect")
    .summary("connect a cloud, with no more rights than needed")
    .description("Connects Anchorwatch to a cloud, with no more rights than it needs.")
    .addHelpText("after", EXAMPLES)
    .command("aws")
    .summary("write what an account of AWS needs, explain it, and check it")
    .description(
      "Writes a Terraform module and a CloudFormation template of the same: a role that reads, a role that puts back, a rule and a queue for changes, a trail, and a locked bucket for the ledger. With --check it tries step by step whether everything arrives. It changes nothing in the account by itself.",
    )
    .argument("[DIR]", "folder of the connection", "anchorwatch-aws")
    .option("--principal <ARN>", "role or user that Anchorwatch runs as")
    .option("--region <REGION>", "of the queue and the buckets (default: AWS_REGION)")
    .option("--account <ID>", "account to connect (default: the principal's)")
    .option("--name <NAME>", "what every name begins with (default: anchorwatch)")
    .option(
      "--services <IDS>",
      "what is read: ids with commas; “default” stands for all that hand out no content (default: default)",
    )
    .option("--executor-services <IDS>", "what the executor may put back: s3,ec2,… (default: nothing yet)")
    .option("--executor-policy <ARN>", "a policy of yours that says it instead")
    .option("--no-executor", "no role that could write")
    .option("--trail <S3>", "use this trail, s3://BUCKET/PREFIX, instead of a new one")
    .option("--trail-key <ARN>", "key that this trail's files are encrypted with")
    .addOption(
      new Option(
        "--ledger-lock <MODE>",
        "what the bucket locks by itself besides what Anchorwatch locks (default: own, nothing)",
      ).choices(["own", "compliance", "governance"]),
    )
    .option("--ledger-retention <DAYS>", "for how long nobody can delete an entry (default: 400d)")
    .option(
      "--external-id <ID>",
      "external id of both roles (default: the one that is there, or a random one)",
    )
    .option("--force", "replace files that would change")
    .option("--explain", "show every permission, why it is there, and what happens without it; write nothing")
    .option(
      "--check",
      "check step by step that everything arrives; change nothing but a test event and a test object",
    )
    .option("--wait <DURATION>", "with --check: how long the test event may take (default: 60s)")
    .option("--profile <NAME>", "with --check: profile of whoever runs Anchorwatch")
    .addOption(
      new Option("--format <FORMAT>", "form of --check and --explain")
        .choices(["text", "json"])
        .default("text"),
    )
    .option("--no-color", "no colours (NO_COLOR and FORCE_COLOR are honoured too)")
    .showHelpAfterError("See “anchorwatch connect aws --help” for examples.")
    .addHelpText("after", AWS_EXAMPLES)
    .action(async (folder: string, flags: ConnectFlags) => {
      const { runConnect } = await import("./connect.ts");
      finish(await runConnect(folder, flags, surroundings));
    });
}

const EXAMPLES = `
Examples:
  anchorwatch connect aws --principal arn:aws:iam::123456789012:role/anchorwatch --region eu-central-1
  anchorwatch connect aws --check`;

const AWS_EXAMPLES = `
Examples:
  anchorwatch connect aws --principal arn:aws:iam::123456789012:role/anchorwatch --region eu-central-1
  anchorwatch connect aws --principal … --explain              every permission, before anything is written
  anchorwatch connect aws --principal … --no-executor          Anchorwatch may never write
  anchorwatch connect aws --principal … --executor-services s3,ec2
  anchorwatch connect aws --principal … --services default,ssm-parameters
  anchorwatch connect aws --principal … --trail s3://org-trail  an existing trail
  terraform -chdir=anchorwatch-aws init && terraform -chdir=anchorwatch-aws apply
  anchorwatch connect aws --check                              does everything arrive?

Exit status:
  0  written; with --check: everything is as it should be, and was seen
  1  an error; with --check: something is missing, or could not be seen yet

docs/connect-aws.md goes through it step by step.`;

/** The files of a connection, made of its options alone: the same options give the same bytes. */
import type { ConnectOptions } from "./connectOptions.ts";
import { cloudFormationTemplate } from "./documents/cloudFormationTemplate.ts";
import type { Output } from "./documents/output.ts";
import { terraformModule } from "./documents/terraformModule.ts";
import { ledgerPart, trailPart } from "./parts/buckets.ts";
import { feedPart } from "./parts/feed.ts";
import { joined } from "./parts/part.ts";
import { rolesPart } from "./parts/roles.ts";
import { principalPolicyJson } from "./principalPolicy.ts";
import { writeRecord } from "./record.ts";
import { serverFragment } from "./serverFragment.ts";

export interface ConnectionFile {
  readonly name: string;
  readonly text: string;
  /** For people. */
  readonly about: string;
}

/** @param externalId what both roles ask for; no secret, but nobody's guess either */
export function connectionFiles(options: ConnectOptions, externalId: string): readonly ConnectionFile[] {
  const part = joined([
    feedPart(options),
    trailPart(options),
    ledgerPart(options),
    rolesPart(options, externalId),
  ]);
  const outputs = outputsOf(options);
  return [
    {
      name: "main.tf",
      about: "everything, for Terraform or OpenTofu",
      text: terraformModule(part, outputs, options),
    },
    {
      name: "template.yaml",
      about: "the same, for CloudFormation: use one of the two",
      text: cloudFormationTemplate(part, outputs, options),
    },
    {
      name: "principal-policy.json",
      about: "what whoever runs Anchorwatch has to be allowed",
      text: principalPolicyJson(options),
    },
    {
      name: "anchorwatch.server.yaml",
      about: "the piece of the operator's file that uses it",
      text: serverFragment(options, externalId),
    },
    {
      name: RECORD_FILE,
      about: "what was asked for, with the external id: keep it, --check and the next run read it",
      text: writeRecord(options, externalId),
    },
  ];
}

export const RECORD_FILE = "connection.json";

function outputsOf({ executor, trail }: ConnectOptions): readonly Output[] {
  return [
    { name: "read_role_arn", description: "What Anchorwatch reads with.", value: "readRole.arn" },
    ...(executor.kind === "none"
      ? []
      : [
          {
            name: "executor_role_arn",
            description: "What Anchorwatch puts things back with.",
            value: "executorRole.arn",
          },
        ]),
    { name: "queue_url", description: "Where Anchorwatch hears of changes.", value: "queue.url" },
    ...(trail.kind === "existing"
      ? []
      : [{ name: "trail_bucket", description: "Where the trail's files lie.", value: "trail.bucket" }]),
    { name: "ledger_bucket", description: "Where the ledger lies.", value: "ledger.bucket" },
  ];
}

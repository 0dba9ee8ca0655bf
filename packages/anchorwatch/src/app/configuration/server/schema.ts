/** The form of `anchorwatch.server.yaml`. Its JSON Schema in `docs/schema/` is made from this: descriptions are for people. */
import { z } from "zod";
import { operatorsGate } from "../gateSchema.ts";
import { access } from "./accessSchema.ts";
import { alerts, channels } from "./alertsSchema.ts";
import { egress } from "./egressSchema.ts";
import { exceptions } from "./exceptionsSchema.ts";
import { playbooks } from "./playbooksSchema.ts";
import { policy } from "./policySchema.ts";
import { unmanaged } from "./unmanagedSchema.ts";
import {
  allowedProvider,
  database,
  eventSource,
  identityRule,
  limits,
  repositories,
  server,
  watch,
} from "./watchSchema.ts";
import { aws, days, path, text } from "./words.ts";

const key = z.strictObject({
  kms: text.meta({
    description:
      "ARN of an Ed25519 key (ECC_NIST_EDWARDS25519, SIGN_VERIFY) in AWS KMS. To sign with another one, name it here and run anchorwatch ledger rotate.",
  }),
});

/** Which member makes it which kind of anchor. */
export const ANCHOR_KINDS = ["folder", "s3", "witness", "webhook"] as const;
/** Members of each kind besides the one that makes it. */
export const ANCHOR_MEMBERS = {
  folder: [],
  s3: ["aws"],
  witness: ["keys"],
  webhook: ["secretFile"],
} as const;

const anchor = z
  .strictObject({
    folder: path("A folder that exists, best on a file share.").optional(),
    s3: text.optional().meta({
      description: "s3://BUCKET/PREFIX, in another bucket than the ledger, best of another account.",
    }),
    aws: aws.optional(),
    witness: text
      .optional()
      .meta({ description: "Address of a witness; /add-checkpoint is asked below it." }),
    keys: z
      .array(text)
      .min(1)
      .optional()
      .meta({ description: "The witness's verifier keys: name+id+base64. Two while it changes its key." }),
    webhook: text
      .optional()
      .meta({ description: "Address that each checkpoint is posted to. It is never shown." }),
    secretFile: path(
      "File with whsec_ and base64, for the signature that the webhook's receiver checks.",
    ).optional(),
  })
  .meta({
    description: "A place outside that remembers checkpoints.",
    oneOf: ANCHOR_KINDS.map((kind) => ({ required: [kind] })),
  });

const ledger = z
  .strictObject({
    place: path("Where the ledger lies: a folder, or s3://BUCKET/PREFIX in a bucket with Object Lock."),
    private: path(
      "Folder for keys, search index and evidence, never served. Default: the ledger's folder with .private behind its name; a ledger in S3 needs it.",
    ).optional(),
    key: key.optional().meta({ description: "What signs. Default: a key file in the private folder." }),
    retention: days(
      "S3 only, and needed there: how long nobody, not even the account's owner, can delete what was written, such as 400d. anchorwatch ledger renew extends it.",
    ).optional(),
    renewBefore: days(
      "S3 only: how long before its end a retention is extended. Default: a quarter of it.",
    ).optional(),
    aws: aws.optional(),
    anchors: z.array(anchor).max(20).optional().meta({
      description: "Where each checkpoint goes. A log that is older than one of them signs nothing.",
    }),
  })
  .meta({ description: "The append-only log of what was found and done." });

export const serverFileSchema = z
  .strictObject({
    version: z.literal(1).meta({ description: "Version of this file's form." }),
    ledger: ledger.optional(),
    database: database.optional(),
    server: server.optional(),
    access: access.optional(),
    watch: watch.optional(),
    events: z.array(eventSource).max(100).optional().meta({ description: "Where audit events come from." }),
    identities: z
      .array(identityRule)
      .max(10_000)
      .optional()
      .meta({ description: "Who principals are. The first rule that matches says it." }),
    providers: z.array(allowedProvider).max(1000).optional().meta({
      description:
        "Provider programs that stacks of repositories may be read with. Without it they cannot be read at all; folders of this machine use what terraform init installed.",
    }),
    repositories: repositories.optional(),
    unmanaged: unmanaged.optional(),
    egress: egress.optional(),
    channels: channels.optional(),
    alerts: alerts.optional(),
    playbooks: playbooks.optional(),
    policy: policy.optional(),
    gate: operatorsGate.optional(),
    exceptions,
    limits: limits.optional(),
  })
  .meta({
    title: "Anchorwatch server configuration",
    description:
      "anchorwatch.server.yaml: what the operator of Anchorwatch decides. No repository can change it.",
  });

export type ServerFile = z.infer<typeof serverFileSchema>;
export type LedgerSection = NonNullable<ServerFile["ledger"]>;
export type StackSourceSection = NonNullable<NonNullable<ServerFile["watch"]>["stacks"]>[number];
export type EventSection = NonNullable<ServerFile["events"]>[number];
export type IdentitySection = NonNullable<ServerFile["identities"]>[number];
export type ProviderSection = NonNullable<ServerFile["providers"]>[number];
export type AnchorSection = NonNullable<LedgerSection["anchors"]>[number];

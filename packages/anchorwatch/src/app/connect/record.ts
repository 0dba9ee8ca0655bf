/** `connection.json`: what a connection was made of, for the next run and for its check. It lies where people can edit it. */
import { z } from "zod";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import { READ_IDS, WRITE_IDS } from "./catalogue/services.ts";
import type { ConnectOptions } from "./connectOptions.ts";
import {
  ACCOUNT_PATTERN,
  BUCKET_PATTERN,
  EXTERNAL_ID_PATTERN,
  KEY_PATTERN,
  NAME_PATTERN,
  POLICY_PATTERN,
  PREFIX_PATTERN,
  PRINCIPAL_PATTERN,
  REGION_PATTERN,
} from "./forms.ts";

const record = z.strictObject({
  schema: z.literal("anchorwatch.connection/v1"),
  externalId: z.string().regex(EXTERNAL_ID_PATTERN),
  account: z.string().regex(ACCOUNT_PATTERN),
  region: z.string().regex(REGION_PATTERN),
  partition: z.enum(["aws", "aws-cn", "aws-us-gov"]),
  principal: z.string().regex(PRINCIPAL_PATTERN),
  name: z.string().regex(NAME_PATTERN),
  services: z.array(z.enum(READ_IDS)),
  executor: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("none") }),
    z.strictObject({ kind: z.literal("services"), services: z.array(z.enum(WRITE_IDS)) }),
    z.strictObject({ kind: z.literal("policy"), arn: z.string().regex(POLICY_PATTERN) }),
  ]),
  trail: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("new") }),
    z.strictObject({
      kind: z.literal("existing"),
      bucket: z.string().regex(BUCKET_PATTERN),
      prefix: z.string().regex(PREFIX_PATTERN),
      key: z.string().regex(KEY_PATTERN).optional(),
    }),
  ]),
  ledger: z.strictObject({
    lock: z.enum(["own", "compliance", "governance"]),
    retentionDays: z.int().min(2).max(36_500),
  }),
});

export interface ConnectionRecord {
  readonly options: ConnectOptions;
  readonly externalId: string;
}

export function writeRecord(options: ConnectOptions, externalId: string): string {
  const { account, region, partition, principal, name, services, executor, trail, ledger } = options;
  // Members in this order, whoever made the options: the same connection has the same bytes.
  const what = { account, region, partition, principal, name, services, executor, trail, ledger };
  return `${JSON.stringify({ schema: "anchorwatch.connection/v1", externalId, ...what }, null, 2)}\n`;
}

/**
 * @param file as it is called in messages
 * @throws AnchorwatchError `connection_invalid`
 */
export function readRecord(text: string, file: string): ConnectionRecord {
  const parsed = record.safeParse(parse(text, file));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(file, `${issue?.path.join(".") || "the file"}: ${issue?.message ?? "it has another form"}`);
  }
  const { schema: _schema, externalId, trail, ...options } = parsed.data;
  const { key, ...place } = trail.kind === "existing" ? trail : { ...trail, key: undefined };
  return {
    externalId,
    options: { ...options, trail: key === undefined ? place : { ...place, key } } as ConnectOptions,
  };
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(file, `it is no JSON: ${messageOf(error)}`, error);
  }
}

function invalid(file: string, why: string, cause?: unknown): AnchorwatchError {
  return new AnchorwatchError("connection_invalid", `${file} cannot be used: ${why}`, {
    hint: "Restore it; or remove it and write the connection again with the same flags and the --external-id that main.tf has.",
    location: { file },
    ...(cause === undefined ? {} : { cause }),
  });
}

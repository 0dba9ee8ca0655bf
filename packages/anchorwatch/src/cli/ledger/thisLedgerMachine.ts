import { randomBytes, randomUUID } from "node:crypto";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import type { LedgerMachine } from "../../app/ledger/ledgerMachine.ts";

export function thisLedgerMachine(): LedgerMachine {
  return {
    now: () => new Date(),
    sleep: (milliseconds) => setTimeout(milliseconds),
    random: (bytes) => randomBytes(bytes),
    newId: () => randomUUID(),
    userId: process.getuid?.(),
    fetch: globalThis.fetch,
    newS3Client: () => s3Client(process.env),
  };
}

/** Credentials, profile and endpoint are found by the SDK itself, in the places that all tools of AWS use. */
async function s3Client(environment: NodeJS.ProcessEnv) {
  const { S3Client } = await import("@aws-sdk/client-s3");
  const region = environment["AWS_REGION"] || environment["AWS_DEFAULT_REGION"];
  const hasEndpoint = environment["AWS_ENDPOINT_URL_S3"] || environment["AWS_ENDPOINT_URL"];
  return new S3Client({
    ...(region ? { region } : {}),
    // Other stores than AWS's own seldom have a host name for each bucket.
    ...(hasEndpoint ? { forcePathStyle: true } : {}),
  });
}

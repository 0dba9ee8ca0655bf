import { randomBytes, randomUUID } from "node:crypto";
import { homedir, tmpdir } from "node:os";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import type { AwsSettings, LedgerMachine } from "../../app/ledger/ledgerMachine.ts";
import { stateFolderOf } from "../../app/machine.ts";
import { awsConnection } from "../awsConnection.ts";

export function thisLedgerMachine(): LedgerMachine {
  return {
    now: () => new Date(),
    sleep,
    random: (bytes) => randomBytes(bytes),
    newId: () => randomUUID(),
    userId: process.getuid?.(),
    stateFolder: stateFolderOf(process.env, { homeDir: homedir(), os: process.platform }),
    fetch: globalThis.fetch,
    newS3Client: (settings = {}) => s3Client(process.env, settings),
    newKmsClient: (settings = {}) => kmsClient(process.env, settings),
    temporaryFolder: tmpdir(),
  };
}

async function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  try {
    await setTimeout(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  }
}

async function s3Client(environment: NodeJS.ProcessEnv, settings: AwsSettings) {
  const { S3Client } = await import("@aws-sdk/client-s3");
  const hasEndpoint =
    settings.endpoint || environment["AWS_ENDPOINT_URL_S3"] || environment["AWS_ENDPOINT_URL"];
  return new S3Client({
    ...(await awsConnection(environment, settings)),
    // Other stores than AWS's own seldom have a host name for each bucket.
    ...(hasEndpoint ? { forcePathStyle: true } : {}),
    // A trail's bucket may lie in another region than those that it tells of.
    followRegionRedirects: true,
  });
}

async function kmsClient(environment: NodeJS.ProcessEnv, settings: AwsSettings) {
  const { KMSClient } = await import("@aws-sdk/client-kms");
  return new KMSClient(await awsConnection(environment, settings));
}

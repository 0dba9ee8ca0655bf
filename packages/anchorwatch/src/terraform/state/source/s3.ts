/**
 * States from Terraform's S3 backend. Encryption by the bucket needs nothing here: S3 decrypts for who may read.
 * @see https://developer.hashicorp.com/terraform/language/backend/s3
 */
import { readFile } from "node:fs/promises";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { GetObjectCommand, S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import { messageOf } from "../../../domain/errors.ts";
import { wholeStateError } from "../errors.ts";
import { absent } from "./absent.ts";
import { parseUrl } from "./address.ts";
import { collect, within } from "./limits.ts";
import { objectKey } from "./objectKey.ts";
import { s3Credentials } from "./s3Credentials.ts";
import { s3Endpoint } from "./s3Endpoint.ts";
import { s3Error } from "./s3Error.ts";
import type { S3Source, StateConnection, StateSurroundings } from "./source.ts";
import { variable } from "./variable.ts";

/** A state in S3 and the connection over which it is read: temporary credentials are kept until they expire. */
export async function openS3State(
  source: S3Source,
  origin: string,
  surroundings: StateSurroundings,
): Promise<StateConnection> {
  const client = await connect(source, origin, surroundings);
  return {
    isCheap: true,
    close: () => client.destroy(),
    async fetch(limit, known) {
      try {
        const command = getObject(source, surroundings, known);
        // The signal does not reach those who are asked for credentials first.
        const answer = await within(limit, client.send(command, { abortSignal: limit }));
        if (answer.Body === undefined) throw absent(origin, "Deploy the stack first (`terraform apply`).");
        const chunks = answer.Body as AsyncIterable<Uint8Array>;
        const bytes = await collect(chunks, answer.ContentLength, origin);
        return { kind: "state", bytes, mark: answer.ETag };
      } catch (error) {
        limit.throwIfAborted();
        if (isNotModified(error)) return { kind: "unchanged" };
        throw s3Error(source, origin, surroundings, error);
      }
    },
  };
}

function isNotModified(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 304;
}

function getObject(
  source: S3Source,
  { environment }: StateSurroundings,
  known: string | undefined,
): GetObjectCommand {
  const customerKey = source.sseCustomerKey ?? variable(environment, "AWS_SSE_CUSTOMER_KEY");
  return new GetObjectCommand({
    Bucket: source.bucket,
    Key: objectKey(source),
    ...(known === undefined ? {} : { IfNoneMatch: known }),
    ...(customerKey === undefined ? {} : { SSECustomerAlgorithm: "AES256", SSECustomerKey: customerKey }),
  });
}

async function connect(source: S3Source, origin: string, surroundings: StateSurroundings): Promise<S3Client> {
  const { environment } = surroundings;
  const region = source.region ?? variable(environment, "AWS_REGION", "AWS_DEFAULT_REGION");
  if (region === undefined) {
    const hint = "Set `region` in the backend block, or AWS_REGION.";
    throw wholeStateError(
      origin,
      "state_backend_invalid",
      "was not read: the S3 backend has no region",
      hint,
    );
  }
  const endpoint = s3Endpoint(source, environment);
  const agent = {
    proxyEnv: { ...environment },
    ...(await tls(source, origin, variable(environment, "AWS_CA_BUNDLE"))),
  };
  const connection = {
    region,
    requestHandler: { httpAgent: new HttpAgent(agent), httpsAgent: new HttpsAgent(agent) },
  };
  return new S3Client({
    ...connection,
    ...(endpoint === undefined ? {} : { endpoint: parseUrl(endpoint, "the endpoint").href }),
    ...(source.forcePathStyle === undefined ? {} : { forcePathStyle: source.forcePathStyle }),
    ...(source.useFipsEndpoint === undefined ? {} : { useFipsEndpoint: source.useFipsEndpoint }),
    ...(source.useDualstackEndpoint === undefined
      ? {}
      : { useDualstackEndpoint: source.useDualstackEndpoint }),
    credentials: s3Credentials(source, connection, origin, surroundings),
    // Stores that only resemble S3 know no checksums.
    responseChecksumValidation: endpoint === undefined ? "WHEN_SUPPORTED" : "WHEN_REQUIRED",
  });
}

async function tls(
  source: S3Source,
  origin: string,
  bundleOfEnvironment: string | undefined,
): Promise<{ readonly rejectUnauthorized?: false; readonly ca?: Buffer }> {
  if (source.insecure === true) return { rejectUnauthorized: false };
  const bundle = source.caBundle ?? bundleOfEnvironment;
  if (bundle === undefined) return {};
  try {
    return { ca: await readFile(bundle) };
  } catch (error) {
    const message = `was not read: the certificates in ${bundle} cannot be read: ${messageOf(error)}`;
    const hint = "Correct `custom_ca_bundle` of the backend, or AWS_CA_BUNDLE.";
    throw wholeStateError(origin, "state_backend_invalid", message, hint);
  }
}

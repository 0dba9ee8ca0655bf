/** In whose account one is with these credentials. */
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { parseArn } from "./arn.ts";
import type { ClientSettings } from "./lister.ts";

export interface Caller {
  /** Twelve digits. */
  readonly account: string;
  readonly partition: string;
  readonly arn: string;
}

const DEADLINE_MS = 30_000;

/** @throws whatever the SDK throws */
export async function whoCalls(settings: ClientSettings): Promise<Caller> {
  const client = new STSClient(settings);
  try {
    const { Account: account = "", Arn: arn = "" } = await client.send(new GetCallerIdentityCommand({}), {
      abortSignal: AbortSignal.timeout(DEADLINE_MS),
    });
    return { account, arn, partition: parseArn(arn)?.partition ?? "aws" };
  } finally {
    client.destroy();
  }
}

/** Loaded only where something is searched: the clients of AWS take memory. */
import type { Lister } from "../lister.ts";
import { ec2 } from "./ec2.ts";
import { events } from "./events.ts";
import { iam } from "./iam.ts";
import { kms } from "./kms.ts";
import { lambda } from "./lambda.ts";
import { sns, sqs } from "./queues.ts";
import { s3 } from "./s3.ts";
import { tagging } from "./tagging.ts";

export { whoCalls } from "../caller.ts";

/** Those that tell more come before the one that knows of everything a little. */
export const LISTERS: readonly Lister[] = [iam, s3, ec2, kms, lambda, sqs, sns, events, tagging];

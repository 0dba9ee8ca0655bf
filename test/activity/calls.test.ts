/**
 * Calls that really happened, at a mock of AWS, become records of CloudTrail; and for each of them the resource, under the id that
 * Terraform's state has for it, is among the identifiers that are read from the record.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readCloudTrailRecord } from "../../packages/anchorwatch/src/activity/cloudtrail/record.ts";
import { type Cloud, cloudAt } from "../support/cloud.ts";
import { findExecutable } from "../support/executable.ts";
import { type Moto, startMoto } from "../support/moto.ts";
import type { Act } from "./calls/act.ts";
import { dataCalls } from "./calls/data.ts";
import { messageCalls } from "./calls/messages.ts";
import { networkCalls } from "./calls/network.ts";
import { peopleCalls } from "./calls/people.ts";
import { storageCalls } from "./calls/storage.ts";
import { findServiceModels } from "./trail/services.ts";
import { recordTrail, type TrailRecorder } from "./trail/trailRecorder.ts";

const program = findExecutable("moto_server", process.env);
const models = program === undefined ? undefined : findServiceModels(process.env);
const isMissing = models === undefined;
if (isMissing) console.info("skipped: calls as records, because moto_server with botocore is not on PATH");

let folder = "";
let moto: Moto;
let cloud: Cloud;
let recorder: TrailRecorder;

beforeAll(async () => {
  if (models === undefined) return;
  folder = await mkdtemp(join(tmpdir(), "anchorwatch-calls-"));
  moto = await startMoto(program ?? "", process.env, { recording: join(folder, "calls") });
  cloud = cloudAt(moto.endpoint, "eu-central-1");
  recorder = await recordTrail({ endpoint: moto.endpoint, models });
  for (const client of [
    cloud.dynamodb,
    cloud.ec2,
    cloud.events,
    cloud.iam,
    cloud.kms,
    cloud.lambda,
    cloud.logs,
    cloud.route53,
    cloud.s3,
    cloud.secrets,
    cloud.sns,
    cloud.sqs,
    cloud.ssm,
  ]) {
    recorder.listen(client);
  }
});
afterAll(async () => {
  if (isMissing) return;
  await moto.stop();
  await rm(folder, { recursive: true });
});

const GROUPS: readonly (readonly [string, (cloud: Cloud) => AsyncGenerator<Act>, number])[] = [
  ["networks", networkCalls, 10],
  ["storage", storageCalls, 7],
  ["people", peopleCalls, 8],
  ["messages", messageCalls, 8],
  ["data", dataCalls, 12],
];

test.skipIf(isMissing).each(GROUPS)(
  "%s: the touched resources are found by their ids",
  async (_, calls, atLeast) => {
    const names = new Set<string>();
    await recorder.take();
    for await (const { name, service, ids } of calls(cloud)) {
      const made = await recorder.take();
      expect(made.map((record) => record["eventName"])).toEqual([name]);
      const read = readCloudTrailRecord(made[0], "trail");
      expect(read).toMatchObject({ kind: "change", event: { name, service: `${service}.amazonaws.com` } });
      if (read.kind !== "change") continue;
      expect(read.event.identifiers, name).toEqual(expect.arrayContaining([...ids]));
      names.add(`${service} ${name}`);
    }
    expect(names.size).toBeGreaterThanOrEqual(atLeast);
  },
);

/** How many events a second one process takes in, from a log file of CloudTrail to wanted looks, on one core. */
import { randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import { readCloudTrailRecord } from "../../../packages/anchorwatch/src/activity/cloudtrail/record.ts";
import { readLogFile } from "../../../packages/anchorwatch/src/activity/envelope/logFile.ts";
import type { ReadRecord } from "../../../packages/anchorwatch/src/domain/auditEvent.ts";
import { BenchError } from "../error.ts";
import type { BenchEstate } from "../estate.ts";
import { count, milliseconds } from "../numbers.ts";
import type { Section } from "../report.ts";
import type { CloudWorkplace } from "../workplace.ts";
import { startBenchWatch } from "./benchWatch.ts";
import { sweepAll } from "./steps.ts";

const NAME = "estate";
const ADDRESS = "aws_security_group.service[0]";
const TOUCHING = 0.01;
const BATCH = 500;
const WANTED = 2_000;

export async function measureThroughput(place: CloudWorkplace, estate: BenchEstate): Promise<Section> {
  const bench = await startBenchWatch(place, [{ name: NAME, dir: estate.folder }], estate.terraform.env);
  try {
    await sweepAll(bench.watch, [NAME], place.signal);
    const events = place.quick ? 5_000 : 40_000;
    const file = logFile(events, estate.recorded(ADDRESS));
    place.say(`taking in ${count(events)} events`);
    const cpu = process.cpuUsage();
    const began = performance.now();
    let taken = 0;
    let batch: ReadRecord[] = [];
    const take = async () => {
      taken += (await bench.watch.take("bench", batch, new Date())).changes;
      batch = [];
    };
    for await (const records of readLogFile(file, "bench.json.gz")) {
      for (const record of records) {
        batch.push(readCloudTrailRecord(record.ok ? record.value : undefined, "bench"));
        if (batch.length === BATCH) await take();
      }
    }
    if (batch.length > 0) await take();
    const elapsed = performance.now() - began;
    const { user, system } = process.cpuUsage(cpu);
    const stored = await storedEvents(bench.watch.context.records);
    if (taken !== events || stored < events)
      throw new BenchError(
        "reports_differ",
        `${taken} events were taken in and ${stored} stored, of ${events}`,
      );
    const rate = (events / elapsed) * 1000;
    const own = (user + system) / 1000 / events;
    return {
      title: "Events a second",
      about: `${count(events)} records of CloudTrail out of a log file, ${TOUCHING * 100} % of which touch something managed: read, stored, matched, their looks wanted and begun. The database runs beside.`,
      table: [
        ["what", "measured"],
        ["events a second", count(rate)],
        ["of this process's processor for each event", milliseconds(own)],
        ["lost", count(events - taken)],
      ],
      goals: [{ text: `${count(WANTED)} events a second`, measured: count(rate), reached: rate >= WANTED }],
    };
  } finally {
    await bench.stop();
  }
}

async function storedEvents(records: {
  readonly events: {
    list(page: { limit: number; before?: string }): Promise<readonly { readonly id: string }[]>;
  };
}): Promise<number> {
  let total = 0;
  let before: string | undefined;
  for (;;) {
    const page = await records.events.list({ limit: 1000, ...(before === undefined ? {} : { before }) });
    total += page.length;
    before = page.at(-1)?.id;
    if (page.length < 1000 || before === undefined) return total;
  }
}

function logFile(events: number, groupId: string): Buffer {
  const every = Math.round(1 / TOUCHING);
  const Records = Array.from({ length: events }, (_, at) => ({
    eventVersion: "1.10",
    eventID: randomUUID(),
    eventTime: new Date().toISOString(),
    eventSource: "ec2.amazonaws.com",
    eventName: "AuthorizeSecurityGroupIngress",
    awsRegion: "eu-west-1",
    sourceIPAddress: "198.51.100.7",
    userAgent: "console.amazonaws.com",
    readOnly: false,
    recipientAccountId: "123456789012",
    userIdentity: {
      type: "AssumedRole",
      principalId: "AROAEXAMPLE:kim",
      arn: "arn:aws:sts::123456789012:assumed-role/admin/kim",
      accountId: "123456789012",
      sessionContext: {
        sessionIssuer: { type: "Role", arn: "arn:aws:iam::123456789012:role/admin", userName: "admin" },
      },
    },
    requestParameters: {
      groupId: at % every === 0 ? groupId : `sg-${randomUUID().replaceAll("-", "").slice(0, 17)}`,
      ipPermissions: { items: [{ ipProtocol: "tcp", fromPort: 22, toPort: 22 }] },
    },
    responseElements: { requestId: randomUUID(), _return: true },
  }));
  return gzipSync(JSON.stringify({ Records }));
}

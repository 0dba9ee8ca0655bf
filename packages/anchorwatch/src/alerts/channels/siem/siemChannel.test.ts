import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Reference } from "../../channel.ts";
import { alertDrift, alertMessage, EVIL_TEXTS, hostileMessage } from "../../message/messages.fixture.ts";
import { deliver, failureOf, opened } from "../opened.fixture.ts";
import type { StrictServer } from "../strictServer.fixture.ts";
import { appendLines } from "./appendLines.ts";
import { siemChannel } from "./siemChannel.ts";
import { linesProblem, splunkEvents, startLinesServer, startSplunkServer } from "./siemServer.fixture.ts";

const TOKEN = "b0221cd8-c4b4-465a-9a3c-273e3a75aa29";

async function splunk() {
  const server = await closing(startSplunkServer(TOKEN));
  const section = { url: `${server.url}/services/collector/event`, format: "splunk", tokenFile: "hec" };
  return { server, channel: opened(siemChannel, section, { secrets: { token: TOKEN }, allow: server.url }) };
}

async function closing(started: Promise<StrictServer>): Promise<StrictServer> {
  const server = await started;
  onTestFinished(() => server.close());
  return server;
}

test("a drift is one finding from its opening to its end, under the id that the ledger gave it", async () => {
  const { server, channel } = await splunk();
  const { reference } = await deliver(channel);
  await deliver(channel, {
    step: "acknowledge",
    reference,
    message: alertMessage({ status: "acknowledged", acknowledgedBy: "ada" }),
  });
  await deliver(channel, {
    step: "resolve",
    reference,
    message: alertMessage({ status: "resolved", drifts: [alertDrift({ status: "closed" })] }),
  });
  expect(server.problems).toEqual([]);
  const findings = server.received.flatMap(splunkEvents).map(({ event }) => event);
  expect(findings).toMatchObject([
    { type_uid: 200401, status_id: 1, is_alert: true },
    { type_uid: 200402, status_id: 2, unmapped: { acknowledged_by: "ada" } },
    { type_uid: 200403, status_id: 4, is_alert: false },
  ]);
  expect(new Set(findings.map(({ finding_info }) => (finding_info as { uid: string }).uid))).toEqual(
    new Set(["entry-1"]),
  );
  expect(findings[0]).toMatchObject({
    severity_id: 5,
    message: "changed aws_security_group.web in network",
    finding_info: { desc: "eve opened port 22 of aws_security_group.web to the whole Internet." },
    actor: { user: { name: "eve", uid: "arn:aws:iam::123456789012:user/eve" } },
    evidences: [{ src_endpoint: { ip: "198.51.100.7" } }],
    unmapped: {
      diff: expect.any(Array),
      controls: ["CIS AWS 3.0.0 5.2", "PCI DSS 4.0.1 1.3.1"],
      stack: { labels: { env: "prod" } },
    },
  });
});

test("the drifts of an alert are one request, and a group that has more is a finding itself", async () => {
  const { server, channel } = await splunk();
  const drifts = [alertDrift(), alertDrift({ id: "d-2", entryId: "entry-2" })];
  await deliver(channel, { message: alertMessage({ drifts, total: 5000, cause: "eve" }) });
  expect(server.problems).toEqual([]);
  expect(server.received.map(splunkEvents)).toMatchObject([
    [
      { time: 1767323046, event: { count: 5000, finding_info: { uid: "0197-alert-1" } } },
      { event: { finding_info: { uid: "entry-1" } } },
      { event: { finding_info: { uid: "entry-2" } } },
    ],
  ]);
});

test("each drift of a group is created once and closed once, however it comes into view and leaves it", async () => {
  const { server, channel } = await splunk();
  const drift = (n: number, status: "open" | "closed" = "open") =>
    alertDrift({ id: `d-${n}`, entryId: `entry-${n}`, status });
  const steps = [
    { step: "open", message: { drifts: [drift(1)] } },
    { step: "update", message: { drifts: [drift(2), drift(1)] } },
    { step: "update", message: { drifts: [drift(2), drift(1, "closed")] } },
    // It was told of, and is no news.
    { step: "update", message: { drifts: [drift(2), drift(1, "closed")] } },
    {
      step: "acknowledge",
      message: { status: "acknowledged", drifts: [drift(3), drift(4, "closed")], total: 4 },
    },
    {
      step: "resolve",
      message: { status: "resolved", resolution: "reverted", drifts: [drift(3, "closed")], total: 4 },
    },
    { step: "open", message: { drifts: [drift(5)], total: 5 } },
    {
      step: "resolve",
      message: {
        status: "resolved",
        resolution: "accepted until 2026-02-01T00:00Z",
        drifts: [drift(5, "closed")],
        total: 5,
      },
    },
  ] as const;
  let reference: Reference | undefined;
  const told: string[][] = [];
  for (const [index, { step, message }] of steps.entries()) {
    const before = server.received.length;
    const given = { key: `k${index}`, step, message: alertMessage(message) };
    ({ reference } = await deliver(channel, { ...given, ...(reference === undefined ? {} : { reference }) }));
    const events = server.received.slice(before).flatMap(splunkEvents);
    told.push(
      events.map(({ event }) => {
        const { uid } = event["finding_info"] as { readonly uid: string };
        return `${uid} ${String(event["activity_id"])}/${String(event["status_id"])}`;
      }),
    );
  }
  expect(server.problems).toEqual([]);
  // Created 1, updated 2, closed 3; new 1, in progress 2, suppressed 3, resolved 4.
  expect(told).toEqual([
    ["entry-1 1/1"],
    ["entry-2 1/1", "entry-1 2/1"],
    ["entry-2 2/1", "entry-1 3/4"],
    ["entry-2 2/1"],
    ["0197-alert-1 1/2", "entry-3 1/2"],
    ["0197-alert-1 3/4", "entry-3 3/4", "entry-2 3/4"],
    ["0197-alert-1 1/1", "entry-5 1/1"],
    ["0197-alert-1 3/3", "entry-5 3/3"],
  ]);
});

test("findings that are too much for one request are several, in their order", async () => {
  const { server, channel } = await splunk();
  const diff = Array.from({ length: 40 }, () => "+ ".padEnd(9000, "x"));
  const drifts = Array.from({ length: 10 }, (_, i) => alertDrift({ diff, entryId: `entry-${i}` }));
  await deliver(channel, { message: alertMessage({ drifts }) });
  expect(server.problems).toEqual([]);
  expect(server.received.map(splunkEvents).map(({ length }) => length)).toEqual([2, 2, 2, 2, 2]);
  const uids = server.received
    .flatMap(splunkEvents)
    .map(({ event }) => (event["finding_info"] as { uid: string }).uid);
  expect(uids).toEqual(drifts.map(({ entryId }) => entryId));
});

test("sent again it has the same ids, so that a SIEM can drop it", async () => {
  const { server, channel } = await splunk();
  await deliver(channel);
  await deliver(channel);
  expect(server.received[1]?.body).toBe(server.received[0]?.body);
});

test.each([
  [{}, "authorization", `Bearer ${TOKEN}`],
  [{ header: "X-Api-Key" }, "x-api-key", TOKEN],
])("lines are posted with the token where %j wants it", async (section, header, value) => {
  const server = await closing(startLinesServer(header, value));
  const given = { url: `${server.url}/logs`, tokenVariable: "TOKEN", ...section };
  await deliver(opened(siemChannel, given, { secrets: { token: TOKEN }, allow: server.url }));
  expect(server.problems).toEqual([]);
  expect(server.received).toHaveLength(1);
});

test("whatever the texts are, each finding is one line that follows the schema", async () => {
  const written: string[] = [];
  const append = async (path: string, lines: string) => void written.push(`${path} ${lines}`);
  const channel = opened(siemChannel, { path: "-" }, { append });
  for (const evil of EVIL_TEXTS) await deliver(channel, { message: hostileMessage(evil) });
  for (const [index, lines] of written.entries()) {
    expect([index, linesProblem(lines.slice(2))]).toEqual([index, undefined]);
    expect(lines.split("\n")).toHaveLength(2);
  }
  expect(written).toHaveLength(EVIL_TEXTS.length);
});

test("lines are added to a file that is its owner's alone, whole even after a disk was full", async () => {
  const folder = await mkdtemp(join(tmpdir(), "siem-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "findings.jsonl");
  const printed: string[] = [];
  const append = appendLines(async (text) => void printed.push(text));
  const channel = opened(siemChannel, { path }, { append });
  await deliver(channel);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await deliver(channel);
  expect(linesProblem(await readFile(path, "utf8"))).toBeUndefined();
  await writeFile(path, '{"cut":');
  await deliver(channel);
  const [cut, ...whole] = (await readFile(path, "utf8")).split("\n");
  expect(cut).toBe('{"cut":');
  expect(linesProblem(whole.join("\n"))).toBeUndefined();
  expect(printed).toEqual([]);
  await append("-", "a line\n");
  expect(printed).toEqual(["a line\n"]);
  const gone = opened(siemChannel, { path: join(folder, "none", "a") }, { append });
  expect(await failureOf(gone)).toMatchObject({
    retry: "again",
    message: "its file cannot be written: ENOENT",
  });
});

test("a file that cannot be written is tried again", async () => {
  const full = Object.assign(new TypeError("no space"), { code: "ENOSPC" });
  const channel = opened(siemChannel, { path: "/findings.jsonl" }, { append: () => Promise.reject(full) });
  expect(await failureOf(channel)).toMatchObject({
    retry: "again",
    message: "its file cannot be written: ENOSPC",
  });
});

test("a collector that is full is asked again, one that is none has not taken it", async () => {
  const { server, channel } = await splunk();
  server.trouble.push(
    { status: 503, body: '{"text":"Server is busy","code":9}' },
    { status: 200, body: "<html>" },
  );
  expect(await failureOf(channel)).toMatchObject({ retry: "again", message: "it answered 503" });
  expect(await failureOf(channel)).toMatchObject({
    retry: "again",
    message: expect.stringContaining("not of this service"),
  });
});

test.each([
  [{}, "needs one of url and path"],
  [{ url: "https://a", path: "b" }, "needs one of url and path"],
  [{ path: "-", tokenFile: "t" }, "has nobody to show a token"],
  [{ url: "https://a", format: "splunk" }, "has no “tokenFile”"],
] as const)("%j is told to be wrong", (section, words) => {
  expect(siemChannel.check?.(section)).toMatchObject([{ problem: expect.stringContaining(words) }]);
});

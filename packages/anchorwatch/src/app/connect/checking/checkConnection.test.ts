/** The steps on calls that answer as AWS does, one of them spoilt at a time. */
import { expect, test } from "vitest";
import { type ConnectOptions, namesOf, TEST_SOURCE } from "../connectOptions.ts";
import { EVENT_PATTERN } from "../parts/feed.ts";
import { readOptions } from "../readOptions.ts";
import type { PrincipalCalls, RoleCalls } from "./calls.ts";
import { checkConnection } from "./checkConnection.ts";
import type { StepResult } from "./step.ts";

const NOW = new Date("2026-01-02T03:00:00Z");
const OPTIONS = readOptions({
  principal: "arn:aws:iam::123456789012:role/ops/anchorwatch",
  region: "eu-central-1",
  executor: true,
});
const BUCKET = namesOf(OPTIONS).trailBucket;
const RULE = "arn:aws:events:eu-central-1:123456789012:rule/anchorwatch-changes";
const QUEUE = "arn:aws:sqs:eu-central-1:123456789012:anchorwatch-events";

function denied(): Error {
  return Object.assign(new TypeError("User is not authorized"), { name: "AccessDenied" });
}
const refuse = async () => {
  throw denied();
};
const refused = [{ permission: "a:B", run: refuse }];

function role(more: Partial<RoleCalls> = {}): RoleCalls {
  return {
    reads: [{ permission: "a:Read", run: async () => {} }],
    writes: refused,
    content: refused,
    credentials: refused,
    rule: async () => ({ state: "ENABLED", pattern: JSON.stringify(EVENT_PATTERN) }),
    targets: async () => [QUEUE],
    queue: async () => ({
      SqsManagedSseEnabled: "true",
      RedrivePolicy: "{}",
      Policy: JSON.stringify({
        Statement: [{ Effect: "Allow", Principal: {}, Condition: { ArnEquals: { "aws:SourceArn": RULE } } }],
      }),
    }),
    receive: async () => [{ body: '{"detail":{"token":"id"}}', receipt: "r" }],
    remove: async () => {},
    release: async () => {},
    trails: async () => [{ arn: "arn:trail", bucket: BUCKET, hasDigests: true, isMultiRegion: true }],
    trailStatus: async () => ({ isLogging: true, startedAt: new Date(NOW.getTime() - 3_600_000) }),
    list: async (_bucket, prefix) => [prefix, `${prefix}eu-central-1/file.json.gz`],
    folders: async () => ["123456789012"],
    readStart: async () => {},
    close: () => {},
    ...more,
  };
}

interface World {
  readonly options?: ConnectOptions;
  readonly role?: Partial<RoleCalls>;
  readonly principal?: Partial<PrincipalCalls>;
  readonly now?: () => Date;
}

async function check(world: World = {}): Promise<ReadonlyMap<string, StepResult>> {
  const calls: PrincipalCalls = {
    whoAmI: async () => ({
      account: "123456789012",
      arn: "arn:aws:sts::123456789012:assumed-role/anchorwatch/i-1",
    }),
    assumeRole: async ({ externalId, sourceIdentity, roleArn }) => {
      if (externalId !== "the-external-id") throw denied();
      if (roleArn.endsWith("executor") && sourceIdentity === undefined) throw denied();
      return role(world.role);
    },
    putEvent: async ({ source }) => expect(source).toBe(TEST_SOURCE),
    openLedgerBucket: async () => [],
    defaultLock: async () => ({}),
    isPrivate: async () => true,
    putLocked: async () => "version",
    lockOf: async () => ({ mode: "COMPLIANCE", until: new Date(NOW.getTime() + 60_000) }),
    deleteVersion: refuse,
    close: () => {},
    ...world.principal,
  };
  const results = new Map<string, StepResult>();
  const steps = checkConnection({
    options: world.options ?? OPTIONS,
    names: namesOf(world.options ?? OPTIONS),
    externalId: "the-external-id",
    calls,
    now: world.now ?? (() => NOW),
    newId: () => "id",
    waitMs: 60_000,
    signal: new AbortController().signal,
    progress: () => {},
    sessions: {},
  });
  for await (const step of steps) results.set(step.id, step);
  return results;
}

test("where all is as it should be, every step is well", async () => {
  const steps = [...(await check()).values()];
  expect(steps.filter(({ status }) => status !== "ok")).toEqual([]);
  expect(steps.length).toBe(19);
});

/** As the SDK has it of an answer without a body. */
const bare = async () => {
  const answer = { name: "UnknownError", $metadata: { httpStatusCode: 403 } };
  throw Object.assign(new TypeError("UnknownError"), answer);
};
const anybody = async () => role();
const done = async () => {};
const SPOILT: readonly (readonly [step: string, found: RegExp, world: World])[] = [
  [
    "credentials",
    /user\/ada/,
    {
      principal: {
        whoAmI: async () => ({ account: "123456789012", arn: "arn:aws:iam::123456789012:user/ada" }),
      },
    },
  ],
  ["credentials", /other/, { principal: { whoAmI: async () => ({ account: "1", arn: "arn:other" }) } }],
  ["read_role", /not authorized/, { principal: { assumeRole: refuse } }],
  ["external_id", /assumed without it/, { principal: { assumeRole: anybody } }],
  [
    "external_id",
    /any external id/,
    {
      principal: {
        assumeRole: async ({ externalId }) => (externalId === undefined ? await refuse() : role()),
      },
    },
  ],
  ["source_identity", /without a source identity/, { principal: { assumeRole: anybody } }],
  ["reads", /not authorized/, { role: { reads: refused } }],
  ["no_writes", /a:W is allowed/, { role: { writes: [{ permission: "a:W", run: done }] } }],
  ["no_content", /a:C is allowed/, { role: { content: [{ permission: "a:C", run: done }] } }],
  ["executor_guard", /a:K is allowed/, { role: { credentials: [{ permission: "a:K", run: done }] } }],
  ["queue", /not encrypted/, { role: { queue: async () => ({ RedrivePolicy: "{}" }) } }],
  ["queue", /dead-letter/, { role: { queue: async () => ({ SqsManagedSseEnabled: "true" }) } }],
  [
    "queue",
    /lets "\*" send/,
    {
      role: {
        queue: async () => ({
          KmsMasterKeyId: "k",
          RedrivePolicy: "{}",
          Policy: '{"Statement":[{"Effect":"Allow","Principal":"*"}]}',
        }),
      },
    },
  ],
  [
    "queue",
    /lets arn:aws:events:eu-central-1:210987654321:rule\/anchorwatch-changes send/,
    {
      role: {
        queue: async () => ({
          KmsMasterKeyId: "k",
          RedrivePolicy: "{}",
          Policy: JSON.stringify({
            Statement: [
              {
                Effect: "Allow",
                Principal: {},
                Condition: { ArnEquals: { "aws:SourceArn": RULE.replace("123456789012", "210987654321") } },
              },
            ],
          }),
        }),
      },
    },
  ],
  ["rule", /DISABLED/, { role: { rule: async () => ({ state: "DISABLED", pattern: "" }) } }],
  [
    "rule",
    /pattern/,
    { role: { rule: async () => ({ state: "ENABLED", pattern: '{"source":["aws.ec2"]}' }) } },
  ],
  ["target", /no target/, { role: { targets: async () => [] } }],
  ["event", /may send no test event/, { principal: { putEvent: refuse } }],
  ["trail", /no trail/, { role: { trails: async () => [] } }],
  [
    "trail",
    /no digests/,
    { role: { trails: async () => [{ arn: "t", bucket: BUCKET, hasDigests: false, isMultiRegion: true }] } },
  ],
  ["trail", /stopped/, { role: { trailStatus: async () => ({ isLogging: false }) } }],
  ["trail_files", /cannot be read/, { role: { readStart: refuse } }],
  ["trail_files", /there are no log files/, { role: { list: async () => [] } }],
  ["ledger_bucket", /public access/, { principal: { isPrivate: async () => false } }],
  ["ledger_bucket", /refuses/, { principal: { openLedgerBucket: async () => ["s3 refuses to tell"] } }],
  [
    "ledger_lock",
    /GOVERNANCE/,
    { principal: { defaultLock: async () => ({ mode: "GOVERNANCE", days: 1 }) } },
  ],
  ["ledger_write", /^refused \(403\), and the answer does not say why$/, { principal: { lockOf: bare } }],
  ["ledger_write", /not locked/, { principal: { lockOf: async () => ({}) } }],
  ["ledger_write", /could be deleted/, { principal: { deleteVersion: done } }],
];

test.each(SPOILT)("%s fails and says %s", async (id, found, world) => {
  expect((await check(world)).get(id)).toMatchObject({
    status: "failed",
    found: expect.stringMatching(found),
    todo: expect.any(String),
  });
});

test("what cannot be told is never called refused", async () => {
  const run = async () => {
    throw new TypeError("getaddrinfo ENOTFOUND");
  };
  const steps = await check({ role: { writes: [{ permission: "a:W", run }] } });
  expect(steps.get("no_writes")).toMatchObject({
    status: "failed",
    found: "a:W: TypeError: getaddrinfo ENOTFOUND",
  });
});

test("that a bucket does not exist says nothing of a permission", async () => {
  const run = async () => {
    throw Object.assign(new TypeError("The specified bucket does not exist"), { name: "NoSuchBucket" });
  };
  const steps = await check({ role: { content: [{ permission: "s3:GetObject", run }] } });
  expect(steps.get("no_content")).toMatchObject({
    status: "failed",
    found: "s3:GetObject: NoSuchBucket: The specified bucket does not exist",
  });
});

test("a trail beside another one to the same bucket is enough when it is as it should be", async () => {
  const trail = { arn: "arn:other", bucket: BUCKET, hasDigests: false, isMultiRegion: false };
  const trails = async () => [trail, { ...trail, arn: "arn:good", hasDigests: true, isMultiRegion: true }];
  expect((await check({ role: { trails } })).get("trail")).toMatchObject({ status: "ok", found: "arn:good" });
});

test("from another account no test event is sent, and that is said", async () => {
  const options = { ...OPTIONS, principal: OPTIONS.principal.replace("123456789012", "210987654321") };
  const whoAmI = async () => ({
    account: "210987654321",
    arn: "arn:aws:sts::210987654321:assumed-role/anchorwatch/i-1",
  });
  const steps = await check({ options, principal: { whoAmI, putEvent: refuse } });
  expect(steps.get("event")).toMatchObject({
    status: "not_yet",
    found: expect.stringContaining("another account"),
  });
});

test("a young trail has no digests yet, and that is no failure", async () => {
  const list = async (_bucket: string, prefix: string) =>
    prefix.includes("Digest") ? [prefix] : [`${prefix}a.gz`];
  expect((await check({ role: { list } })).get("digests")).toMatchObject({
    status: "not_yet",
    todo: "Check again after 2026-01-02T04:00Z.",
  });
});

test("an event that does not arrive in time is told, and what others wait for is given back", async () => {
  let time = NOW.getTime();
  const released: string[] = [];
  const receive = async () => {
    time += 30_000;
    return [{ body: "another's", receipt: `r${time}` }];
  };
  const release = async (_url: string, receipt: string) => void released.push(receipt);
  const steps = await check({ role: { receive, release }, now: () => new Date(time) });
  expect(steps.get("event")).toMatchObject({ status: "failed", found: "it did not arrive within 60.0 s" });
  expect(released).toHaveLength(2);
});

test("steps that need one that failed are not checked, and say which", async () => {
  const steps = await check({ principal: { whoAmI: refuse } });
  expect([...steps.values()].filter(({ status }) => status === "ok")).toEqual([]);
  expect(steps.get("reads")).toMatchObject({
    status: "not_checked",
    found: "not checked: it needs “read role”",
  });
});

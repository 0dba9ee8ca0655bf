import { afterEach, beforeEach, expect, test } from "vitest";
import type { Warning } from "../../../domain/errors.ts";
import { type S3Server, startS3Server } from "./s3Server.fixture.ts";
import type { S3StorageOptions } from "./s3Storage.ts";
import { openSequencer } from "./sequencer.fixture.ts";
import { storageOn } from "./storageOn.fixture.ts";

let server: S3Server;
let warnings: Warning[];

beforeEach(async () => {
  server = await startS3Server();
  warnings = [];
});
afterEach(() => server.close());

const storage = (options: Partial<S3StorageOptions> = {}) =>
  storageOn(server, { onWarning: (warning) => warnings.push(warning), ...options });

test("the bucket's own default counts when it is longer", async () => {
  server.bucket.defaultRetention = { mode: "COMPLIANCE", days: 400 };
  await (await openSequencer(storage())).append("a");
  const until = server.bucket.objects.get("logs/prod/tile/0/000.p/1")?.[0]?.retention?.until.getTime() ?? 0;
  expect(until).toBeGreaterThan(Date.now() + 399 * 86_400_000);
});

test("a permission that decides is demanded by name; one for a further look is a warning", async () => {
  const deny = (parameter: string) => {
    server.fault = ({ query }) => (query.has(parameter) ? "deny" : undefined);
  };
  for (const [parameter, permission] of [
    ["versioning", "s3:GetBucketVersioning"],
    ["object-lock", "s3:GetBucketObjectLockConfiguration"],
  ] as const) {
    deny(parameter);
    await expect(storage().lock()).rejects.toMatchObject({
      code: "ledger_bucket_refused",
      hint: expect.stringContaining(permission),
    });
  }
  for (const parameter of ["lifecycle", "policy", "ownershipControls"]) {
    deny(parameter);
    await (await storage().lock()).release();
  }
  expect(warnings.map(({ code }) => code)).toEqual(Array(3).fill("ledger_bucket_refused"));
});

test("a bucket that is not there is told apart", async () => {
  await expect(storage({ bucket: "elsewhere" }).lock()).rejects.toMatchObject({
    code: "ledger_bucket_missing",
  });
});

test.each<[string, (bucket: S3Server["bucket"]) => void, string]>([
  [
    "without Object Lock",
    (bucket) => {
      bucket.locked = false;
    },
    "ledger_bucket_unlocked",
  ],
  [
    "never versioned",
    (bucket) => {
      bucket.versioning = undefined;
    },
    "ledger_bucket_unversioned",
  ],
  [
    "with versioning suspended",
    (bucket) => {
      bucket.versioning = "Suspended";
    },
    "ledger_bucket_unversioned",
  ],
  [
    "whose rule hides old objects",
    (bucket) => {
      bucket.lifecycle = lifecycle("logs/", "Expiration");
    },
    "ledger_bucket_expires",
  ],
  [
    "whose rule hides everything",
    (bucket) => {
      bucket.lifecycle = lifecycle("", "Expiration");
    },
    "ledger_bucket_expires",
  ],
  [
    "where anybody may write",
    (bucket) => {
      bucket.policy = policy("*", "s3:Put*");
    },
    "ledger_bucket_open",
  ],
  [
    "where anybody may do anything",
    (bucket) => {
      bucket.policy = policy({ AWS: "*" }, ["s3:GetObject", "s3:*"]);
    },
    "ledger_bucket_open",
  ],
])("a bucket %s keeps no log, and nothing is written", async (_, spoil, code) => {
  spoil(server.bucket);
  await expect(storage().lock()).rejects.toMatchObject({
    code,
    message: expect.stringContaining("s3://ledger/logs/prod"),
  });
  expect(server.bucket.objects.size).toBe(0);
});

test.each<[string, (bucket: S3Server["bucket"]) => void]>([
  [
    "other folders expire",
    (bucket) => {
      bucket.lifecycle = lifecycle("tmp/", "Expiration");
    },
  ],
  [
    "old versions of staging expire",
    (bucket) => {
      bucket.lifecycle = lifecycle("logs/prod/.staging", "NoncurrentVersionExpiration");
    },
  ],
  [
    "anybody may read",
    (bucket) => {
      bucket.policy = policy("*", "s3:GetObject");
    },
  ],
  [
    "one role may write",
    (bucket) => {
      bucket.policy = policy({ AWS: "arn:aws:iam::1:role/a" }, "s3:*");
    },
  ],
])("a bucket where %s is fine", async (_, change) => {
  change(server.bucket);
  await (await storage().lock()).release();
  expect(warnings).toEqual([]);
});

function lifecycle(prefix: string, kind: "Expiration" | "NoncurrentVersionExpiration"): string {
  const days = kind === "Expiration" ? "<Days>30</Days>" : "<NoncurrentDays>30</NoncurrentDays>";
  return `<Rule><ID>old</ID><Status>Enabled</Status><Filter><Prefix>${prefix}</Prefix></Filter><${kind}>${days}</${kind}></Rule>`;
}

function policy(principal: unknown, action: unknown): string {
  const statement = {
    Effect: "Allow",
    Principal: principal,
    Action: action,
    Resource: "arn:aws:s3:::ledger/*",
  };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}

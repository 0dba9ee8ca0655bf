import { expect, it, test } from "vitest";
import { readTrailKey } from "./trailFile.ts";

const DAY = "eu-central-1/2026/01/02";

test("a log file says whose it is, from where and when", () => {
  const name = `123456789012_CloudTrail_eu-central-1_20260102T0305Z_AbCdEf.json.gz`;
  const file = {
    kind: "log",
    account: "123456789012",
    region: "eu-central-1",
    time: new Date("2026-01-02T03:05:00Z"),
  };
  expect(readTrailKey(`AWSLogs/123456789012/CloudTrail/${DAY}/${name}`)).toEqual(file);
  expect(readTrailKey(`some/prefix/AWSLogs/o-abc123/123456789012/CloudTrail/${DAY}/${name}`)).toEqual(file);
});

test("digests and insights are told from logs", () => {
  const digest = `AWSLogs/123456789012/CloudTrail-Digest/${DAY}/123456789012_CloudTrail-Digest_eu-central-1_main_eu-central-1_20260102T030405Z.json.gz`;
  expect(readTrailKey(digest)).toMatchObject({ kind: "digest", time: new Date("2026-01-02T03:04:05Z") });
  const insight = `AWSLogs/123456789012/CloudTrail-Insight/${DAY}/123456789012_CloudTrail-Insight_eu-central-1_20260102T0305Z_A.json.gz`;
  expect(readTrailKey(insight)).toMatchObject({ kind: "insight" });
});

it.each([
  "AWSLogs/123456789012/CloudTrail/",
  "AWSLogs/123456789012/Config/eu-central-1/2026/1/2/x_20260102T0305Z_A.json.gz",
  `AWSLogs/123456789012/CloudTrail/${DAY}/123456789012_CloudTrail_eu-central-1_20261302T0305Z_A.json.gz`,
  `AWSLogs/123456789012/CloudTrail/${DAY}/notes.txt`,
  "terraform.tfstate",
])("%s is none of CloudTrail's files", (key) => {
  expect(readTrailKey(key)).toBeUndefined();
});

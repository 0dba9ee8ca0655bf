import { describe, expect, it } from "vitest";
import { change, resource, SSH_RULE } from "../../../cli/formats/checkResult.fixture.ts";
import { changeLines } from "../../../compare/lines/changeLines.ts";
import { plainText } from "../../../compare/lines/line.ts";
import { drifted } from "../../ledger/driftEntry.ts";
import { countOfChanges, foundChanges } from "./foundChanges.ts";
import { consoleUrl, sourceUrl } from "./links.ts";

const LAYOUT = { width: Number.POSITIVE_INFINITY, valueLimit: 200, lineLimit: 5 };
const shown = (changes: Parameters<typeof changeLines>[0][]) =>
  changes.flatMap((one) => changeLines(one, LAYOUT).map(plainText));

describe("the diff of a message", () => {
  it("is what the terminal shows, of values as they were written down", () => {
    const changes = [
      change({ path: ["name"], recorded: "a", live: "b" }),
      change({ path: ["ingress"], op: "add", element: SSH_RULE }),
      change({ path: ["ingress"], op: "add", element: { from_port: 443n } }),
      change({ path: ["egress"], op: "remove", element: { to_port: 1 } }),
      change({ path: ["tags", "a.b"], op: "replace", live: null }),
      change({ path: ["password"], sensitive: true, recorded: "hunter2", live: "hunter3" }),
    ];
    const { members } = drifted(resource("aws_x.y", { verdict: "changed", changes }), 1);
    const found = members as Parameters<typeof foundChanges>[0];
    expect(shown([...foundChanges(found)])).toEqual(shown(changes));
    expect(JSON.stringify(foundChanges(found))).not.toContain("hunter");
  });

  it("of thousands of changes is their number", () => {
    const changes = Array.from({ length: 2000 }, (_, n) =>
      change({ path: ["tags", `t${n}`], live: "x".repeat(50) }),
    );
    const { members } = drifted(resource("aws_x.y", { verdict: "changed", changes }), 1);
    const found = members as Parameters<typeof foundChanges>[0];
    expect([foundChanges(found), countOfChanges(found)]).toEqual([[], 2000]);
  });

  it.each([{}, { data: null }, { data: { changes: [null, 1, { path: "x", op: "add" }] } }])(
    "of what is no drift is empty: %j",
    (found) => {
      expect(foundChanges(found as never)).toEqual([]);
    },
  );
});

describe("links", () => {
  it.each([
    ["aws_iam_role", "deploy", [], "https://console.aws.amazon.com/iam/home#/roles/details/deploy"],
    [
      "aws_security_group",
      "sg-1",
      ["eu-central-1"],
      "https://eu-central-1.console.aws.amazon.com/ec2/home?region=eu-central-1#SecurityGroup:groupId=sg-1",
    ],
    ["aws_security_group", "sg-1", ["eu-central-1", "us-east-1"], undefined],
    [
      "aws_sqs_queue",
      "https://sqs.eu-west-1.amazonaws.com/1/q",
      [],
      "https://eu-west-1.console.aws.amazon.com/sqs/v3/home?region=eu-west-1#/queues/https%3A%2F%2Fsqs.eu-west-1.amazonaws.com%2F1%2Fq",
    ],
    [
      "aws_sns_topic",
      "arn:aws-cn:sns:cn-north-1:1:t",
      [],
      "https://console.amazonaws.cn/go/view?arn=arn%3Aaws-cn%3Asns%3Acn-north-1%3A1%3At",
    ],
    ["aws_s3_bucket", "x/../..?<a>", [], "https://console.aws.amazon.com/s3/buckets/x%2F..%2F..%3F%3Ca%3E"],
    ["aws_unknown", "x", ["eu-central-1"], undefined],
  ])("to the console of %s %s with %j: %s", (type, id, regions, url) => {
    expect(consoleUrl(type, id, regions)).toBe(url);
  });

  const source = { file: "main.tf", line: 3 };
  it.each([
    ["https://github.com/a/b.git", "https://github.com/a/b/blob/c0ffee/net/main.tf#L3"],
    ["git@github.com:a/b.git", "https://github.com/a/b/blob/c0ffee/net/main.tf#L3"],
    ["https://gitlab.example.com/g/s/p", "https://gitlab.example.com/g/s/p/-/blob/c0ffee/net/main.tf#L3"],
    ["ssh://git@gitlab.com:2222/g/p.git", "https://gitlab.com/g/p/-/blob/c0ffee/net/main.tf#L3"],
    ["file:///srv/x.git", undefined],
    ["javascript:alert(1)", undefined],
  ])("to the line of code in %s: %s", (url, link) => {
    expect(sourceUrl({ kind: "repository", url, ref: "main", path: "net" }, "c0ffee", source)).toBe(link);
  });

  it("lead nowhere outside of the repository, and of a folder nowhere", () => {
    const origin = { kind: "repository", url: "https://github.com/a/b", ref: "main", path: "" } as const;
    expect(sourceUrl(origin, undefined, { file: "../../x.tf", line: 1 })).toBeUndefined();
    expect(sourceUrl({ kind: "folder", path: "/srv" }, undefined, source)).toBeUndefined();
  });
});

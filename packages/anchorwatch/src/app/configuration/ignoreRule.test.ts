import { describe, expect, it } from "vitest";
import { parseIgnoreRule } from "./ignoreRule.ts";

const rule = (text: string) => {
  const parsed = parseIgnoreRule(text, "--ignore");
  return parsed.ok ? parsed.rule : undefined;
};

describe("a rule in one line", () => {
  it.each([
    ["aws_instance", { type: "aws_instance", negate: false }],
    ["aws_*", { type: "aws_*", negate: false }],
    ["aws_instance:tags.*", { type: "aws_instance", path: "tags.*", negate: false }],
    ["*:tags.LastScan", { path: "tags.LastScan", negate: false }],
    ["module.net.aws_vpc.main", { address: "module.net.aws_vpc.main", negate: false }],
    ["!aws_s3_bucket.audit:tags", { address: "aws_s3_bucket.audit", path: "tags", negate: true }],
    ['a.b["x:y"]:tags["a:b"]', { address: 'a.b["x:y"]', path: 'tags["a:b"]', negate: false }],
  ])("%s", (text, expected) => {
    expect(rule(text)).toEqual({ ...expected, origin: "--ignore" });
  });

  it.each(["", "!", ":tags", "aws_instance:", "*", "a b:c", "a.b[0:tags", "a.b:tags[0", 'a.b:tags["x'])(
    "refuses “%s”",
    (text) => {
      expect(rule(text)).toBeUndefined();
    },
  );
});

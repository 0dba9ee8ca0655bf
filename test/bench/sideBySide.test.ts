import { expect, it } from "vitest";
import { driftOfCheck, driftOfPlan, expectDrift } from "./sideBySide.ts";

it("reads the drifted addresses out of a plan's text", () => {
  const text = `
  # aws_sns_topic.news[0] has changed
  ~ resource "aws_sns_topic" "news" {
  # aws_iam_role.service["a b"] has been deleted
    # (3 unchanged attributes hidden)
  # (because of nothing) will be read
`;
  expect(driftOfPlan(text)).toEqual([`aws_iam_role.service["a b"]`, "aws_sns_topic.news[0]"]);
});

it("counts what changed and what is gone in a check, and nothing else", () => {
  const verdicts = ["in_sync", "changed", "deleted", "ignored", "unknown"];
  const resources = verdicts.map((verdict) => ({ address: `a.${verdict}`, verdict }));
  expect(driftOfCheck(JSON.stringify({ resources }))).toEqual(["a.changed", "a.deleted"]);
});

it("refuses figures of a command that finds too much or too little", () => {
  expect(() => expectDrift("check", ["a.b"], ["a.b", "a.c"])).toThrow(/expected a\.b, a\.c/);
  expect(() => expectDrift("check", ["a.b"], [])).toThrow(/reports a\.b/);
  expect(() => expectDrift("check", ["a.b", "a.c"], ["a.c", "a.b"])).not.toThrow();
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CheckResult } from "../../domain/check.ts";
import { change, checkResult, driftedNetwork, resource } from "./checkResult.fixture.ts";
import { renderJunit } from "./junit.ts";
import { readXml, type XmlElement } from "./xml.fixture.ts";

const read = (result: CheckResult, strict = false) => readXml(renderJunit(result, { strict }));
const cases = (suite: XmlElement | undefined) =>
  suite?.children.filter(({ name }) => name === "testcase") ?? [];

describe("the JUnit report", () => {
  it("has one test case for every resource, and counts them", () => {
    const root = read(driftedNetwork());
    const counts = { tests: "8", failures: "4", errors: "1", skipped: "2" };
    expect(root).toMatchObject({ name: "testsuites", attributes: { ...counts, time: "1.200" } });
    const [suite, ...others] = root.children;
    expect(others).toEqual([]);
    expect(suite).toMatchObject({
      attributes: { ...counts, name: "network", timestamp: "2026-01-02T03:04:05" },
    });
    expect(
      cases(suite).map(
        ({ attributes, children }) => `${attributes["name"]}: ${children[0]?.name ?? "passed"}`,
      ),
    ).toEqual([
      "aws_autoscaling_group.app: skipped",
      "aws_db_instance.main: failure",
      "aws_iam_policy.deploy: failure",
      "aws_security_group.web: failure",
      "aws_sns_topic.alerts: failure",
      "aws_sns_topic.audit: error",
      "aws_vpc.main: passed",
      "terraform_data.marker: skipped",
    ]);
  });

  it("never calls a check free of drift that did not see everything", () => {
    const given = resource("a.b", { verdict: "not_checked", reason: { code: "unsupported", message: "no" } });
    const root = read(checkResult([given]));
    expect(root.attributes).toMatchObject({ tests: "1", errors: "1", skipped: "0" });
    expect(root.children[0]?.children.at(-1)?.text).toContain("Incomplete: 1 resource was not seen");
  });

  it("tells of a failure what changed and where it is declared", () => {
    const found = cases(read(driftedNetwork()).children[0]).find(
      ({ attributes }) => attributes["name"] === "aws_security_group.web",
    );
    expect(found?.attributes).toMatchObject({
      classname: "network.aws_security_group",
      file: "infra/network/main.tf",
      line: "12",
    });
    expect(found?.children[0]).toMatchObject({
      attributes: {
        message: "aws_security_group.web changed: ingress, tags.Owner, tags.Temp",
        type: "changed",
      },
      text: expect.stringContaining('~ tags.Owner  recorded "platform"  live "tmp"'),
    });
  });

  it("puts pending changes into the output, and makes them failures when they are to be strict about", () => {
    expect(read(driftedNetwork()).children[0]?.children.at(-1)).toMatchObject({
      name: "system-out",
      text: expect.stringContaining("pending: aws_sqs_queue.jobs: update"),
    });
    const root = read(driftedNetwork(), true);
    expect(root.attributes).toMatchObject({ tests: "9", failures: "5" });
    expect(root.children[1]).toMatchObject({ attributes: { name: "network pending", failures: "1" } });
  });

  it("of nothing is well-formed", () => {
    expect(read(checkResult([])).attributes).toMatchObject({ tests: "0", failures: "0" });
  });

  it("stays well-formed and harmless whatever a resource holds", () => {
    const anything = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("]]>", "<!--", "&amp;", '"', "\u0000", "\uffff", "\ud800", "\u001b[2J"),
    );
    fc.assert(
      fc.property(anything, anything, (key, value) => {
        const changes = [change({ path: [key], recorded: value, live: key })];
        const text = renderJunit(
          checkResult(
            [
              resource(`a.b[${key}]`, {
                verdict: "changed",
                id: value,
                source: { file: value, line: 1 },
                changes,
              }),
              resource("a.c", { verdict: "unknown", reason: { code: value, message: key } }),
            ],
            { stack: { name: value, kind: "terraform" } },
          ),
          { strict: true },
        );
        expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
        expect(cases(readXml(text).children[0])).toHaveLength(2);
      }),
      { numRuns: 200 },
    );
  });
});

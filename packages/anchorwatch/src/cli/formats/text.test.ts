import { describe, expect, it } from "vitest";
import type { CheckResult } from "../../domain/check.ts";
import { change, checkResult, driftedNetwork, resource } from "./checkResult.fixture.ts";
import { painter } from "./palette.ts";
import { renderText } from "./text.ts";

const plain = (result: CheckResult, options: { all?: boolean; width?: number } = {}) =>
  renderText(result, { all: false, paint: painter(false), ...options });

describe("the text report", () => {
  it("tells drift with its changes and places, then what was not seen, ignored and pending, and ends with coverage", () => {
    expect(plain(driftedNetwork())).toBe(`network  workspace default · serial 42 · infra/network
hashicorp/aws reads as profile audit

~ aws_db_instance.main  changed
    ~ password  differs (sensitive, not shown)

~ aws_iam_policy.deploy  changed  infra/network/iam.tf:3  arn:aws:iam::123456789012:policy/deploy
    ~ policy → Statement[0].Action  recorded "s3:GetObject"  live "s3:*"

~ aws_security_group.web  changed  infra/network/main.tf:12  sg-1
    + ingress  live only  tcp 22 cidr_blocks=["0.0.0.0/0"] self=false  (not set in the code)
    ~ tags.Owner  recorded "platform"  live "tmp"
    + tags.Temp  live only  "yes"

- aws_sns_topic.alerts  deleted  infra/network/main.tf:40  arn:aws:sns:eu-west-1:123456789012:alerts

? aws_sns_topic.audit  unknown  infra/network/main.tf:52
    AccessDenied: sns:GetTopicAttributes is not allowed
    Allow it to the profile audit.

. aws_autoscaling_group.app  ignored by anchorwatch.yaml:12
1 resource not checked: nothing exists outside the state

Pending  in the code, never deployed; no drift
~ aws_sqs_queue.jobs  update  infra/network/main.tf:60
    ~ delay_seconds  deployed 0  code 30

Drift: 4 of 8 resources are not as deployed. Incomplete: 1 resource was not seen, there may be more drift.
8 resources: 1 in sync, 3 changed, 1 deleted, 1 ignored, 1 not checked · 1 unknown · 1 pending · 1.2 s
`);
  });

  it("with --all shows what is in sync and informational too", () => {
    const text = plain(driftedNetwork(), { all: true });
    expect(text).toContain("= aws_vpc.main  in sync");
    expect(text).toContain("~ attachment_count  recorded 1  live 2  (informational)");
    expect(text).toContain("? terraform_data.marker  not checked");
    expect(text).toContain("~ desired_capacity  recorded 2  live 5  (ignored by anchorwatch.yaml:12)");
  });

  it("of a stack in sync is short", () => {
    expect(plain(checkResult([resource("a.b"), resource("a.c")], { identities: [] }))).toBe(
      "network  workspace default · serial 42 · infra/network\n\nNo drift.\n2 resources: 2 in sync · 0 unknown · 1.2 s\n",
    );
  });

  it("of an empty state says so", () => {
    const text = plain(checkResult([]));
    expect(text).toContain(
      "Nothing to check: the state holds no resources.\n0 resources: 0 in sync · 0 unknown · 1.2 s\n",
    );
  });

  it("never calls an incomplete check free of drift", () => {
    const unknown = resource("a.b", { verdict: "unknown", reason: { code: "x", message: "no" } });
    const text = plain(checkResult([unknown]));
    expect(text).not.toContain("No drift");
    expect(text).toContain("Incomplete: 1 resource was not seen, it may have drifted.");
  });

  it("names unmanaged and deposed resources, and sorts instances by number", () => {
    const text = plain(
      checkResult([
        resource("a.b[10]", { verdict: "deleted" }),
        resource("a.b[9]", { verdict: "deleted", deposed: "1a2b" }),
        resource("", { type: "aws_s3_bucket", id: "stray", verdict: "unmanaged" }),
      ]),
    );
    const titles = text.split("\n").filter((l) => /^[-+~] /.test(l));
    expect(titles).toEqual([
      "- a.b[9] (deposed 1a2b)  deleted",
      "- a.b[10]  deleted",
      "+ aws_s3_bucket stray  unmanaged",
    ]);
  });

  it("shows warnings with their place and what to do", () => {
    const warning = {
      code: "internal",
      message: "the region is not known",
      hint: "Give it in anchorwatch.yaml.",
      location: { file: "main.tf", line: 3, column: 5 },
    } as const;
    expect(plain(checkResult([], { warnings: [warning] }))).toContain(
      "warning  main.tf:3:5: the region is not known\n         Give it in anchorwatch.yaml.\n",
    );
  });

  it("lets no live value, id, name or message act on the terminal", () => {
    const evil = "\u001b]0;owned\u0007\u009b2J\u202e\r\n";
    const result = checkResult(
      [
        resource(`a.b["${evil}"]`, {
          id: evil,
          verdict: "changed",
          source: { file: `${evil}.tf`, line: 1 },
          reason: { code: "x", message: evil },
          changes: [
            change({ path: ["tags", evil], op: "add", live: evil }),
            change({ path: ["b"], recorded: `${evil}a\nb`, live: `${evil}c\nd`, ignoredBy: evil }),
            change({ path: ["c"], op: "remove", element: [{ [evil]: evil }] }),
          ],
        }),
        resource("a.c", { verdict: "ignored", reason: { code: "x", message: evil } }),
        resource("a.d", { verdict: "not_checked", reason: { code: evil, message: evil } }),
      ],
      {
        stack: { name: evil, kind: "terraform", workspace: evil, path: evil },
        identities: [{ provider: evil, description: evil }],
        warnings: [{ code: "internal", message: evil, hint: evil, location: { file: evil, address: evil } }],
      },
    );
    for (const all of [true, false]) {
      const text = plain(result, { all, width: 60 });
      expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });

  it("fits a narrow terminal where values can be broken", () => {
    const value = Array.from({ length: 60 }, (_, i) => `item-${i}`);
    const text = plain(
      checkResult([
        resource("a.b", {
          verdict: "changed",
          changes: [change({ path: ["x"], recorded: [], live: value })],
        }),
      ]),
      { width: 60 },
    );
    const body = text.split("\n").filter((l) => l.startsWith("     "));
    expect(body.length).toBeGreaterThan(2);
    for (const row of body) expect(row.length).toBeLessThanOrEqual(60);
    expect(text).toContain("Some values and lines are cut; --format json has them in full.");
  });

  it("of thousands of drifts names every resource, but not every change", () => {
    const changes = Array.from({ length: 100 }, (_, i) =>
      change({ path: ["list", i], recorded: "a", live: "b".repeat(5000) }),
    );
    const drifted = Array.from({ length: 5000 }, (_, i) =>
      resource(`a.b[${i}]`, { verdict: "changed", changes }),
    );
    const text = plain(checkResult(drifted));
    expect(text.split("\n").filter((l) => l.startsWith("~ a.b["))).toHaveLength(5000);
    expect(text).toContain("The other 4800 without their changes:");
    expect(text).toContain("… 60 more changes");
    expect(text.split("\n").length).toBeLessThan(20_000);
  });

  it("colours recorded blue and live amber, and neither red nor green", () => {
    const text = renderText(driftedNetwork(), { all: false, paint: painter(true) });
    expect(text).toContain('\u001b[94m"platform"\u001b[39m');
    expect(text).toContain('\u001b[33m"tmp"\u001b[39m');
    expect(text).not.toContain("\u001b[32m");
  });
});

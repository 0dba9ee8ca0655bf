import { describe, expect, test } from "vitest";
import type { ResourceAddress } from "../domain/address.ts";
import type { DeclaredAttributes } from "../domain/shape.ts";
import {
  attribute,
  candidate,
  computed,
  declared,
  ROLE,
  SECURITY_GROUP,
  STRING,
  value,
} from "./exampleShapes.fixture.ts";
import { explain } from "./explain.ts";
import { findDifferences } from "./findDifferences.ts";
import { compileIgnoreRules, type IgnoreRule, rulesOfIgnoreChanges } from "./ignoreRules.ts";
import type { Candidate } from "./references.ts";
import { sensitivityOf } from "./sensitivity.ts";
import { verdictOf } from "./verdict.ts";

type Plain = Parameters<typeof value>[0];

function judge(
  recorded: Plain,
  live: Plain,
  more: {
    readonly tree?: DeclaredAttributes;
    readonly candidates?: readonly Candidate[];
    readonly rules?: readonly Partial<IgnoreRule>[];
    readonly ignoreChanges?: "all";
  } = {},
) {
  const shape = { ...ROLE, attributes: new Map(ROLE.attributes).set("version", computed(STRING)) };
  shape.attributes.set("token", attribute(STRING, "optional", "sensitive"));
  const sides = { shape, recorded: value(recorded), live: value(live) };
  const differences = findDifferences({ ...sides, declared: more.tree ?? new Map() });
  const rules = (more.rules ?? []).map((rule) => ({ negate: false, origin: "anchorwatch.yaml:3", ...rule }));
  return verdictOf({
    deleted: live === null,
    findings: explain(differences, { ...sides, type: "aws_iam_role", candidates: more.candidates ?? [] }),
    shape,
    rules: [...rulesOfIgnoreChanges(more.ignoreChanges), ...compileIgnoreRules(rules)],
    sensitivity: sensitivityOf({ type: "aws_iam_role", shape, paths: [] }, []),
  });
}

describe("the verdict", () => {
  test("is in sync when nothing differs, or only what nobody sets", () => {
    expect(judge({ name: "a" }, { name: "a" })).toEqual({ verdict: "in_sync", changes: [] });
    expect(judge({ version: "1" }, { version: "2" })).toEqual({
      verdict: "in_sync",
      changes: [
        { path: ["version"], op: "replace", recorded: "1", live: "2", settable: false, informational: true },
      ],
    });
  });

  test("is in sync when another resource declares the difference, which stays visible as informational", () => {
    const arn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    const candidates = [
      candidate("aws_iam_role_policy_attachment.a", { recorded: { role: "r", policy_arn: arn } }),
    ];
    const live = { name: "r", managed_policy_arns: [arn] };
    expect(judge({ name: "r", managed_policy_arns: [] }, live, { candidates })).toMatchObject({
      verdict: "in_sync",
      changes: [{ path: ["managed_policy_arns"], op: "add", element: arn, informational: true }],
    });
    expect(judge({ name: "r", managed_policy_arns: [] }, live)).toMatchObject({
      verdict: "changed",
      changes: [{ path: ["managed_policy_arns"], op: "add", element: arn, settable: false }],
    });
  });

  test("is deleted when the resource is gone, unless a rule for the whole resource says otherwise", () => {
    expect(judge({ name: "a" }, null)).toEqual({ verdict: "deleted", changes: [] });
    expect(judge({ name: "a" }, null, { ignoreChanges: "all" }).verdict).toBe("deleted");
    expect(judge({ name: "a" }, null, { rules: [{ path: "*" }] }).verdict).toBe("deleted");
    expect(judge({ name: "a" }, null, { rules: [{ type: "aws_iam_role" }] })).toMatchObject({
      verdict: "ignored",
      reason: { code: "rule", message: "ignored by anchorwatch.yaml:3: aws_iam_role" },
    });
  });

  test("is ignored only when rules silence every change", () => {
    const sides = [{ tags: { a: "1", b: "1" } }, { tags: { a: "2", b: "2" } }] as const;
    const tree = declared({ tags: true });
    expect(judge(...sides, { tree, rules: [{ path: "tags.a" }] })).toMatchObject({
      verdict: "changed",
      changes: [{ path: ["tags", "a"], ignoredBy: "anchorwatch.yaml:3: *:tags.a" }, { path: ["tags", "b"] }],
    });
    expect(judge(...sides, { tree, rules: [{ path: "tags" }] }).verdict).toBe("ignored");
    expect(judge(...sides, { tree, ignoreChanges: "all" }).verdict).toBe("ignored");
  });

  test("shows changes in the order of their paths, and what can be written back", () => {
    const { changes } = judge(
      { tags: { z: "1", a: "1" }, name: "n", managed_policy_arns: ["x"] },
      { tags: { z: "2", a: "2" }, name: "m", managed_policy_arns: ["y"] },
      { tree: declared({ tags: true }) },
    );
    expect(changes.map(({ path, op, settable }) => [path.join("."), op, settable])).toEqual([
      ["managed_policy_arns", "remove", false],
      ["managed_policy_arns", "add", false],
      ["name", "replace", false],
      ["tags.a", "replace", true],
      ["tags.z", "replace", true],
    ]);
  });

  test("a change of a secret is told without it, and silenced by rules like any other", () => {
    const sides = [{ token: "old-token" }, { token: "new-token" }] as const;
    expect(judge(...sides)).toEqual({
      verdict: "changed",
      changes: [{ path: ["token"], op: "replace", sensitive: true, settable: true }],
    });
    expect(judge(...sides, { rules: [{ path: "token" }] }).verdict).toBe("ignored");
  });
});

test("a group whose rules are its own resources is changed by a port opened to the world, as Terraform does not say", () => {
  const open = { from_port: 22, to_port: 22, protocol: "tcp", cidr_blocks: ["0.0.0.0/0"] };
  const sides = { shape: SECURITY_GROUP, recorded: value({ ingress: [] }), live: value({ ingress: [open] }) };
  const differences = findDifferences({ ...sides, declared: new Map() });
  const address = "aws_security_group.web" as ResourceAddress;
  const findings = explain(differences, {
    ...sides,
    type: "aws_security_group",
    candidates: [{ address, type: "x" }],
  });
  const sensitivity = sensitivityOf({ type: "aws_security_group", shape: SECURITY_GROUP, paths: [] }, []);
  expect(verdictOf({ deleted: false, findings, shape: SECURITY_GROUP, rules: [], sensitivity })).toEqual({
    verdict: "changed",
    changes: [{ path: ["ingress"], op: "add", element: value(open), settable: false }],
  });
});

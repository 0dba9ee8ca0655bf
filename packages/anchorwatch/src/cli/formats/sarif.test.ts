import { describe, expect, it } from "vitest";
import type { CheckResult } from "../../domain/check.ts";
import { change, checkResult, driftedNetwork, resource } from "./checkResult.fixture.ts";
import { renderSarif } from "./sarif.ts";

interface Finding {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly kind?: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation?: {
      readonly artifactLocation: { readonly uri: string };
      readonly region: { readonly startLine: number };
    };
    readonly logicalLocations: readonly { readonly fullyQualifiedName: string }[];
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly suppressions?: readonly { readonly justification: string }[];
}

interface Run {
  readonly tool: {
    readonly driver: { readonly rules: readonly { readonly id: string }[]; readonly semanticVersion: string };
  };
  readonly invocations: readonly { readonly executionSuccessful: boolean }[];
  readonly results: readonly Finding[];
}

function runOf(result: CheckResult, all = false): Run {
  const log = JSON.parse(renderSarif(result, { all, version: "1.2.3" })) as {
    version: string;
    runs: readonly Run[];
  };
  expect(log.version).toBe("2.1.0");
  expect(log.runs).toHaveLength(1);
  return log.runs[0] as Run;
}

const named = (run: Run, name: string) =>
  run.results.find(
    ({ locations }) => locations[0]?.logicalLocations[0]?.fullyQualifiedName === name,
  ) as Finding;

describe("the SARIF report", () => {
  it("has what the standard requires of a run, its rules and its results", () => {
    const run = runOf(driftedNetwork(), true);
    expect(run.tool.driver).toMatchObject({ name: "Anchorwatch", semanticVersion: "1.2.3" });
    for (const rule of run.tool.driver.rules) {
      expect(rule).toMatchObject({ id: expect.any(String), shortDescription: { text: expect.any(String) } });
    }
    for (const finding of run.results) {
      expect(run.tool.driver.rules[finding.ruleIndex]?.id).toBe(finding.ruleId);
      expect(["error", "warning", "note", "none"]).toContain(finding.level);
      expect(finding.message.text).not.toBe("");
      expect(finding.locations).toHaveLength(1);
      expect(finding.partialFingerprints["anchorwatchResource/v1"]).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it("puts a finding for each resource that is not in sync at the line that declares it", () => {
    const run = runOf(driftedNetwork());
    expect(run.results.map(({ ruleId, level }) => `${ruleId} ${level}`).sort()).toEqual([
      "changed error",
      "changed error",
      "changed error",
      "deleted error",
      "ignored note",
      "pending note",
      "unknown warning",
    ]);
    const finding = named(run, "aws_security_group.web");
    expect(finding.locations[0]?.physicalLocation).toEqual({
      artifactLocation: { uri: "infra/network/main.tf", uriBaseId: "%SRCROOT%" },
      region: { startLine: 12 },
    });
    expect(finding.message.text).toContain(
      "aws_security_group.web changed: ingress, tags.Owner, tags.Temp\n",
    );
    expect(run.invocations[0]?.executionSuccessful).toBe(false);
  });

  it("suppresses what a rule ignores, and passes what is in sync with --all", () => {
    const run = runOf(driftedNetwork(), true);
    expect(named(run, "aws_autoscaling_group.app").suppressions).toEqual([
      { kind: "external", justification: "anchorwatch.yaml:12" },
    ]);
    expect(named(run, "aws_vpc.main")).toMatchObject({ kind: "pass", level: "none" });
  });

  it("gives one drift the same fingerprint in every run, and every drift its own", () => {
    const at = (line: number, live: string) =>
      runOf(
        checkResult([
          resource("a.b", {
            verdict: "changed",
            source: { file: "x.tf", line },
            changes: [change({ path: ["n"], live })],
          }),
          resource("a.b", { verdict: "deleted", deposed: "1a2b" }),
          resource("a.c", { verdict: "changed" }),
        ]),
      ).results.map(({ partialFingerprints }) => partialFingerprints["anchorwatchResource/v1"]);
    expect(at(1, "x")).toEqual(at(99, "y"));
    expect(new Set(at(1, "x")).size).toBe(3);
  });

  it("escapes file names, and lets no live value make a link or act on a terminal", () => {
    const evil = "[click](https://evil.example)\u001b[2J";
    const run = runOf(
      checkResult([
        resource("a.b", {
          verdict: "changed",
          source: { file: "modules/größe 1/main.tf", line: 2 },
          changes: [change({ path: ["tags", evil], recorded: "x", live: evil })],
        }),
      ]),
    );
    const [finding] = run.results;
    expect(finding?.locations[0]?.physicalLocation?.artifactLocation.uri).toBe(
      "infra/network/modules/gr%C3%B6%C3%9Fe%201/main.tf",
    );
    expect(finding?.message.text).not.toContain("](");
    expect(finding?.message.text).not.toContain("\u001b");
  });

  it("names the file of a module beside the stack by its way from where the check was asked for", () => {
    const source = { file: "../modules/net/main.tf", line: 2 };
    const [finding] = runOf(checkResult([resource("a.b", { verdict: "changed", source })])).results;
    expect(finding?.locations[0]?.physicalLocation?.artifactLocation.uri).toBe("infra/modules/net/main.tf");
  });

  it("of a stack in sync, or without resources, has no results", () => {
    expect(runOf(checkResult([resource("a.b")])).results).toEqual([]);
    expect(runOf(checkResult([])).invocations[0]?.executionSuccessful).toBe(true);
  });
});

import { describe, expect, it } from "vitest";
import type { Classification, Severity } from "../../domain/classification.ts";
import { aDrift, aStack } from "../../store/records.fixture.ts";
import type { ExceptionPattern, StandingException } from "../../watch/exception.ts";
import { escalated, exceptedBy, speaksOfStack } from "./exceptionMatching.ts";

const NOW = new Date("2026-03-01T12:00:00.000Z");
const LATER = new Date(NOW.getTime() + 1000);

function classified(severity: Severity): Classification {
  return {
    ...{ class: "operational", severity, isComplete: true, problems: [], rules: [], adjustments: [] },
    policy: "sha256:00",
  };
}

/** Changed at these paths. */
function drift(paths: readonly (readonly (string | number)[])[], severity: Severity = "medium") {
  const changes = paths.map((path) => ({ path, op: "replace", settable: true }));
  return aDrift(aStack().id, {
    address: 'module.net["a"].aws_instance.web[0]',
    type: "aws_instance",
    found: { data: { changes } },
    classification: classified(severity),
  });
}

function ignoring(
  pattern: ExceptionPattern,
  more: { until?: Date; evenCritical?: boolean; id?: string } = {},
) {
  const { until = LATER, evenCritical = false, id = "one" } = more;
  return { kind: "ignore", id, reason: "r", pattern, until, evenCritical } satisfies StandingException;
}

describe("a pattern that is ignored", () => {
  it.each<[ExceptionPattern, boolean]>([
    [{}, true],
    [{ type: "aws_*" }, true],
    [{ type: "aws_s3_*" }, false],
    [{ address: "module.net.aws_instance.web" }, true],
    [{ address: 'module.net["a"].*' }, true],
    [{ address: "aws_instance.web" }, false],
    [{ path: "tags.*" }, true],
    [{ path: "tags" }, true],
    [{ path: "tags.Owner" }, false],
    [{ type: "aws_instance", path: "ami" }, false],
  ])("%j covers a drift of two tags: %s", (pattern, isCovered) => {
    const found = exceptedBy(
      drift([
        ["tags", "Owner"],
        ["tags", "Team"],
      ]),
      [ignoring(pattern)],
      NOW,
    );
    expect(found !== undefined).toBe(isCovered);
  });

  it("covers nothing where something else differs besides, and several cover it together as long as all of them last", () => {
    const mixed = drift([["tags", "Owner"], ["ami"]]);
    const tags = ignoring({ path: "tags" }, { id: "tags" });
    const ami = ignoring({ path: "ami" }, { id: "ami", until: new Date(LATER.getTime() + 5000) });
    expect(exceptedBy(mixed, [tags], NOW)).toBeUndefined();
    expect(exceptedBy(mixed, [tags, ami], NOW)).toEqual({ id: "tags", kind: "ignore", until: LATER });
  });

  it("with a path never covers what was deleted, or of which not all changes are known", () => {
    const gone = aDrift(aStack().id, { found: { data: { changes: [] } }, classification: classified("low") });
    expect(exceptedBy(gone, [ignoring({ path: "*" })], NOW)).toBeUndefined();
    const many = { ...gone, found: { data: { changes: [], changesInContent: 9 } } };
    expect(exceptedBy(many, [ignoring({ path: "*" })], NOW)).toBeUndefined();
    expect(exceptedBy(many, [ignoring({})], NOW)).toBeDefined();
  });

  it("covers elements of a set by [*]", () => {
    const set = aDrift(aStack().id, {
      found: { data: { changes: [{ path: ["ingress"], op: "add", settable: true }] } },
      classification: classified("low"),
    });
    expect(exceptedBy(set, [ignoring({ path: "ingress[*]" })], NOW)).toBeDefined();
    expect(exceptedBy(set, [ignoring({ path: "egress[*]" })], NOW)).toBeUndefined();
  });

  it("is over when its time is, and leaves what is critical alone unless it says otherwise", () => {
    expect(exceptedBy(drift([["ami"]]), [ignoring({}, { until: NOW })], NOW)).toBeUndefined();
    expect(exceptedBy(drift([["ami"]], "critical"), [ignoring({})], NOW)).toBeUndefined();
    expect(
      exceptedBy(drift([["ami"]], "critical"), [ignoring({}, { evenCritical: true })], NOW),
    ).toBeDefined();
  });
});

describe("what is escalated", () => {
  const escalate = (pattern: ExceptionPattern, severity: Severity): StandingException => ({
    ...{
      kind: "escalate",
      id: "money",
      reason: "it is about money",
      pattern,
      raise: { severity, class: "security" },
    },
  });

  it("is at least as bad, and of that class; it is never less bad than the rules say", () => {
    const raised = escalated(classified("low"), drift([["ami"]]), [escalate({}, "high")], NOW);
    expect(raised).toMatchObject({
      ...{ severity: "high", class: "security" },
      adjustments: [{ id: "exception money", from: "low", to: "high", because: "it is about money" }],
    });
    const worse = { ...classified("critical"), class: "security" as const };
    expect(escalated(worse, drift([["ami"]]), [escalate({}, "high")], NOW)).toBe(worse);
  });

  it("is whatever has one such place, or may have it", () => {
    const said = classified("low");
    const severityOf = (about: ReturnType<typeof drift>) =>
      escalated(said, about, [escalate({ path: "ami" }, "high")], NOW).severity;
    expect(severityOf(drift([["tags", "a"], ["ami"]]))).toBe("high");
    expect(severityOf(drift([["tags", "a"]]))).toBe("low");
    expect(severityOf({ ...drift([]), found: { data: { changes: [], changesInContent: 3 } } })).toBe("high");
  });
});

it("what the operator says once is for the stacks of that name that have all these labels", () => {
  const stack = { name: "prod/network", labels: { env: "prod", team: "net" } };
  expect(speaksOfStack({}, stack)).toBe(true);
  expect(speaksOfStack({ stack: "prod/*", labels: { env: "prod" } }, stack)).toBe(true);
  expect(speaksOfStack({ labels: { env: "prod", team: "web" } }, stack)).toBe(false);
  expect(speaksOfStack({ stack: "dev/*" }, stack)).toBe(false);
  expect(speaksOfStack({ labels: { env: "prod" } }, { name: "prod/network" })).toBe(false);
});

import { expect, it } from "vitest";
import type { DriftFacts } from "../../policy/facts.ts";
import { aDrift, aStack } from "../../store/records.fixture.ts";
import type { SeenResource } from "../../watch/seenResource.ts";
import type { RepositoryRules } from "./rules/repositoryRules.ts";
import { type RulesFor, rulesInForce } from "./rulesInForce.ts";
import { stackJudge } from "./stackJudge.ts";

const NOW = new Date("2026-03-01T12:00:00.000Z");
const SEEN: SeenResource = { recorded: {}, live: {}, isCut: false, changes: [] };
const STACK = aStack();

/** The repository raises everything to critical. */
const rules: RulesFor = (repository) => {
  const digest = `sha256:${(repository === undefined ? "1" : "2").repeat(64)}`;
  const severity = repository === undefined ? ("medium" as const) : ("critical" as const);
  const said = { isComplete: true, problems: [], rules: [], adjustments: [], againAt: NOW };
  const classify = (_: DriftFacts) => ({
    class: "security" as const,
    severity,
    ...said,
    policy: digest,
  });
  return { policy: { digest, classify, isBreakGlass: () => false }, standing: [] };
};

function judgeThat(repository: "has read it" | "has read none" | "has not read it") {
  const found: { readonly policy?: RepositoryRules } =
    repository === "has read it" ? { policy: {} as RepositoryRules } : {};
  const process = rulesInForce(rules, () => (repository === "has not read it" ? undefined : found));
  return stackJudge({ ...process.ofStack(STACK), stack: STACK, exceptions: [] });
}

it("a process that has not read the repository yet takes nothing back that its rules have said", () => {
  const drift = judgeThat("has read it").judged(aDrift(STACK.id), SEEN, [], NOW);
  expect(drift.classification?.severity).toBe("critical");
  const kept = judgeThat("has not read it").judgedAgain(drift, SEEN, [], NOW);
  expect(kept.classification).toMatchObject({ severity: "critical" });
  // It is not asked again and again, and is judged as soon as the repository was read: no rules have that digest.
  expect(kept.classification?.againAt).toBeUndefined();
  const known = judgeThat("has read it").judgedAgain(kept, SEEN, [], NOW);
  expect([known.classification, kept.classification?.policy === known.classification?.policy]).toEqual([
    drift.classification,
    false,
  ]);
  const gone = judgeThat("has read none").judgedAgain(kept, SEEN, [], NOW);
  expect(gone.classification?.severity).toBe("medium");
});

/** From a deployed estate to the facts of each case. */
import { performance } from "node:perf_hooks";
import type { DriftFacts } from "../../../packages/anchorwatch/src/policy/facts.ts";
import type { Deployment } from "../../support/deployment.ts";
import type { Environment } from "../../support/executable.ts";
import { callAll } from "./caller.ts";
import { addressOf, type RecordedCase } from "./case.ts";
import { filled, recordedIn } from "./filling.ts";
import { factsOfSight, lookAt } from "./look.ts";
import { stable } from "./stable.ts";

export interface Recording {
  readonly recorded: ReadonlyMap<RecordedCase, DriftFacts>;
  /** Why the others could not be. */
  readonly failed: readonly string[];
}

export async function recordCases(
  deployment: Deployment,
  cases: readonly RecordedCase[],
  env: Environment,
  print: (line: string) => void,
): Promise<Recording> {
  const recorded = new Map<RecordedCase, DriftFacts>();
  const failed: string[] = [];
  const before = await look("before anybody touches it");
  const usable = cases.filter((one) => {
    const seen = before.get(addressOf(one));
    if (seen?.result.verdict === "in_sync") return true;
    const facts = seen && factsOfSight(seen);
    const why =
      seen === undefined ? "is not in the estate" : `is ${seen.result.verdict} before it is touched`;
    failed.push(
      `${nameOf(one)}: ${why} ${facts?.changes.map(({ path }) => path).join(", ") ?? seen?.result.reason?.message ?? ""}`,
    );
    return false;
  });
  for (const round of [...new Set(usable.map((one) => one.round))].sort((a, b) => a - b)) {
    const now = usable.filter((one) => one.round === round);
    const called = await callFor(now);
    const seen = await look(`after round ${round}`, round === 1 ? [] : called.map(addressOf));
    for (const one of called) {
      const sight = seen.get(addressOf(one));
      const facts = sight && factsOfSight(sight);
      if (facts !== undefined)
        recorded.set(one, { ...stable(facts), openedAt: facts.openedAt, now: facts.now });
      else
        failed.push(
          `${nameOf(one)}: no drift, but ${sight?.result.verdict} ${sight?.result.reason?.message ?? ""}`,
        );
    }
  }
  return { recorded, failed };

  async function callFor(now: readonly RecordedCase[]): Promise<readonly RecordedCase[]> {
    const state = recordedIn(deployment.folder);
    const calls = now.flatMap((one) =>
      one.calls.map((call) => ({ one, call: filled(call, addressOf(one), state) })),
    );
    const answers = await callAll(
      calls.map(({ call }) => call),
      { endpoint: deployment.moto.endpoint, region: deployment.cloud.region, folder: deployment.folder, env },
    );
    const refused = new Set<RecordedCase>();
    for (const [index, { one, call }] of calls.entries()) {
      const answer = answers[index];
      if (answer?.ok === true) continue;
      refused.add(one);
      failed.push(
        `${nameOf(one)}: ${call.service}.${call.operation}: ${answer?.error.slice(0, 300) ?? "no answer"}`,
      );
    }
    return now.filter((one) => !refused.has(one));
  }

  async function look(when: string, only: readonly string[] = []) {
    const started = performance.now();
    const seen = await lookAt(deployment.terraform, only);
    print(
      `read ${only.length === 0 ? seen.size : only.length} resources ${when} in ${((performance.now() - started) / 1000).toFixed(0)} s`,
    );
    return seen;
  }
}

function nameOf({ type, name }: RecordedCase): string {
  return `${type}/${name}`;
}

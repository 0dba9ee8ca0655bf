/** `anchorwatch playbooks …`: what drift sets in motion, and what came of it. */
import { answerOf } from "../../client/connect.ts";
import type { Surroundings } from "../surroundings.ts";
import { connectedServer } from "./namedServer.ts";
import { listed, type Shapes, stackNamed, stackNames } from "./records.ts";
import { type RemoteFlags, runRemote } from "./run.ts";
import { ageText, type Cell, table } from "./table.ts";

type Run = Shapes["PlaybookRun"];

export function runPlaybookList(flags: RemoteFlags, surroundings: Surroundings): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson, note, paint }) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const answer = await answerOf(api.GET("/api/v1/playbooks"));
    if (flags.format === "json") return await sayJson(answer).then(() => 0);
    const rows = answer.playbooks.map(({ name, on, steps }): readonly Cell[] => [
      { text: name, tone: "strong" },
      on.join(", "),
      steps.map(({ does }) => does).join("; then "),
    ]);
    if (rows.length === 0) await note("The operator's file has no playbooks.\n");
    else await say(table(["PLAYBOOK", "ON", "STEPS"], rows, paint));
    return 0;
  });
}

export interface RunListFlags extends RemoteFlags {
  readonly stack?: string;
  readonly drift?: string;
  readonly status?: Run["status"];
  readonly limit?: number;
}

export function runRunList(flags: RunListFlags, surroundings: Surroundings): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson, note, paint, now }) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const { drift, status, limit, format } = flags;
    const stack = flags.stack === undefined ? undefined : await stackNamed(api, flags.stack);
    const filter = {
      ...(stack === undefined ? {} : { stack: stack.id }),
      ...(drift === undefined ? {} : { drift }),
      ...(status === undefined ? {} : { status }),
    };
    const { items, isCut } = await listed(
      (part) => answerOf(api.GET("/api/v1/playbook-runs", { params: { query: { ...filter, ...part } } })),
      ({ runs }) => runs,
      limit,
    );
    if (format === "json") await sayJson({ schema: "anchorwatch.playbook-runs/v1", runs: items });
    else if (items.length === 0) await note("No run is like that, of those that you may see.\n");
    else {
      const nameOf = await stackNames(api, new Set(items.map(({ stackId }) => stackId)));
      const rows = items.map((run): readonly Cell[] => [
        { text: run.playbook, tone: "strong" },
        run.status,
        nameOf(run.stackId),
        run.event,
        ageText(run.startedAt, now),
        { text: run.id, tone: "quiet" },
      ]);
      await say(table(["PLAYBOOK", "STATUS", "STACK", "EVENT", "STARTED", "RUN"], rows, paint));
    }
    if (isCut) await note("There are more: raise --limit.\n");
    return 0;
  });
}

export function runRunShow(id: string, flags: RemoteFlags, surroundings: Surroundings): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson, paint }) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const run = await answerOf(api.GET("/api/v1/playbook-runs/{id}", { params: { path: { id } } }));
    if (flags.format === "json") return await sayJson(run).then(() => 0);
    const rows = run.steps.map((step, index): readonly Cell[] => [
      String(index + 1),
      { text: step.status, tone: "strong" },
      step.does,
      String(step.attempts),
      step.outcome ?? "",
    ]);
    const because = run.because === undefined ? "" : `: ${run.because}`;
    await say(`${run.playbook} is ${run.status}, for the drift ${run.driftId} (${run.event})${because}\n\n`);
    await say(table(["STEP", "STATUS", "WHAT", "TRIES", "OUTCOME"], rows, paint));
    return 0;
  });
}

export interface DryRunFlags extends RemoteFlags {
  readonly drift: string;
}

export function runDryRun(name: string, flags: DryRunFlags, surroundings: Surroundings): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson, paint }) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const told = await answerOf(
      api.GET("/api/v1/playbooks/{name}/dry-run", {
        params: { path: { name }, query: { drift: flags.drift } },
      }),
    );
    if (flags.format === "json") return await sayJson(told).then(() => 0);
    const start =
      told.because === undefined
        ? `It would start when the drift is ${told.on.join(" or ")}`
        : "It would not start";
    const because = told.because === undefined ? "" : `: ${told.because}`;
    const rows = told.steps.map(({ does, problem = "" }, index): readonly Cell[] => [
      String(index + 1),
      does,
      problem,
    ]);
    await say(`${start}${because}. Nothing was done.\n\n`);
    await say(table(["STEP", "WHAT", "PROBLEM"], rows, paint));
    return 0;
  });
}

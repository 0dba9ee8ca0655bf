import { z } from "zod";
import type { DriftId } from "../../watch/drift.ts";
import type { RunId } from "../../watch/runId.ts";
import type { StackId } from "../../watch/stack.ts";
import type { Api } from "../api.ts";
import type { ServerDependencies } from "../dependencies.ts";
import { next, pageQuery } from "../shapes/page.ts";
import {
  dryRunShape,
  playbookRunShape,
  playbookShape,
  presentDryRun,
  presentPlaybook,
  presentRun,
} from "../shapes/playbook.ts";
import { schemaName, timeOf } from "../shapes/wire.ts";
import { withoutUndefined } from "../withoutUndefined.ts";
import { notFound } from "./notFound.ts";
import { problemAnswers } from "./problemAnswers.ts";

type Dependencies = Pick<ServerDependencies, "watch" | "pages">;

const id = z.string().min(1).max(200);
const listShape = z.object({ schema: schemaName("playbook-runs"), runs: z.array(playbookRunShape), next });

export function addPlaybookRoutes(api: Api, dependencies: Dependencies): void {
  addPlaybooks(api, dependencies);
  addRuns(api, dependencies);
}

function addPlaybooks(api: Api, { watch }: Dependencies): void {
  api.get(
    "/playbooks",
    {
      config: { access: "watch.view" },
      schema: {
        summary: "Playbooks of the operator's file",
        tags: ["playbooks"],
        response: {
          200: z.object({ schema: schemaName("playbooks"), playbooks: z.array(playbookShape) }),
          ...problemAnswers,
        },
      },
    },
    async () => ({
      schema: "anchorwatch.playbooks/v1" as const,
      playbooks: watch.playbooks.list().map(presentPlaybook),
    }),
  );
  api.get(
    "/playbooks/:name/dry-run",
    {
      config: { access: "stack.view" },
      schema: {
        summary: "What a playbook would do for a drift as it is now",
        description: "Nothing is done: no channel hears of it, and nothing is frozen.",
        tags: ["playbooks"],
        params: z.object({ name: z.string().min(1).max(64) }),
        querystring: z.object({ drift: id.meta({ description: "Id of a drift." }) }),
        response: { 200: dryRunShape, ...problemAnswers },
      },
    },
    async ({ params: { name }, query: { drift }, access: { visible } }) => {
      const known = await watch.records.drifts.byId(drift as DriftId, { visible });
      if (known === undefined) throw notFound("drift", drift);
      const told = await watch.playbooks.dryRun(name, known.id);
      if (told === undefined) throw notFound("playbook", name);
      return presentDryRun(told);
    },
  );
}

function addRuns(api: Api, { watch, pages }: Dependencies): void {
  api.get(
    "/playbook-runs",
    {
      config: { access: "stack.view" },
      schema: {
        summary: "Runs of playbooks, the newest first",
        tags: ["playbooks"],
        querystring: pageQuery({
          stack: id.optional().meta({ description: "Id of a stack." }),
          drift: id.optional().meta({ description: "Id of a drift." }),
          playbook: z.string().min(1).max(64).optional(),
          status: z.enum(["running", "done", "stopped", "failed"]).optional(),
        }),
        response: { 200: listShape, ...problemAnswers },
      },
    },
    async (request) => {
      const { stack, drift, playbook, status } = request.query;
      const { visible } = request.access;
      const about = { stackId: stack as StackId | undefined, driftId: drift as DriftId | undefined };
      const filter = withoutUndefined({ ...about, playbook, status });
      const page = await pages.read(
        request,
        (part) => watch.playbooks.runs.list({ ...filter, ...part, visible }),
        (one) => ({ value: timeOf(one.startedAt), id: one.id }),
      );
      return {
        schema: "anchorwatch.playbook-runs/v1" as const,
        runs: page.items.map(presentRun),
        next: page.next,
      };
    },
  );
  api.get(
    "/playbook-runs/:id",
    {
      config: { access: "stack.view" },
      schema: {
        summary: "One run of a playbook, step by step",
        tags: ["playbooks"],
        params: z.object({ id }),
        response: { 200: playbookRunShape, ...problemAnswers },
      },
    },
    async ({ params: { id: wanted }, access: { visible } }) => {
      const run = await watch.playbooks.runs.byId(wanted as RunId, { visible });
      if (run === undefined) throw notFound("playbook run", wanted);
      return presentRun(run);
    },
  );
}

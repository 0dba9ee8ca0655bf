/** The ledger's entries: for those who may read all of it, and of one stack for those who may see that. */
import { z } from "zod";
import type { LedgerSearch } from "../../app/ledger/searchPart.ts";
import type { ServedLedger } from "../../app/ledger/servedLedger.ts";
import { decodeEntry } from "../../ledger/entry/entry.ts";
import { matches } from "../../ledger/read/matches.ts";
import type { FoundEntry } from "../../ledger/read/search.ts";
import type { Page } from "../../watch/records.ts";
import type { StackId } from "../../watch/stack.ts";
import type { Api } from "../api.ts";
import type { ServerDependencies } from "../dependencies.ts";
import {
  ledgerEntryShape,
  listedEntryShape,
  noLedger,
  presentEntry,
  presentListed,
  presentStackEntry,
  stackEntryShape,
} from "../shapes/ledger.ts";
import { next, order, pageQuery } from "../shapes/page.ts";
import { moment, schemaName } from "../shapes/wire.ts";
import { withoutUndefined } from "../withoutUndefined.ts";
import { notFound } from "./notFound.ts";
import { problemAnswers } from "./problemAnswers.ts";

const PARTS =
  "A page is what one bounded piece of work found: it may have fewer than `limit`, or none, and there is more as long as it has `next`.";
const kind = z
  .string()
  .min(1)
  .max(100)
  .optional()
  .meta({ description: "drift.opened, or how several begin: drift." });
const address = z.string().min(1).max(2000).optional().meta({ description: "Of a resource, exactly." });
const from = moment.meta({ description: "Only those whose time is then or later." });
const to = moment.meta({ description: "Only those whose time is before." });
const who = z.string().min(1).max(2000).optional();

const entriesShape = z.object({
  schema: schemaName("ledger-entries"),
  entries: z.array(listedEntryShape),
  next,
});
const stackEntriesShape = z.object({
  schema: schemaName("stack-ledger"),
  entries: z.array(stackEntryShape),
  next,
});

export const entryIndex = z
  .string()
  .regex(/^(?:0|[1-9][0-9]{0,14})$/, "a number from 0")
  .meta({ description: "Its place in the log, from 0." });

export function addLedgerEntryRoutes(
  api: Api,
  { watch, pages }: Pick<ServerDependencies, "watch" | "pages">,
): void {
  api.get(
    "/ledger/entries",
    {
      config: { access: "ledger.view" },
      schema: {
        summary: "Entries of the ledger, the newest first",
        description: `Each was proven to be in the log. ${PARTS}`,
        tags: ["ledger"],
        querystring: pageQuery({
          kind,
          stack: z.string().min(1).max(200).optional().meta({ description: "Name of a stack, exactly." }),
          address,
          actor: who.meta({ description: "Id or name of a principal outside, exactly." }),
          user: who.meta({ description: "Id or name of a person here, exactly." }),
          text: z.string().min(1).max(200).optional().meta({
            description: "Anywhere in an entry but in values of resources, in upper or lower case.",
          }),
          id: z.string().min(1).max(128).optional().meta({ description: "Of one entry." }),
          from,
          to,
          order,
        }),
        response: { 200: entriesShape, ...problemAnswers },
      },
    },
    async (request) => {
      const { limit: _, cursor: __, order: direction, id, ...filters } = request.query;
      const ledger = ledgerOf(watch);
      const page = await pages.readPart(request, async (part) => {
        const query = withoutUndefined(filters);
        if (id !== undefined) return { items: await entryOfId(ledger, id, query) };
        return await found(ledger, { query, ...orderOf(direction, part) });
      });
      return {
        schema: "anchorwatch.ledger-entries/v1" as const,
        entries: await Promise.all(page.items.map(presentListed)),
        next: page.next,
      };
    },
  );

  api.get(
    "/ledger/entries/:index",
    {
      config: { access: "ledger.view" },
      schema: {
        summary: "One entry of the ledger",
        tags: ["ledger"],
        params: z.object({ index: entryIndex }),
        response: { 200: ledgerEntryShape, ...problemAnswers },
      },
    },
    async ({ params: { index } }) => {
      const log = await ledgerOf(watch).newest();
      const at = Number(index);
      if (at >= log.checkpoint.size) throw notFound("ledger entry", index);
      const { bytes } = await log.entry(at);
      return await presentEntry({ index: at, bytes, decoded: decodeEntry(bytes) });
    },
  );

  api.get(
    "/stacks/:id/ledger",
    {
      config: { access: "stack.view" },
      schema: {
        summary: "What the ledger says of a stack while it was there, the newest first",
        description: PARTS,
        tags: ["stacks", "ledger"],
        params: z.object({ id: z.string().min(1).max(200) }),
        querystring: pageQuery({ kind, address, from, to, order }),
        response: { 200: stackEntriesShape, ...problemAnswers },
      },
    },
    async (request) => {
      const { id } = request.params;
      const status = await watch.records.stacks.byId(id as StackId, { visible: request.access.visible });
      if (status === undefined) throw notFound("stack", id);
      const { name, addedAt } = status.stack;
      const { limit: _, cursor: __, order: direction, from: since, to: until, ...filters } = request.query;
      // Other stacks may have had that name before, or after it was gone: entries know stacks by their names.
      const next = await watch.records.stacks.hadNameUntil(status.stack.id);
      const query = {
        ...withoutUndefined(filters),
        stack: name.toWellFormed(),
        from: latest(addedAt, since),
        ...withoutUndefined({ to: earliest(next, until) }),
      };
      const page = await pages.readPart(request, (part) =>
        found(ledgerOf(watch), { query, ...orderOf(direction, part) }),
      );
      return {
        schema: "anchorwatch.stack-ledger/v1" as const,
        entries: await Promise.all(page.items.map(presentStackEntry)),
        next: page.next,
      };
    },
  );
}

function latest(one: Date, other: Date | undefined): Date {
  return other === undefined || other < one ? one : other;
}

function earliest(one: Date | undefined, other: Date | undefined): Date | undefined {
  return one === undefined || (other !== undefined && other < one) ? other : one;
}

/** @throws AnchorwatchError `ledger_not_configured` */
export function ledgerOf({ ledger }: Pick<ServerDependencies["watch"], "ledger">): ServedLedger {
  if (ledger === undefined) throw noLedger();
  return ledger;
}

function orderOf(direction: "asc" | "desc" | undefined, { limit, after }: Page) {
  const at = after === undefined ? {} : { at: Number(after.value) };
  return { newestFirst: direction !== "asc", limit, ...at };
}

async function found(ledger: ServedLedger, search: LedgerSearch) {
  const { entries, next: at } = await ledger.search(search);
  return { items: entries, ...(at === undefined ? {} : { next: { value: String(at), id: "" } }) };
}

async function entryOfId(
  ledger: ServedLedger,
  id: string,
  query: LedgerSearch["query"],
): Promise<readonly FoundEntry[]> {
  const index = await ledger.indexOf(id);
  if (index === undefined) return [];
  const { bytes } = await (await ledger.newest()).entry(index);
  const decoded = decodeEntry(bytes);
  return matches(decoded, bytes, query) ? [{ index, bytes, decoded }] : [];
}

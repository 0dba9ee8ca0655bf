import { z } from "zod";
import type { BaselineChange } from "../../app/watch/baseline.ts";
import { weightOf } from "../../watch/drift.ts";
import type { UnmanagedId } from "../../watch/unmanaged.ts";
import type { RequestAccess } from "../access/requestAccess.ts";
import type { Api } from "../api.ts";
import type { ServerDependencies } from "../dependencies.ts";
import { classShape, severityShape } from "../shapes/classification.ts";
import { next, pageQuery } from "../shapes/page.ts";
import {
  presentAccount,
  presentUnmanaged,
  searchedAccountShape,
  unmanagedShape,
} from "../shapes/unmanaged.ts";
import { count, schemaName, timeOf } from "../shapes/wire.ts";
import { withoutUndefined } from "../withoutUndefined.ts";
import { notFound } from "./notFound.ts";
import { problemAnswers } from "./problemAnswers.ts";

const name = z.string().min(1).max(200);
const params = z.object({ id: name });
const listShape = z.object({
  schema: schemaName("unmanaged-list"),
  unmanaged: z.array(unmanagedShape),
  next,
});
const accountsShape = z.object({
  schema: schemaName("searched-accounts"),
  accounts: z.array(searchedAccountShape),
});
const baselineShape = z.strictObject({
  account: name.meta({ description: "As the operator's file calls it." }),
  ids: z
    .array(name)
    .min(1)
    .max(1000)
    .optional()
    .meta({ description: "Of these; absent: everything that is there now." }),
  type: name.optional().meta({ description: "Only of this type." }),
  region: name.optional().meta({ description: "Only in this region." }),
  reason: z.string().min(1).max(2000).meta({ description: "Why; it stands in the ledger." }),
});
const changedShape = z.object({
  schema: schemaName("baseline"),
  count: count.meta({ description: "How many were changed." }),
});

export function addUnmanagedRoutes(
  api: Api,
  { watch, pages }: Pick<ServerDependencies, "watch" | "pages">,
): void {
  const { unmanaged } = watch.records;

  api.get(
    "/unmanaged",
    {
      config: { access: "account.view" },
      schema: {
        summary: "What runs and no stack has, newest change first",
        tags: ["unmanaged"],
        querystring: pageQuery({
          account: name.optional().meta({ description: "As the operator's file calls it." }),
          status: z
            .enum(["open", "accepted", "closed"])
            .optional()
            .meta({ description: "Default: what is open or accepted." }),
          type: name.optional(),
          region: name.optional(),
          class: classShape.optional(),
          severity: severityShape.optional().meta({ description: "Exactly." }),
          sort: z
            .enum(["updatedAt", "severity"])
            .default("updatedAt")
            .meta({ description: "severity: the severest first, among equals what changed last." }),
        }),
        response: { 200: listShape, ...problemAnswers },
      },
    },
    async (request) => {
      const { limit: _, cursor: __, ...asked } = request.query;
      const filter = withoutUndefined(asked);
      const { visible } = request.access;
      const page = await pages.read(
        request,
        (part) => unmanaged.list({ ...filter, ...part, visible }),
        (record) => ({
          value: asked.sort === "severity" ? weightOf(record) : timeOf(record.updatedAt),
          id: record.id,
        }),
      );
      return {
        schema: "anchorwatch.unmanaged-list/v1" as const,
        unmanaged: page.items.map(presentUnmanaged),
        next: page.next,
      };
    },
  );

  api.get(
    "/unmanaged/accounts",
    {
      config: { access: "account.view" },
      schema: {
        summary: "The accounts that are searched, and what the last search looked at",
        tags: ["unmanaged"],
        response: { 200: accountsShape, ...problemAnswers },
      },
    },
    async ({ access: { visible, visibleOf } }) => {
      // Whoever sees an account does not see every stack.
      const { unread } = await unmanaged.stacksWithoutState({ visible: await visibleOf("stack.view") });
      return {
        schema: "anchorwatch.searched-accounts/v1" as const,
        accounts: (await unmanaged.accounts({ visible })).map((account) => presentAccount(account, unread)),
      };
    },
  );

  api.get(
    "/unmanaged/:id",
    {
      config: { access: "account.view" },
      schema: {
        summary: "One of what no stack has",
        tags: ["unmanaged"],
        params,
        response: { 200: unmanagedShape, ...problemAnswers },
      },
    },
    async ({ params: { id }, access: { visible } }) => {
      const record = await unmanaged.byId(id as UnmanagedId, { visible });
      if (record === undefined) throw notFound("unmanaged resource", id);
      return presentUnmanaged(record);
    },
  );

  const change = async (
    what: BaselineChange["change"],
    body: z.infer<typeof baselineShape>,
    access: RequestAccess,
  ) => {
    // Whoever may not see the account gets the same answer as for one that is not there.
    const account = (await unmanaged.accounts({ visible: access.visible })).find(
      (one) => one.name === body.account,
    );
    if (account === undefined) throw notFound("account", body.account);
    await access.assertMay(account.labelSet, `account ${account.name}`);
    const changed = await watch.changeBaseline({ change: what, ...withoutUndefined(body) }, access);
    return { schema: "anchorwatch.baseline/v1" as const, count: changed };
  };
  const changing = (summary: string, description: string) => ({
    config: { access: "account.baseline" as const },
    schema: {
      ...{ summary, description, tags: ["unmanaged"] },
      body: baselineShape,
      response: { 200: changedShape, ...problemAnswers },
    },
  });

  api.post(
    "/unmanaged/accept",
    changing(
      "Accepts what is there",
      "What is open at this moment becomes part of the baseline; what is new, or changes in what matters, is told all the same.",
    ),
    ({ body, access }) => change("accept", body, access),
  );
  api.post(
    "/unmanaged/withdraw",
    changing("Takes an acceptance back", "What was accepted is open again."),
    ({ body, access }) => change("withdraw", body, access),
  );
}

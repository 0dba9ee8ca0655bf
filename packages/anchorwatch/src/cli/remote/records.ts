/** What several commands ask a server for. */

import type { components } from "../../client/api.ts";
import { type AnchorwatchClient, answerOf } from "../../client/connect.ts";
import { type After, pages } from "../../client/pages.ts";
import { AnchorwatchError } from "../../domain/errors.ts";

export type Shapes = components["schemas"];
export type Api = AnchorwatchClient["api"];

export interface Listed<Item> {
  readonly items: readonly Item[];
  /** There is more than was wanted. */
  readonly isCut: boolean;
}

/** The server gives at most so many at once. */
const PAGE = 500;

/** Page after page. @param most of items; undefined: all */
export async function listed<Page extends { readonly next?: string }, Item>(
  read: (after: After & { readonly limit: number }) => Promise<Page>,
  itemsOf: (page: Page) => readonly Item[],
  most?: number,
): Promise<Listed<Item>> {
  const limit = Math.min(most ?? PAGE, PAGE);
  const items: Item[] = [];
  for await (const page of pages((after) => read({ limit, ...after }))) {
    items.push(...itemsOf(page));
    if (most !== undefined && items.length >= most) {
      return { items: items.slice(0, most), isCut: items.length > most || page.next !== undefined };
    }
  }
  return { items, isCut: false };
}

/** By its name, or its id. @throws AnchorwatchError `request_not_found` */
export async function stackNamed(api: Api, name: string): Promise<Shapes["Stack"]> {
  const { stacks } = await answerOf(api.GET("/api/v1/stacks", { params: { query: { name } } }));
  const [found] = stacks;
  if (found !== undefined) return found;
  try {
    return await answerOf(api.GET("/api/v1/stacks/{id}", { params: { path: { id: name } } }));
  } catch (cause) {
    if (!(cause instanceof AnchorwatchError) || cause.code !== "request_not_found") throw cause;
    throw new AnchorwatchError(
      "request_not_found",
      `There is no stack ${JSON.stringify(name)} that you may see`,
      {
        hint: "`anchorwatch stacks list` names those that you may.",
        cause,
      },
    );
  }
}

/** Above so many, asking for each would take longer than asking for all. */
const FEW = 20;

/** What stacks are called. Of one that is not there any more, its id. */
export async function stackNames(api: Api, ids: Iterable<string>): Promise<(id: string) => string> {
  const wanted = new Set(ids);
  const names = new Map<string, string>();
  if (wanted.size > FEW) {
    const all = await listed(
      (part) => answerOf(api.GET("/api/v1/stacks", { params: { query: part } })),
      ({ stacks }) => stacks,
    );
    for (const { id, name } of all.items) names.set(id, name);
  } else {
    for (const id of wanted) {
      const name = await nameOf(api, id);
      if (name !== undefined) names.set(id, name);
    }
  }
  return (id) => names.get(id) ?? id;
}

async function nameOf(api: Api, id: string): Promise<string | undefined> {
  try {
    return (await answerOf(api.GET("/api/v1/stacks/{id}", { params: { path: { id } } }))).name;
  } catch (error) {
    if (error instanceof AnchorwatchError && error.code === "request_not_found") return undefined;
    throw error;
  }
}

/** The person, where the operator's rules name one; else what the audit trail names. */
export function whoOf({ attributions: [latest] }: Pick<Shapes["Drift"], "attributions">): string | undefined {
  return latest?.person.kind === "mapped" ? latest.person.name : latest?.actor.principal;
}

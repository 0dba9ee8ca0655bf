/** Lists come in pages. Where the next one begins, the answer says; its form is nobody's business but ours. */
import { z } from "zod";

const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 500;

/** Query of a list, with its filters. */
export function pageQuery<Filters extends z.ZodRawShape>(filters: Filters) {
  return z.strictObject({
    ...filters,
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .max(LARGEST_PAGE)
      .default(DEFAULT_PAGE)
      .meta({ description: "How many at most." }),
    cursor: z.string().min(1).max(300).optional().meta({ description: "`next` of the page before." }),
  });
}

export const next = z
  .string()
  .optional()
  .meta({ description: "Cursor of the next page; absent: this is the last one." });

/** Asks for one more than wanted, so that the last page is known to be the last. */
export async function readPage<Item extends { readonly id: string }>(
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  read: (page: { readonly limit: number; readonly before?: string }) => Promise<readonly Item[]>,
): Promise<{ readonly items: readonly Item[]; readonly next?: string }> {
  const found = await read({ limit: limit + 1, ...(cursor === undefined ? {} : { before: cursor }) });
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return found.length > limit && last !== undefined ? { items, next: last.id } : { items };
}

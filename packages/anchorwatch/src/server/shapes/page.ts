/**
 * Lists come in pages. Where the next one begins, the cursor says, which only the server can make: it is bound to whoever asked, to the
 * list and to its filters, so that another's cursor, or one that was made up, says nothing about what is there.
 */
import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { Page, PagePosition } from "../../watch/records.ts";

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
    cursor: z.string().min(1).max(4000).optional().meta({ description: "`next` of the page before." }),
  });
}

export const next = z
  .string()
  .optional()
  .meta({ description: "Cursor of the next page; absent: this is the last one." });

export const order = z
  .enum(["asc", "desc"])
  .optional()
  .meta({ description: "asc: the smallest, or oldest, first." });

interface PageRequest {
  readonly query: { readonly limit: number; readonly cursor?: string | undefined };
  readonly params: unknown;
  readonly routeOptions: { readonly url?: string | undefined };
  readonly access: { readonly principal: { readonly kind: string; readonly id: string } };
}

/** Makes and opens cursors; one for all lists. */
export class Pages {
  readonly #sealKey: Uint8Array;
  readonly #cipherKey: Uint8Array;

  /** @param key 32 random bytes, the same in all processes of an installation */
  constructor(key: Uint8Array) {
    const derived = (purpose: string) => createHmac("sha256", key).update(purpose).digest();
    this.#sealKey = derived("seal");
    this.#cipherKey = derived("cipher");
  }

  /**
   * Asks for one more than wanted, so that the last page is known to be the last.
   * @throws AnchorwatchError `page_cursor_invalid`
   */
  async read<Item>(
    request: PageRequest,
    read: (page: Page) => Promise<readonly Item[]>,
    positionOf: (item: Item) => PagePosition,
  ): Promise<{ readonly items: readonly Item[]; readonly next?: string }> {
    const { limit, cursor } = request.query;
    const found = await read({
      limit: limit + 1,
      ...(cursor === undefined ? {} : { after: this.#open(request, cursor) }),
    });
    const items = found.slice(0, limit);
    const last = items.at(-1);
    if (found.length <= limit || last === undefined) return { items };
    return { items, next: this.#make(request, positionOf(last)) };
  }

  /** For lists that are searched bit by bit: where the next part begins, `read` says; a part may be empty. */
  async readPart<Item>(
    request: PageRequest,
    read: (page: Page) => Promise<{ readonly items: readonly Item[]; readonly next?: PagePosition }>,
  ): Promise<{ readonly items: readonly Item[]; readonly next?: string }> {
    const { limit, cursor } = request.query;
    const after = cursor === undefined ? {} : { after: this.#open(request, cursor) };
    const { items, next: position } = await read({ limit, ...after });
    return { items, ...(position === undefined ? {} : { next: this.#make(request, position) }) };
  }

  /** The seal is the beginning of the cipher, too (as RFC 5297 does it): a position may be a number that tells what else there is. */
  #make(request: PageRequest, { value, id }: PagePosition): string {
    const position = JSON.stringify([value, id]);
    const seal = this.#seal(request, position);
    const cipher = createCipheriv(CIPHER, this.#cipherKey, seal);
    return Buffer.concat([seal, cipher.update(position, "utf8"), cipher.final()]).toString("base64url");
  }

  #open(request: PageRequest, cursor: string): PagePosition {
    const bytes = Buffer.from(cursor, "base64url");
    const seal = bytes.subarray(0, SEAL_BYTES);
    if (seal.length !== SEAL_BYTES) throw foreignCursor();
    const cipher = createDecipheriv(CIPHER, this.#cipherKey, seal);
    const position = Buffer.concat([cipher.update(bytes.subarray(SEAL_BYTES)), cipher.final()]).toString();
    if (!timingSafeEqual(seal, this.#seal(request, position))) throw foreignCursor();
    // Whatever has our seal was written above.
    const [value, id] = JSON.parse(position) as [string, string];
    return { value, id };
  }

  #seal({ query, params, routeOptions, access: { principal } }: PageRequest, position: string): Buffer {
    const { limit: _, cursor: __, ...filters } = query;
    const bound = [
      principal.kind,
      principal.id,
      routeOptions.url,
      params,
      Object.entries(filters).sort(),
      position,
    ];
    return createHmac("sha256", this.#sealKey).update(JSON.stringify(bound)).digest().subarray(0, SEAL_BYTES);
  }
}

const SEAL_BYTES = 16;
const CIPHER = "aes-256-ctr";

function foreignCursor(): AnchorwatchError {
  return new AnchorwatchError("page_cursor_invalid", "the cursor is not one of this list", {
    hint: "Give `next` of the page before, with the same filters and by the same account; or begin with the first page.",
  });
}

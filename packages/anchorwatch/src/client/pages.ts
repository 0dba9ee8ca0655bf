/** The next page: nothing for the first one. */
export interface After {
  readonly cursor?: string;
}

/**
 * Each page of a list, the first to the last.
 * @param read asks for one: `(after) => answerOf(api.GET("/api/v1/drifts", { params: { query: { ...after } } }))`
 */
export async function* pages<Page extends { readonly next?: string }>(
  read: (after: After) => Promise<Page>,
): AsyncGenerator<Page, void> {
  let after: After = {};
  for (;;) {
    const page = await read(after);
    yield page;
    // A server that gives the same cursor for ever would keep us for ever.
    if (page.next === undefined || page.next === after.cursor) return;
    after = { cursor: page.next };
  }
}

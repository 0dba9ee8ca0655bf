import { z } from "zod";
import type { Api } from "../api.ts";

/** A query that a route does not know is no query that it answers: a filter that was misspelled would seem to find everything. */
export function refuseUnknownQueries(api: Api): void {
  api.addHook("onRoute", (route) => {
    const { schema = {} } = route;
    if (!("querystring" in schema)) route.schema = { ...schema, querystring: z.strictObject({}) };
  });
}

import { serveLog } from "../../ledger/read/serve.ts";
import type { Api } from "../api.ts";
import { noLedger } from "../shapes/ledger.ts";
import type { Watch } from "../watch.ts";

const BASE = "/ledger";

/** The log's files, for whoever wants to verify it: checkpoint, tiles, bundles and content. */
export function addLedgerRoutes(api: Api, { ledger }: Pick<Watch, "ledger">): void {
  api.route({
    method: ["GET", "HEAD"],
    url: `${BASE}/*`,
    config: { access: "ledger.view" },
    schema: { hide: true },
    handler: async ({ raw, log }, reply) => {
      if (ledger === undefined) throw noLedger();
      // Also the cookie of a session whose secret was changed just now. How long a file may be kept, it says itself.
      const { "cache-control": _, ...headers } = reply.getHeaders();
      for (const [name, value] of Object.entries(headers)) {
        if (value !== undefined) reply.raw.setHeader(name, value);
      }
      const serve = serveLog(ledger, {
        base: BASE,
        onError: (error) => log.error({ err: error }, "the ledger cannot be read"),
      });
      reply.hijack();
      await serve(raw, reply.raw);
    },
  });
}

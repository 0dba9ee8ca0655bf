import { AnchorwatchError } from "../../domain/errors.ts";
import { serveLog } from "../../ledger/read/serve.ts";
import type { Api } from "../api.ts";
import { RESPONSE_HEADERS } from "../guard/responseHeaders.ts";
import type { Watch } from "../watch.ts";

const BASE = "/ledger";

/** The log's files, for whoever wants to verify it: checkpoint, tiles, bundles and content. */
export function addLedgerRoutes(api: Api, { ledger }: Pick<Watch, "ledger">): void {
  api.route({
    method: ["GET", "HEAD"],
    url: `${BASE}/*`,
    schema: { hide: true },
    handler: async ({ raw, log, id }, reply) => {
      if (ledger === undefined) {
        throw new AnchorwatchError("ledger_not_configured", "the server writes no ledger", {
          hint: "Add the section ledger to anchorwatch.server.yaml.",
        });
      }
      const { "cache-control": _, ...headers } = RESPONSE_HEADERS;
      for (const [name, value] of Object.entries(headers)) reply.raw.setHeader(name, value);
      reply.raw.setHeader("x-request-id", id);
      const serve = serveLog(ledger, {
        base: BASE,
        onError: (error) => log.error({ err: error }, "the ledger cannot be read"),
      });
      reply.hijack();
      await serve(raw, reply.raw);
    },
  });
}

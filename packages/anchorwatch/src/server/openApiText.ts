import { pino } from "pino";
import { AnchorwatchError } from "../domain/errors.ts";
import { createServer } from "./createServer.ts";
import { createServerMetrics } from "./metrics/serverMetrics.ts";
import type { Watch } from "./watch.ts";

export const OPENAPI_FILE = "docs/openapi.json";

/** The description of the API (OpenAPI 3.1), as the text of its file: what the server itself gives at `/api/v1/openapi.json`. */
export async function openApiText(): Promise<string> {
  const api = await createServer({
    watch: NO_WATCH,
    metrics: createServerMetrics({ version: "v1", process: false }),
    logger: pino({ level: "silent" }),
    version: "v1",
    now: () => new Date(0),
    newId: () => "id",
    every: () => () => {},
  });
  await api.ready();
  const description = api.swagger();
  await api.close();
  return `${JSON.stringify(description, null, 2)}\n`;
}

/** Nothing is asked of it while the routes are described. */
const NO_WATCH: Watch = {
  records: {
    stacks: { list: unasked, byId: unasked },
    claims: { list: unasked },
    checks: { list: unasked },
    drifts: { byId: unasked, history: unasked, list: unasked },
    events: { list: unasked },
    detectors: { totals: unasked, worst: unasked },
  },
  ledger: undefined,
  addStack: unasked,
  removeStack: unasked,
  checkNow: unasked,
  receive: unasked,
  subscribe: () => () => {},
  status: () => ({ startedAt: new Date(0), configuration: { inForceSince: new Date(0) } }),
  readiness: unasked,
  totals: unasked,
  gauges: () => ({ providerProcesses: 0, providerMemoryBytes: 0 }),
};

async function unasked(): Promise<never> {
  throw new AnchorwatchError("internal", "a server that only describes itself was asked for data");
}

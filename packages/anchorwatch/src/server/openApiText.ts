import { pino } from "pino";
import { AnchorwatchError } from "../domain/errors.ts";
import type { Access } from "./access/access.ts";
import { NOBODY_ELSEWHERE, noAccounts } from "./access/noAccounts.ts";
import { Place } from "./access/place.ts";
import { createServer } from "./createServer.ts";
import { createServerMetrics } from "./metrics/serverMetrics.ts";
import { Pages } from "./shapes/page.ts";
import type { Watch } from "./watch.ts";

export const OPENAPI_FILE = "docs/openapi.json";

/** The description of the API (OpenAPI 3.1), as the text of its file: what the server itself gives at `/api/v1/openapi.json`. */
export async function openApiText(): Promise<string> {
  const api = await createServer({
    watch: NO_WATCH,
    access: NO_ACCESS,
    control: { explain: notAsked, policies: notAsked },
    accounts: noAccounts(),
    elsewhere: NOBODY_ELSEWHERE,
    answers: { begin: unasked, keep: unasked, release: unasked, forget: unasked },
    pages: new Pages(new Uint8Array(32)),
    place: new Place({ tls: false, trustedProxies: [] }),
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
    stacks: { list: unasked, byId: unasked, totals: unasked, hadNameUntil: unasked },
    resources: { listed: unasked },
    actors: { list: unasked },
    claims: { list: unasked },
    checks: { list: unasked },
    drifts: { byId: unasked, history: unasked, list: unasked },
    exceptions: { byId: unasked, list: unasked },
    events: { list: unasked },
    detectors: { totals: unasked, worst: unasked },
    unmanaged: {
      ...{ accounts: unasked, byId: unasked, list: unasked, totals: unasked },
      stacksWithoutState: unasked,
    },
  },
  ledger: undefined,
  addStack: unasked,
  removeStack: unasked,
  checkNow: unasked,
  changeBaseline: unasked,
  addException: unasked,
  revokeException: unasked,
  gate: notAsked,
  alerts: {
    kept: {
      ...{ list: unasked, byId: unasked, countsOf: unasked, members: unasked },
      ...{ channelsOf: unasked, labelSets: unasked },
    },
    deliveries: { ofAlert: unasked, dead: unasked, totals: unasked },
    ...{ answeredWith: unasked, answer: unasked, accept: unasked, resend: unasked, test: unasked },
    ...{ channels: notAsked, partsOf: notAsked },
  },
  freezeOf: unasked,
  playbooks: {
    runs: { list: unasked, byId: unasked },
    freezes: { list: unasked, byId: unasked },
    list: notAsked,
    ...{ dryRun: unasked, freeze: unasked, thaw: unasked, freezeOf: unasked },
  },
  receive: unasked,
  subscribe: () => () => {},
  status: () => ({ startedAt: new Date(0), configuration: { inForceSince: new Date(0) } }),
  configuration: () => ({ settings: {}, atNextStart: [] }),
  readiness: unasked,
  totals: unasked,
  gauges: () => ({ providerProcesses: 0, providerMemoryBytes: 0 }),
};

const NO_ACCESS: Access = {
  authenticate: unasked,
  visible: unasked,
  newestLabels: () => 0,
  everywhere: unasked,
  mayWith: unasked,
  allows: unasked,
  refused: unasked,
  reads: unasked,
};

async function unasked(): Promise<never> {
  return notAsked();
}

function notAsked(): never {
  throw new AnchorwatchError("internal", "a server that only describes itself was asked for data");
}

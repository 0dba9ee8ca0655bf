/** The search for what no stack has, without the rest of the watch: a real PostgreSQL, a cloud, and a clock that can be put forward. */

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { NO_RULES } from "../../packages/anchorwatch/src/app/policy/noRules.ts";
import { rulesInForce } from "../../packages/anchorwatch/src/app/policy/rulesInForce.ts";
import type { InventoryContext } from "../../packages/anchorwatch/src/app/watch/inventoryContext.ts";
import type { UnmanagedSettings } from "../../packages/anchorwatch/src/app/watch/unmanagedSettings.ts";
import type { JsonObject } from "../../packages/anchorwatch/src/domain/jsonValue.ts";
import { placesIn } from "../../packages/anchorwatch/src/inventory/matching.ts";
import {
  embeddedTestServer,
  openTestDatabase,
} from "../../packages/anchorwatch/src/store/postgres.fixture.ts";
import { aStack, STATE } from "../../packages/anchorwatch/src/store/records.fixture.ts";
import { createWatchRecords } from "../../packages/anchorwatch/src/store/watchRecords.ts";
import type { WatchRecords } from "../../packages/anchorwatch/src/watch/records.ts";

export const ACCOUNT = "prod";
export const REGION = "eu-central-1";

export interface InventoryBench {
  readonly context: InventoryContext;
  readonly records: WatchRecords;
  readonly clock: { later(milliseconds: number): void };
  /** A stack whose state has this, besides what others have. */
  haveInStack(
    named: readonly (readonly [address: string, kind: "own" | "reference", identifier: string])[],
  ): Promise<void>;
  /** What waits for the ledger, in its order. */
  entries(): Promise<readonly JsonObject[]>;
  /** Meanwhile calls with such a body are refused, as AWS does it. */
  withFailing(body: RegExp, work: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

export async function inventoryBench(
  endpoint: string,
  more: Partial<UnmanagedSettings> = {},
): Promise<InventoryBench> {
  const url = await (await embeddedTestServer()).createDatabase();
  const database = await openTestDatabase(url);
  const records = createWatchRecords(database);
  const gate = await refusingGate(endpoint);
  let ahead = 0;
  const account = { name: ACCOUNT, regions: [REGION], aws: {}, labels: { env: "prod" }, without: [] };
  const settings: UnmanagedSettings = { everyMs: 3_600_000, accounts: [account], ignore: [], ...more };
  const context: InventoryContext = {
    records,
    settings,
    machine: {
      awsConnection: async () => ({
        endpoint: gate.endpoint,
        credentials: { accessKeyId: "search", secretAccessKey: "search" },
      }),
      elapsed: () => performance.now(),
    },
    providersOf: () => async () => ({ units: [], isWhole: true }),
    identities: () => [{ match: { by: "sessionName", pattern: "*" }, person: "$1", origin: "server.yaml:1" }],
    rules: rulesInForce(NO_RULES, () => undefined),
    deliverers: ["arn:aws:iam::123456789012:role/deploy"],
    now: () => new Date(Date.now() + ahead),
    newId: () => crypto.randomUUID(),
    onWarning: () => {},
  };
  await records.unmanaged.declareAccounts(settings.accounts, context.now());
  return {
    context,
    records,
    clock: {
      later: (milliseconds) => {
        ahead += milliseconds;
      },
    },
    async haveInStack(named) {
      const stack = aStack();
      await records.stacks.declare([stack], context.now(), { keeps: () => true });
      const identifiers = named.map(([address, kind, identifier]) => ({ address, kind, identifier }));
      await records.stacks.checked(stack.id, {
        ...{ startedAt: context.now(), at: context.now(), isComplete: true, state: STATE },
      });
      await records.identifiers.replace(stack.id, identifiers);
      const { accounts, regions } = placesIn(identifiers);
      await records.unmanaged.keepPlaces(stack.id, { accounts: [...accounts], regions: [...regions] });
    },
    entries: async () => (await records.outbox.next(10_000)).map(({ entry }) => entry),
    withFailing: gate.withFailing,
    async close() {
      await gate.close();
      await database.close();
    },
  };
}

async function refusingGate(endpoint: string) {
  let refused: RegExp | undefined;
  const server = createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      const action = /Action=(\w+)/.exec(body)?.[1] ?? "";
      if (refused?.test(body)) {
        const message = `User: arn:aws:iam::123456789012:user/search is not authorized to perform: iam:${action} on resource: *`;
        const told = `<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${message}</Message></Error>`;
        response.writeHead(403, { "content-type": "text/xml" });
        response.end(`<ErrorResponse>${told}<RequestId>1</RequestId></ErrorResponse>`);
        return;
      }
      const { host: _, connection: _kept, "transfer-encoding": _chunked, ...headers } = request.headers;
      const answer = await fetch(`${endpoint}${request.url}`, {
        method: request.method ?? "GET",
        headers: headers as Record<string, string>,
        ...(body === "" ? {} : { body }),
      });
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      response.end(Buffer.from(await answer.arrayBuffer()));
    })();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async withFailing(body: RegExp, work: () => Promise<void>) {
      refused = body;
      await work().finally(() => {
        refused = undefined;
      });
    },
    async close() {
      server.closeAllConnections();
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}

/** The whole server on a port of its own and a real database, for whoever comes in from elsewhere; its clock is the real one, and can be put forward. */
import { randomBytes, randomUUID } from "node:crypto";
import { Writable } from "node:stream";
import {
  type AccessSettings,
  DEFAULT_ACCESS,
} from "../../packages/anchorwatch/src/app/access/accessSettings.ts";
import type { Principal } from "../../packages/anchorwatch/src/auth/principal.ts";
import type { AccessRecords } from "../../packages/anchorwatch/src/auth/records.ts";
import { servedAccess } from "../../packages/anchorwatch/src/cli/service/servedAccess.ts";
import type { JsonObject } from "../../packages/anchorwatch/src/domain/jsonValue.ts";
import { encodeEntry } from "../../packages/anchorwatch/src/ledger/entry/entry.ts";
import type { EntryInput } from "../../packages/anchorwatch/src/ledger/entry/form.ts";
import { Place } from "../../packages/anchorwatch/src/server/access/place.ts";
import { createServer } from "../../packages/anchorwatch/src/server/createServer.ts";
import { listen } from "../../packages/anchorwatch/src/server/listen.ts";
import { createLogger } from "../../packages/anchorwatch/src/server/log.ts";
import { memoryWatch } from "../../packages/anchorwatch/src/server/memoryWatch.fixture.ts";
import { createServerMetrics } from "../../packages/anchorwatch/src/server/metrics/serverMetrics.ts";
import { createAccessRecords } from "../../packages/anchorwatch/src/store/accessRecords.ts";
import type { Database } from "../../packages/anchorwatch/src/store/connect.ts";

export interface Anchorwatch {
  readonly url: string;
  readonly records: AccessRecords;
  /** What the operator's file says from now on. */
  configure(settings: Partial<AccessSettings>): void;
  /** What the program does besides when it has read another file. */
  readAgain(): Promise<void>;
  /** The clock goes on by so much. */
  pass(milliseconds: number): void;
  now(): Date;
  /** All entries that were stored for the ledger, each of which the ledger would take. */
  readonly entries: readonly JsonObject[];
  readonly log: () => string;
  /** Whom a cookie or a token stands for. */
  who(credentials: { readonly cookie?: string; readonly bearer?: string }): Promise<Principal | undefined>;
  close(): Promise<void>;
}

const ENVIRONMENT = { OIDC_SECRET: "the secret of the client" };

export async function startAnchorwatch(database: Database): Promise<Anchorwatch> {
  let settings: AccessSettings = DEFAULT_ACCESS;
  let passed = 0;
  const entries: JsonObject[] = [];
  const records = noting(createAccessRecords(database), entries);
  const common = {
    now: () => new Date(Date.now() + passed),
    newId: () => randomUUID().replaceAll("-", ""),
  };
  const access = await servedAccess({
    ...common,
    records,
    settings: () => settings,
    randomBytes: (length) => new Uint8Array(randomBytes(length)),
    fetch: (url, init) => fetch(url, init),
    environment: ENVIRONMENT,
    onWarning: () => {},
  });
  const lines: string[] = [];
  const place = new Place({ tls: false, trustedProxies: [] });
  const api = await createServer({
    ...common,
    ...access.parts,
    place,
    watch: memoryWatch(),
    metrics: createServerMetrics({ version: "1", process: false }),
    logger: createLogger({ level: "debug", destination: into(lines) }),
    version: "1",
    every: () => () => {},
  });
  const url = await listen(api, { port: 0, place });
  const from = { address: "127.0.0.1", userAgent: "test", requestId: "1" };
  return {
    url,
    records,
    entries,
    now: common.now,
    configure: (changed) => {
      settings = { ...DEFAULT_ACCESS, ...changed };
    },
    readAgain: () => access.forgetForeignGroups(),
    pass: (milliseconds) => {
      passed += milliseconds;
    },
    log: () => lines.join(""),
    who: async (credentials) => (await access.parts.access.authenticate(credentials, from))?.principal,
    close: async () => {
      await api.close();
      await access.close();
    },
  };
}

function into(lines: string[]): Writable {
  return new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
}

/** What a transaction undid is not among the entries. */
function noting(records: AccessRecords, entries: JsonObject[]): AccessRecords {
  return {
    ...records,
    outbox: {
      put: async (given) => {
        for (const { entry } of given) encodeEntry(entry as unknown as EntryInput);
        await records.outbox.put(given);
        entries.push(...given.map(({ entry }) => entry));
      },
    },
    transaction: async (work) => {
      let inside: JsonObject[] = [];
      const result = await records.transaction((those) => {
        inside = [];
        return work(noting(those, inside));
      });
      entries.push(...inside);
      return result;
    },
  };
}

/** The whole server on a real database, with nobody in it yet; the clock stands still until the test lets it go on. */
import { randomBytes, randomUUID } from "node:crypto";
import { Writable } from "node:stream";
import type { AccessContext } from "../../packages/anchorwatch/src/app/access/accessContext.ts";
import { createAccessControl } from "../../packages/anchorwatch/src/app/access/accessControl.ts";
import {
  type AccessSettings,
  DEFAULT_ACCESS,
} from "../../packages/anchorwatch/src/app/access/accessSettings.ts";
import { openAccess } from "../../packages/anchorwatch/src/app/access/openAccess.ts";
import { makeFirstRunLink } from "../../packages/anchorwatch/src/app/access/setupLinks.ts";
import { createSignInElsewhere } from "../../packages/anchorwatch/src/app/access/signInElsewhere.ts";
import type { JsonObject } from "../../packages/anchorwatch/src/domain/jsonValue.ts";
import { encodeEntry } from "../../packages/anchorwatch/src/ledger/entry/entry.ts";
import type { EntryInput } from "../../packages/anchorwatch/src/ledger/entry/form.ts";
import { joinedAccess } from "../../packages/anchorwatch/src/server/access/joinedAccess.ts";
import { Place } from "../../packages/anchorwatch/src/server/access/place.ts";
import type { Api } from "../../packages/anchorwatch/src/server/api.ts";
import { createServer } from "../../packages/anchorwatch/src/server/createServer.ts";
import { createLogger } from "../../packages/anchorwatch/src/server/log.ts";
import { memoryWatch } from "../../packages/anchorwatch/src/server/memoryWatch.fixture.ts";
import { createServerMetrics } from "../../packages/anchorwatch/src/server/metrics/serverMetrics.ts";
import { Pages } from "../../packages/anchorwatch/src/server/shapes/page.ts";
import type { Watch } from "../../packages/anchorwatch/src/server/watch.ts";
import { createAccessRecords } from "../../packages/anchorwatch/src/store/accessRecords.ts";
import type { Database } from "../../packages/anchorwatch/src/store/connect.ts";
import { createWatchRecords } from "../../packages/anchorwatch/src/store/watchRecords.ts";

export interface AccessServer {
  readonly api: Api;
  readonly place: Place;
  readonly context: AccessContext;
  /** What the operator's file says from now on. */
  configure(changed: Partial<AccessSettings>): void;
  pass(milliseconds: number): void;
  /** Somebody at a browser, or a program. */
  somebody(address?: string): Somebody;
  /** The secret of a link of the first run. */
  firstRun(): Promise<string | undefined>;
  /** Entries that wait for the ledger since the last call, each of which the ledger would take. */
  entries(): Promise<readonly Entry[]>;
  readonly log: () => string;
}

export interface Entry {
  readonly kind: string;
  readonly actor: JsonObject;
  readonly data: JsonObject;
}

const ORIGIN = "http://localhost:7478";
const DAY_MS = 86_400_000;
/** Tomorrow, a little after midnight: limits count by the clock's minutes and hours, and no cookie is over for a real browser. */
const START = (Math.floor(Date.now() / DAY_MS) + 1) * DAY_MS + 20_000;

export async function accessServer(database: Database, watch: Watch = memoryWatch()): Promise<AccessServer> {
  let settings: AccessSettings = DEFAULT_ACCESS;
  let passed = 0;
  const now = () => new Date(START + passed);
  const newId = () => randomUUID().replaceAll("-", "");
  const context = openAccess({
    records: createAccessRecords(database),
    settings: () => settings,
    now,
    newId,
    randomBytes: (length) => new Uint8Array(randomBytes(length)),
  });
  const control = createAccessControl({
    settings: () => settings,
    labels: context.records.labels,
    report: () => {},
  });
  const place = new Place({ tls: false, trustedProxies: ["127.0.0.1"] });
  place.listensAt(ORIGIN);
  const lines: string[] = [];
  const destination = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  const api = await createServer({
    watch,
    access: joinedAccess(context, control),
    control,
    accounts: context,
    elsewhere: createSignInElsewhere(context, { fetch: globalThis.fetch, environment: {} }),
    answers: context.records.answers,
    pages: new Pages(randomBytes(32)),
    place,
    metrics: createServerMetrics({ version: "1", process: false }),
    logger: createLogger({ level: "debug", destination }),
    version: "1",
    now,
    newId,
    every: () => () => {},
  });
  const { outbox } = createWatchRecords(database);
  return {
    api,
    place,
    context,
    configure: (changed) => {
      settings = { ...DEFAULT_ACCESS, ...changed };
    },
    pass: (milliseconds) => {
      passed += milliseconds;
    },
    somebody: (address) => new Somebody(api, address),
    firstRun: () => makeFirstRunLink(context),
    async entries() {
      const waiting = await outbox.next(10_000);
      await outbox.published(waiting.map(({ id }) => id));
      for (const { entry } of waiting) encodeEntry(entry as unknown as EntryInput);
      return waiting.map(({ entry }) => entry as unknown as Entry);
    },
    log: () => lines.join(""),
  };
}

export interface Answer {
  readonly status: number;
  /** Whatever the server says: the tests look at it. */
  readonly body: ReturnType<typeof JSON.parse>;
  readonly headers: Readonly<Record<string, unknown>>;
}

export class Somebody {
  readonly #api: Api;
  readonly #address: string | undefined;
  readonly cookies = new Map<string, string>();
  /** Sent instead of cookies. */
  token: string | undefined;

  constructor(api: Api, address?: string) {
    this.#api = api;
    this.#address = address;
  }

  get session(): string | undefined {
    return this.cookies.get("anchorwatch");
  }

  set session(secret: string) {
    this.cookies.set("anchorwatch", secret);
  }

  ask(
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    payload?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    return this.askAt(method, `/api/v1${path}`, payload, headers);
  }

  /** @param url from the server's root */
  async askAt(
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
    url: string,
    payload?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await this.#api.inject({
      method,
      url,
      headers: {
        host: "localhost:7478",
        origin: ORIGIN,
        ...(this.token === undefined ? { cookie } : { authorization: `Bearer ${this.token}` }),
        ...(this.#address === undefined ? {} : { "x-forwarded-for": this.#address }),
        ...headers,
      },
      ...(payload === undefined ? {} : { payload }),
    });
    for (const { name, value, expires, maxAge } of answer.cookies) {
      const isOver = maxAge === 0 || (expires !== undefined && expires.getTime() < 86_400_000);
      if (isOver) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const isJson = String(answer.headers["content-type"]).includes("json");
    const body: unknown = isJson && answer.body !== "" ? answer.json() : undefined;
    return { status: answer.statusCode, body, headers: answer.headers };
  }

  /** Of the answer, its status and code: what most tests look at. */
  async told(...asked: Parameters<Somebody["ask"]>): Promise<readonly [number, string | undefined]> {
    const { status, body } = await this.ask(...asked);
    return [status, body?.code];
  }
}

/** The alerter as `serve` runs it: woken by the change feed, telling real channels over HTTP. */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { CHANNELS } from "../../alerts/channels/registry.ts";
import { DEFAULT_GROUPING } from "../../alerts/grouping/group.ts";
import type { Warning } from "../../domain/errors.ts";
import { newEgress } from "../../egress/egress.ts";
import { newConnect } from "../../egress/egressConnect.ts";
import { parseAllowed } from "../../egress/rules.ts";
import { openChangeFeed } from "../../jobs/changeFeed.ts";
import { createAlertRecords } from "../../store/alertRecords.ts";
import { type Database, openDatabase } from "../../store/connect.ts";
import { createDriftsInStacks } from "../../store/driftsInStacks.ts";
import { createWatchRecords } from "../../store/watchRecords.ts";
import { createWake } from "../watch/wake.ts";
import type { AlertContext } from "./alertContext.ts";
import { runAlerter } from "./alerter.ts";
import type { AlertSettings, ChannelSettings } from "./alertSettings.ts";
import { channelParts } from "./channelParts.ts";

export interface ReceivedPost {
  /** By `performance.now()`. */
  readonly at: number;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface Receiver {
  readonly origin: string;
  readonly posts: ReceivedPost[];
  /** Resolves when there are so many posts at that path. */
  until(path: string, count: number): Promise<readonly ReceivedPost[]>;
  close(): Promise<void>;
}

/** @param answer what it says to a request; absent: 204 */
export async function startReceiver(
  answer: (post: ReceivedPost, response: ServerResponse) => void = (_, response) =>
    response.writeHead(204).end(),
): Promise<Receiver> {
  const posts: ReceivedPost[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    const at = performance.now();
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const post = {
        at,
        path: request.url ?? "",
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      posts.push(post);
      answer(post, response);
      for (const look of waiting) look();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    posts,
    until: (path, count) =>
      new Promise((resolve) => {
        const look = () => {
          const found = posts.filter((post) => post.path === path);
          if (found.length < count) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** A webhook that posts there; signed with a secret that nobody checks here. */
export function webhookTo(url: string, name: string): ChannelSettings {
  return channelOf(name, "webhook", { url });
}

/** A card cannot be changed once it is posted. */
export function teamsTo(url: string, name: string): ChannelSettings {
  return channelOf(name, "teams", { url });
}

function channelOf(
  name: string,
  kind: "webhook" | "teams",
  { url }: { readonly url: string },
): ChannelSettings {
  const definition = CHANNELS.find((one) => one.kind === kind);
  if (definition === undefined) throw new TypeError(`there is no channel of kind ${kind}`);
  const known: Readonly<Record<string, string>> = kind === "teams" ? { url } : { secret: SECRET };
  const section = kind === "teams" ? { urlVariable: "URL" } : { url, secretVariable: "SECRET" };
  return {
    ...{ name, kind, digest: randomUUID(), mostPerMinute: 6000, secrets: new Map() },
    open: (parts) => definition.open(section, { ...parts, secret: async (wanted) => known[wanted] }),
  };
}

const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

export interface RunningAlerts {
  readonly database: Database;
  readonly context: AlertContext;
  readonly warnings: readonly Warning[];
  stop(): Promise<void>;
}

export async function startAlerts(
  url: string,
  { channels, ...settings }: Partial<AlertSettings> & Pick<AlertSettings, "channels">,
): Promise<RunningAlerts> {
  const database = await openDatabase({ url, folder: "/nowhere", userId: process.getuid?.() });
  const ending = new AbortController();
  const warnings: Warning[] = [];
  const onWarning = (warning: Warning) => void warnings.push(warning);
  const sleep = async (milliseconds: number, signal?: AbortSignal) => {
    await delay(milliseconds, undefined, { signal }).catch(() => {}); // Then it is over.
  };
  const wake = createWake(sleep);
  const feed = await openChangeFeed(database, {
    onOutbox: () => {},
    onAlerts: () => wake.wake(),
    onProblem: ({ code, message }) => onWarning({ code, message }),
  });
  const inForce: AlertSettings = {
    ...{ routing: { owners: new Map() }, grouping: DEFAULT_GROUPING },
    ...settings,
    channels,
  };
  const watch = createWatchRecords(database);
  const context: AlertContext = {
    records: createAlertRecords(database),
    drifts: createDriftsInStacks(database),
    seenOf: (ids) => watch.drifts.seenOf(ids),
    settings: () => inForce,
    ownersOf: async () => [],
    isBreakGlass: () => false,
    origin: () => "http://localhost:7478",
    now: () => new Date(),
    newId: () => randomUUID().replaceAll("-", ""),
    onWarning,
  };
  const allowed = parseAllowed("http://127.0.0.1");
  const rules = () => ({ allow: "problem" in allowed ? [] : [allowed] });
  const surroundings = {
    ...{
      outbound: newEgress({ rules, resolve: async () => [], version: "1" }),
      connect: newConnect({ rules, resolve: async () => [] }),
    },
    ...{
      append: async () => {},
      environment: {},
      now: () => new Date(),
      version: "1",
      origin: "http://localhost:7478",
    },
  };
  const running = runAlerter({
    ...{ database, context, wake, sleep, random: () => 0.5, signal: ending.signal },
    onSettings: () => () => {},
    partsOf: (channel) => channelParts(channel, surroundings),
  });
  return {
    ...{ database, context, warnings },
    stop: async () => {
      ending.abort();
      await running;
      await feed.close();
      await database.close();
    },
  };
}

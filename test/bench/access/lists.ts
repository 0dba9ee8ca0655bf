/** How long lists take over many drifts and stacks, for who sees everything and for who sees little, while events and checks go on. */
import { execFileSync } from "node:child_process";
import { Agent, get as httpGet } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { inLanes } from "../../../packages/anchorwatch/src/terraform/read/lanes.ts";
import type { Authorization } from "../../support/firstAdministrator.ts";
import { BenchError } from "../error.ts";
import type { BenchEstate } from "../estate.ts";
import { count, median, milliseconds, percentile } from "../numbers.ts";
import { atMost, type Section } from "../report.ts";
import { cloudTrailRecords } from "../watch/cloudTrailRecords.ts";
import { type ServedStack, type ServeProcess, startServe } from "../watch/serveProcess.ts";
import { stackCopies } from "../watch/stackCopies.ts";
import type { CloudWorkplace } from "../workplace.ts";
import { type BareServer, startBareServer } from "./bareServer.ts";
import { fillCrowd, stackIdAt } from "./manyDrifts.ts";

const CROWD = { stacks: 10_000, drifts: 100_000, teams: 50 };
const QUICK = { stacks: 500, drifts: 5_000, teams: 50 };
const WATCHED = 20;
const ROUNDS = 100;
/** Requests under way at once. */
const READERS = 2;
/** Of a reader, before he asks again: so that what is measured is not how long one reader waits for the other. */
const PAUSE_MS = 50;
/** Together some 100 a second. */
const EVENTS = 50;
const EVENTS_EVERY_MS = 500;
/** One stack after the other, as sweeps are spread: so all of the crowd would be swept in 42 minutes. */
const CHECK_EVERY_MS = 250;
const GOAL_MS = 50;
/** Pages that a reader walks before the one that is measured. */
const DEEP = 20;

interface Asked {
  readonly what: string;
  readonly path: string;
  readonly isDeep?: boolean;
}

const LISTS: readonly Asked[] = [
  { what: "drifts, newest first", path: "drifts" },
  { what: "open drifts", path: "drifts?status=open" },
  { what: `drifts, page ${DEEP}`, path: "drifts", isDeep: true },
  { what: "drifts by the time they were opened", path: "drifts?sort=openedAt&order=asc" },
  { what: "drifts of one stack", path: `drifts?stack=${stackIdAt(57)}` },
  {
    what: "drifts of one actor",
    path: `drifts?actor=${encodeURIComponent("arn:aws:sts::123456789012:assumed-role/admin/person-7")}`,
  },
  { what: "deleted resources", path: "drifts?verdict=deleted" },
  { what: "stacks by name", path: "stacks" },
  { what: "stacks with a label", path: "stacks?label=env%3Dprod" },
  { what: "stacks by their last check", path: "stacks?sort=lastCheckAt&order=desc" },
  { what: "checks", path: "checks" },
  { what: "events", path: "events" },
  { what: "who caused drifts", path: "actors" },
  { what: "the numbers of the whole", path: "status" },
];

/** Beside them, in turns with them. */
const BARE = { what: "a bare server" };

export async function measureLists(place: CloudWorkplace, estate: BenchEstate): Promise<Section> {
  const crowd = place.quick ? QUICK : CROWD;
  const { folder } = stackCopies(place, estate, WATCHED);
  place.say(`filling a database with ${count(crowd.stacks)} stacks and ${count(crowd.drifts)} drifts`);
  const fill = (url: string) => fillCrowd(url, crowd, place.signal);
  const began = new Date();
  const serve = await startServe(place, "serve-lists", folder, estate.terraform.env, fill);
  const agent = new Agent({ keepAlive: true, maxSockets: READERS });
  const bare = await startBareServer(serve.databaseUrl);
  try {
    const little = await serve.administrator.limitedTo({
      roles: ["administrator"],
      scope: { team: "team-7" },
    });
    await watchedOnce(serve, began);
    for (const { pid } of estate.clouds) giveWay(pid);
    const stopTraffic = traffic(serve, await serve.list<ServedStack>("stacks"));
    place.say(`asking for ${LISTS.length} lists, ${count(ROUNDS)} times each, twice over`);
    const rounds = place.quick ? 5 : ROUNDS;
    const readers = { place, agent, serve, bare, rounds };
    const all = await measured(readers, serve.administrator.headers);
    const some = await measured(readers, little);
    const done = await stopTraffic();
    return section(crowd, rounds, done, all, some);
  } finally {
    agent.destroy();
    await bare.stop();
    await serve.stop();
  }
}

/** Those of the crowd count as checked. */
async function watchedOnce(serve: ServeProcess, since: Date): Promise<void> {
  await serve.checked(WATCHED, since);
}

/** The mock of AWS takes a core for what would be done on other machines: it and what it started run when nobody else wants to. */
function giveWay(pid: number): void {
  execFileSync("renice", ["-n", "19", "-g", String(pid)], { stdio: "ignore" });
}

interface Traffic {
  readonly events: number;
  readonly checks: number;
}

/** Events and checks, until what it gives is called. */
function traffic(serve: ServeProcess, stacks: readonly ServedStack[]): () => Promise<Traffic> {
  const underWay = new Set<Promise<unknown>>();
  const failed: unknown[] = [];
  let events = 0;
  let checks = 0;
  const begin = (work: Promise<unknown>) => {
    const kept = work.catch((error: unknown) => failed.push(error)).finally(() => underWay.delete(kept));
    underWay.add(kept);
  };
  const post = async () => {
    await serve.post(JSON.stringify({ Records: cloudTrailRecords(EVENTS, ["sg-12345678"]).records }));
    events += EVENTS;
  };
  const posting = setInterval(() => begin(post()), EVENTS_EVERY_MS);
  const check = async () => {
    await serve.check(stacks[checks++ % stacks.length]?.id ?? "");
  };
  const checking = setInterval(() => begin(check()), CHECK_EVERY_MS);
  return async () => {
    clearInterval(posting);
    clearInterval(checking);
    await Promise.all(underWay);
    const [first] = failed;
    if (first !== undefined) throw new BenchError("command_failed", `the traffic failed: ${String(first)}`);
    return { events, checks };
  };
}

type Times = ReadonlyMap<string, readonly number[]>;

interface Readers {
  readonly place: CloudWorkplace;
  readonly agent: Agent;
  readonly serve: ServeProcess;
  readonly bare: BareServer;
  readonly rounds: number;
}

async function measured(
  { place, agent, serve, bare, rounds }: Readers,
  headers: Authorization,
): Promise<Times> {
  const base = `${serve.administrator.address}/api/v1`;
  const times = new Map<string, number[]>([BARE, ...LISTS].map(({ what }) => [what, []]));
  const urls = new Map<string, string>();
  for (const { what, path, isDeep = false } of LISTS) {
    const url = `${base}/${path}`;
    urls.set(what, isDeep ? await deepPage(agent, url, headers) : url);
    await ask(agent, urls.get(what) ?? url, headers);
  }
  const timed = async (what: string, url: string) => {
    const started = performance.now();
    await ask(agent, url, headers);
    times.get(what)?.push(performance.now() - started);
    await delay(PAUSE_MS);
  };
  const turns = Array.from({ length: rounds }, () => LISTS).flat();
  await inLanes(turns, READERS, place.signal, async ({ what }) => {
    await timed(what, urls.get(what) ?? "");
    await timed(BARE.what, bare.url);
  });
  return times;
}

async function deepPage(agent: Agent, url: string, headers: Authorization): Promise<string> {
  let deep = url;
  for (let page = 1; page < DEEP; page++) {
    const { next } = JSON.parse(await ask(agent, deep, headers)) as { readonly next?: string };
    if (next === undefined) return deep;
    deep = `${url}?cursor=${encodeURIComponent(next)}`;
  }
  return deep;
}

function ask(agent: Agent, url: string, headers: Authorization): Promise<string> {
  return new Promise((resolve, reject) => {
    httpGet(url, { agent, headers: { ...headers } }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      answer.on("end", () => {
        if (answer.statusCode === 200) resolve(text);
        else reject(new BenchError("command_failed", `${url} answered ${answer.statusCode}: ${text}`));
      });
      answer.on("error", reject);
    }).on("error", reject);
  });
}

function section(
  { stacks, drifts, teams }: typeof CROWD,
  rounds: number,
  { events, checks }: Traffic,
  all: Times,
  some: Times,
): Section {
  const cells = (times: readonly number[] = []) => [
    milliseconds(median(times)),
    milliseconds(percentile(times, 99)),
  ];
  const every = (times: Times) => LISTS.flatMap(({ what }) => times.get(what) ?? []);
  return {
    title: "Access: lists",
    about: `\`anchorwatch serve\` over ${count(drifts)} drifts of ${count(stacks)} stacks: a page of 50 of each list, ${rounds} times, by ${READERS} readers at once who pause for ${PAUSE_MS} ms after each answer; meanwhile ${count(events)} events came, and stacks were checked ${count(checks)} times, one every ${CHECK_EVERY_MS} ms. The readers, the database, the provider and, at the lowest priority, the mock of AWS run on the same machine; what it takes from every answer shows a bare server, asked in turns with the lists, that sends the same database three empty queries, as a list sends three, and answers with as many bytes as a page of drifts.`,
    table: [
      ["list", "sees all: median", "p99", `sees a ${teams}th: median`, "p99"],
      ...LISTS.map(({ what }) => [what, ...cells(all.get(what)), ...cells(some.get(what))]),
      ["all of these", ...cells(every(all)), ...cells(every(some))],
      [BARE.what, ...cells(all.get(BARE.what)), ...cells(some.get(BARE.what))],
    ],
    goals: [
      atMost("p99 under 50 ms for who sees everything", percentile(every(all), 99), GOAL_MS, milliseconds),
      atMost("p99 under 50 ms for who sees little", percentile(every(some), 99), GOAL_MS, milliseconds),
    ],
  };
}

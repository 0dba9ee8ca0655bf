/** How soon people are told: from the drift's record, in a real database, to the request at a channel; and what a storm comes to. */
import { randomUUID } from "node:crypto";
import { caused } from "../../../packages/anchorwatch/src/app/alerts/alerting.fixture.ts";
import {
  type Receiver,
  type RunningAlerts,
  startAlerts,
  startReceiver,
  teamsTo,
  webhookTo,
} from "../../../packages/anchorwatch/src/app/alerts/runningAlerts.fixture.ts";
import { makeEmbeddedUrl } from "../../../packages/anchorwatch/src/store/embeddedUrl.fixture.ts";
import { aDrift, aStack, aStep } from "../../../packages/anchorwatch/src/store/records.fixture.ts";
import { createWatchRecords } from "../../../packages/anchorwatch/src/store/watchRecords.ts";
import type { WatchedStack } from "../../../packages/anchorwatch/src/watch/stack.ts";
import { BenchError } from "../error.ts";
import { count, median, milliseconds, percentile } from "../numbers.ts";
import { atMost, type Section } from "../report.ts";
import type { Workplace } from "../workplace.ts";

const WANTED_MS = 200;
const MOST_MESSAGES = 3;
const STORM = 5_000;
const STACKS = 50;

export async function measureAlerts(place: Workplace): Promise<Section> {
  const database = await makeEmbeddedUrl();
  const receiver = await startReceiver((_, response) => response.writeHead(202).end());
  const alerts = await startAlerts(database.url, {
    channels: [webhookTo(`${receiver.origin}/hook`, "hook"), teamsTo(`${receiver.origin}/teams`, "teams")],
    // Each drift is one alert here: what is measured is the way, not the grouping.
    grouping: { windowMs: 600_000, most: 1_000_000, mostOfAll: 1_000_000 },
  });
  try {
    const times = await timesToTell(alerts, receiver, place.quick ? 50 : 300);
    place.say(`told within ${milliseconds(percentile(times, 95))} (p95)`);
    const storm = await messagesOfStorm(alerts, receiver, place.quick ? STORM / 10 : STORM);
    place.say(`a storm: ${storm.hook} and ${storm.teams} messages`);
    return {
      title: "Alerts",
      about: `From the commit of a drift's record to the request at a webhook's receiver, one drift after the other, with a second channel beside it; then ${count(STORM)} drifts of one cause in ${STACKS} stacks, as fast as they can be stored, and what both channels have got a minute later: one whose messages are changed in place, and one where each is another message.${place.quick ? " A tenth of the storm." : ""}`,
      table: [
        ["from record to request", "median", "p95", "p99"],
        [
          "",
          milliseconds(median(times)),
          milliseconds(percentile(times, 95)),
          milliseconds(percentile(times, 99)),
        ],
      ],
      goals: [
        atMost(
          "an alert leaves within 200 ms of its record, p95",
          percentile(times, 95),
          WANTED_MS,
          milliseconds,
        ),
        atMost(
          "a storm of one cause is at most 3 messages per channel",
          Math.max(storm.hook, storm.teams),
          MOST_MESSAGES,
          (most) => `${most}`,
        ),
      ],
    };
  } finally {
    await alerts.stop();
    await receiver.close();
    await database.stop();
  }
}

async function timesToTell(
  alerts: RunningAlerts,
  receiver: Receiver,
  drifts: number,
): Promise<readonly number[]> {
  const [stack] = await addStacks(alerts, 1);
  if (stack === undefined) throw new BenchError("reports_differ", "there is no stack");
  const times: number[] = [];
  for (let index = 0; index < drifts; index++) {
    const stored = await open(alerts, stack, `aws_type_${index}`);
    const told = await receiver.until("/hook", index + 1);
    times.push((told.at(-1)?.at ?? Number.NaN) - stored);
  }
  return times;
}

async function messagesOfStorm(alerts: RunningAlerts, receiver: Receiver, drifts: number) {
  const stacks = await addStacks(alerts, STACKS);
  const before = receiver.posts.length;
  for (let index = 0; index < drifts; index += STACKS)
    await Promise.all(stacks.map((stack) => open(alerts, stack, "aws_storm")));
  const isBusy = async () => (await alerts.context.records.alerts.changes(1)).length > 0;
  while (await isBusy()) await new Promise((resolve) => setTimeout(resolve, 100));
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  const posts = receiver.posts.slice(before);
  const at = (path: string) => posts.filter((post) => post.path === path).length;
  if (at("/hook") === 0 || at("/teams") === 0)
    throw new BenchError("reports_differ", "nobody was told of the storm");
  return { hook: at("/hook"), teams: at("/teams") };
}

/** What comes together is told together; after that, nothing more comes. */
const SETTLED_MS = 45_000;

async function addStacks({ database }: RunningAlerts, many: number): Promise<readonly WatchedStack[]> {
  const { stacks } = createWatchRecords(database);
  const added = Array.from({ length: many }, () => aStack());
  for (const stack of added) await stacks.add(stack);
  return added;
}

/** @returns when it was stored */
async function open({ database }: RunningAlerts, stack: WatchedStack, type: string): Promise<number> {
  const now = new Date();
  const drift = aDrift(stack.id, {
    ...{ resource: randomUUID(), type, openedAt: now, updatedAt: now },
    attributions: [caused("arn:aws:iam::1:role/script", now)],
  });
  await createWatchRecords(database).drifts.save(drift, aStep(drift));
  return performance.now();
}

import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { quickTestServer } from "../../store/postgres.fixture.ts";
import { aDrift, aStack, aStep } from "../../store/records.fixture.ts";
import { createWatchRecords } from "../../store/watchRecords.ts";
import { caused } from "./alerting.fixture.ts";
import {
  type ReceivedPost,
  type RunningAlerts,
  startAlerts,
  startReceiver,
  teamsTo,
  webhookTo,
} from "./runningAlerts.fixture.ts";

let server: Awaited<ReturnType<typeof quickTestServer>>;
beforeAll(async () => {
  server = await quickTestServer();
});
afterAll(() => server?.leave());

async function running(...given: Parameters<typeof startAlerts>): Promise<RunningAlerts> {
  const alerts = await startAlerts(...given);
  onTestFinished(() => alerts.stop());
  return alerts;
}

interface ToldOf {
  readonly data: { readonly drifts: readonly { readonly id: string }[] };
}

async function open(alerts: RunningAlerts, count = 1, principal = "arn:aws:iam::1:role/script") {
  const { stacks, drifts } = createWatchRecords(alerts.database);
  const stack = aStack();
  await stacks.add(stack);
  const now = new Date();
  const all = Array.from({ length: count }, (_, index) =>
    aDrift(stack.id, {
      ...{ resource: `r-${index}`, openedAt: now, updatedAt: now },
      attributions: [caused(principal, now)],
    }),
  );
  // No more at once than there are connections.
  for (let from = 0; from < count; from += 10)
    await Promise.all(all.slice(from, from + 10).map((drift) => drifts.save(drift, aStep(drift))));
  return all;
}

it("tells of a drift as soon as it is stored; of two processes, one does, and the other when that is gone", async () => {
  const receiver = await startReceiver();
  onTestFinished(() => receiver.close());
  const url = await server.createDatabase();
  const settings = { channels: [webhookTo(`${receiver.origin}/hook`, "hook")] };
  const first = await startAlerts(url, settings);
  const second = await running(url, settings);
  const [drift] = await open(first);
  const [post] = await receiver.until("/hook", 1);
  expect(post?.headers["webhook-signature"]).toMatch(/^v1,/);
  expect(JSON.parse(post?.body ?? "")).toMatchObject({ data: { drifts: [{ id: drift?.id }], total: 1 } });
  await first.stop();
  const [next] = await open(second, 1, "arn:aws:iam::1:role/other");
  const told = await receiver.until("/hook", 2);
  // Whatever was told is not told again: not by another process either.
  while ((await second.context.records.alerts.changes(1)).length > 0);
  const ids = told.map(({ body }) => (JSON.parse(body) as ToldOf).data.drifts.map(({ id }) => id));
  expect(ids).toEqual([[drift?.id], [next?.id]]);
  expect(receiver.posts).toHaveLength(2);
});

it("a channel that never answers holds up no other; one that is down is told when it is back", async () => {
  let isDown = true;
  const hanging: ReceivedPost[] = [];
  const receiver = await startReceiver((post, response) => {
    if (post.path === "/hangs") hanging.push(post);
    else if (post.path === "/down" && isDown) response.writeHead(503, { "retry-after": "0" }).end();
    else if (post.path === "/nonsense")
      response.writeHead(200, { "content-type": "text/html" }).end("<h1>hello");
    else response.writeHead(204).end();
  });
  onTestFinished(() => receiver.close());
  const alerts = await running(await server.createDatabase(), {
    channels: ["hangs", "down", "nonsense", "well"].map((name) =>
      webhookTo(`${receiver.origin}/${name}`, name),
    ),
  });
  await open(alerts, 3);
  const [told] = await receiver.until("/well", 1);
  const [, again] = await receiver.until("/down", 2);
  isDown = false;
  expect(again?.headers["webhook-id"]).toBe(
    receiver.posts.find(({ path }) => path === "/down")?.headers["webhook-id"],
  );
  await receiver.until("/down", 3);
  expect(JSON.parse(told?.body ?? "")).toMatchObject({ data: { drifts: expect.any(Array) } });
  expect(hanging).toHaveLength(1);
});

it("a storm of 500 drifts of one cause is three messages at most, also where each is another message", async () => {
  const receiver = await startReceiver((_, response) => response.writeHead(202).end());
  onTestFinished(() => receiver.close());
  const alerts = await running(await server.createDatabase(), {
    channels: [webhookTo(`${receiver.origin}/hook`, "hook"), teamsTo(`${receiver.origin}/teams`, "teams")],
  });
  await open(alerts, 500);
  await receiver.until("/hook", 1);
  await receiver.until("/teams", 1);
  for (;;) if ((await alerts.context.records.alerts.changes(1)).length === 0) break;
  expect(receiver.posts.length).toBeLessThanOrEqual(6);
  const [alert, ...others] = await alerts.context.records.alerts.list({ limit: 10 });
  expect(others).toEqual([]);
  expect(alert && (await alerts.context.records.alerts.counts([alert.id])).get(alert.id)?.total).toBe(500);
});

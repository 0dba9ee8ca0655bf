import { once } from "node:events";
import { IncomingMessage, ServerResponse } from "node:http";
import { connect, Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import type { LabelSetKey } from "../../domain/labels.ts";
import type { StackId } from "../../watch/stack.ts";
import { ALL_LABELS, KIM, memoryAccess } from "../memoryAccess.fixture.ts";
import { driftNumber, memoryWatch, NOW, stackNamed } from "../memoryWatch.fixture.ts";
import { listening, type TestServer } from "../testServer.fixture.ts";
import { Broadcast } from "./broadcast.ts";
import { type EventReader, readEvents } from "./eventReader.fixture.ts";
import { serveStream } from "./streamClient.ts";

async function reader(url: string, headers?: Record<string, string>): Promise<EventReader> {
  const events = await readEvents(url, headers);
  onTestFinished(() => events.close());
  return events;
}

/** A megabyte. */
const large = driftNumber(1, { found: { after: "x".repeat(1_000_000) } });

/** Somebody who connects and then reads nothing. */
async function sleeper(port: number): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => {});
  socket.write("GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await once(socket, "readable");
  socket.pause();
}

async function cutOffs({ registry }: TestServer["metrics"]): Promise<number> {
  const text = await registry.getSingleMetricAsString("anchorwatch_stream_cut_off_total");
  return Number(text.split(" ").at(-1));
}

describe("the stream", () => {
  it("tells at once of what changed, after saying that everything before has to be loaded", async () => {
    const { url, watch } = await listening();
    const events = await reader(`${url}/api/v1/stream`);
    const ready = await events.next();
    expect(ready.event).toBe("ready");
    expect(JSON.parse(ready.data)).toEqual({ schema: "anchorwatch.stream-ready/v1", resumed: false });
    watch.tell({ kind: "drift", step: "opened", drift: driftNumber(1), labelSet: ALL_LABELS });
    const told = await events.next();
    expect(told.event).toBe("drift");
    expect(JSON.parse(told.data)).toMatchObject({
      schema: "anchorwatch.drift/v1",
      id: "drift-1",
      step: "opened",
    });
  });

  it("tells of an alert to who may see one of its stacks or accounts, and of nothing that is in it", async () => {
    const [STACKS, ACCOUNTS] = [2 as LabelSetKey, 3 as LabelSetKey];
    const access = memoryAccess({
      visible: async (_, action) => [action === "account.view" ? ACCOUNTS : STACKS],
    });
    const { url, watch } = await listening(memoryWatch(), {}, { access });
    const events = await reader(`${url}/api/v1/stream`);
    await events.next();
    const alert = (id: string, stack: LabelSetKey, accountLabelSets: readonly LabelSetKey[]) =>
      watch.tell({
        ...{ kind: "alert", id, status: "open", at: NOW },
        ...{ labelSets: new Map([["stack-1", stack]]), accountLabelSets },
      });
    // What is told of a stack is no right to an account of the same labels, and the other way round.
    alert("hidden", ACCOUNTS, [STACKS]);
    alert("by-stack", STACKS, []);
    alert("by-account", ACCOUNTS, [ACCOUNTS]);
    const told = [await events.next(), await events.next()];
    expect(told.map(({ event, data }) => [event, JSON.parse(data)])).toEqual([
      ["alert", { id: "by-stack", status: "open", updatedAt: NOW.toISOString() }],
      ["alert", { id: "by-account", status: "open", updatedAt: NOW.toISOString() }],
    ]);
  });

  it("goes on where a reader was who comes back", async () => {
    const { url, watch } = await listening();
    const first = await reader(`${url}/api/v1/stream`);
    const { id = "" } = await first.next();
    first.close();
    watch.tell({ kind: "drift", step: "opened", drift: driftNumber(1), labelSet: ALL_LABELS });
    watch.tell({ kind: "drift", step: "updated", drift: driftNumber(2), labelSet: ALL_LABELS });
    const again = await reader(`${url}/api/v1/stream`, { "last-event-id": id });
    expect(JSON.parse((await again.next()).data)).toMatchObject({ resumed: true });
    expect([await again.next(), await again.next()].map(({ data }) => JSON.parse(data).id)).toEqual([
      "drift-1",
      "drift-2",
    ]);
  });

  it("tells of one stack alone where that is asked for", async () => {
    const { url, watch } = await listening();
    const events = await reader(`${url}/api/v1/stream?stack=id-a`);
    await events.next();
    watch.tell({ kind: "stack", stack: stackNamed("b") });
    watch.tell({
      kind: "drift",
      step: "opened",
      drift: driftNumber(1, { stackId: "id-b" as StackId }),
      labelSet: ALL_LABELS,
    });
    watch.tell({ kind: "stack", stack: stackNamed("a") });
    expect(JSON.parse((await events.next()).data)).toMatchObject({ name: "a" });
  });

  it("tells nobody of what he may not see, and of what the watch is as a whole only who may see that", async () => {
    const access = memoryAccess({ allows: async (_, action) => action !== "watch.view" });
    const { url, watch } = await listening(memoryWatch(), {}, { access });
    const events = await reader(`${url}/api/v1/stream`);
    await events.next();
    const hidden = 2 as LabelSetKey;
    const detector = { name: "publisher", at: NOW, expectedWithinMs: 1, deadSince: NOW };
    watch.tell({ kind: "stack", stack: stackNamed("secret", { labelSet: hidden }) });
    watch.tell({ kind: "drift", step: "opened", drift: driftNumber(1), labelSet: hidden });
    watch.tell({ kind: "detector", detector });
    watch.tell({ kind: "drift", step: "opened", drift: driftNumber(2), labelSet: ALL_LABELS });
    expect(JSON.parse((await events.next()).data)).toMatchObject({ id: "drift-2" });
  });

  it("ends for whom something changed, so that he is asked again who he is, and goes on where he was", async () => {
    const { url, watch } = await listening();
    const events = await reader(`${url}/api/v1/stream`);
    const { id = "" } = await events.next();
    watch.tell({ kind: "access", userId: "somebody-else" });
    watch.tell({ kind: "drift", step: "opened", drift: driftNumber(1), labelSet: ALL_LABELS });
    watch.tell({ kind: "access", userId: KIM.id });
    expect((await events.rest()).map(({ event }) => event)).toEqual(["drift"]);
    const again = await reader(`${url}/api/v1/stream`, { "last-event-id": id });
    expect(JSON.parse((await again.next()).data)).toMatchObject({ resumed: true });
    watch.tell({ kind: "access" });
    expect((await again.rest()).map(({ event }) => event)).toEqual(["drift"]);
  });

  it("ends before it tells of labels that are newer than its decisions", async () => {
    const access = memoryAccess({ newestLabels: () => 4 as LabelSetKey });
    const { url, watch } = await listening(memoryWatch(), {}, { access });
    const events = await reader(`${url}/api/v1/stream`);
    await events.next();
    watch.tell({ kind: "stack", stack: stackNamed("new", { labelSet: 5 as LabelSetKey }) });
    expect(await events.rest()).toEqual([]);
  });

  it("shows that it is alive while nothing happens", async () => {
    const { url, tick } = await listening();
    const { body } = await fetch(`${url}/api/v1/stream`);
    const chunks = body?.pipeThrough(new TextDecoderStream()).getReader();
    onTestFinished(async () => chunks?.cancel());
    expect((await chunks?.read())?.value).toContain("retry: ");
    tick();
    expect((await chunks?.read())?.value).toMatch(/^: still here\nid: [A-Za-z0-9_-]{22}\n\n$/);
  });

  it("cuts off a reader that does not read, and nobody else", async () => {
    const { url, port, watch, metrics } = await listening();
    const good = await reader(`${url}/api/v1/stream`);
    await good.next();
    await sleeper(port);
    // What the system buffers is its own business: until that is full, nobody can tell who reads.
    for (let told = 0; told < 200 && (await cutOffs(metrics)) === 0; told++) {
      watch.tell({ kind: "drift", step: "updated", drift: large, labelSet: ALL_LABELS });
      expect(JSON.parse((await good.next()).data).id).toBe("drift-1");
    }
    expect(await cutOffs(metrics)).toBe(1);
    watch.tell({ kind: "drift", step: "opened", drift: driftNumber(2), labelSet: ALL_LABELS });
    expect(JSON.parse((await good.next()).data).id).toBe("drift-2");
  });

  it("cuts off a reader that took nothing between two signs of life", async () => {
    const { port, watch, tick, metrics } = await listening();
    await sleeper(port);
    for (let told = 0; told < 7; told++)
      watch.tell({ kind: "drift", step: "updated", drift: large, labelSet: ALL_LABELS });
    tick();
    expect(await cutOffs(metrics)).toBe(0);
    tick();
    expect(await cutOffs(metrics)).toBe(1);
  });

  it("gives all that was missed to a reader who comes back, however much it is", async () => {
    const { url, watch } = await listening();
    const first = await reader(`${url}/api/v1/stream`);
    const { id = "" } = await first.next();
    first.close();
    for (let told = 0; told < 7; told++)
      watch.tell({ kind: "drift", step: "updated", drift: large, labelSet: ALL_LABELS });
    watch.tell({ kind: "drift", step: "opened", drift: driftNumber(2), labelSet: ALL_LABELS });
    const again = await reader(`${url}/api/v1/stream`, { "last-event-id": id });
    const got: string[] = [];
    for (let i = 0; i < 9; i++) got.push((await again.next()).event ?? "");
    expect(got).toEqual(["ready", ...Array(8).fill("drift")]);
  });

  it("takes so many readers and no more, and a place is free when one goes", async () => {
    const { url } = await listening(memoryWatch(), { streams: 2 });
    const first = await reader(`${url}/api/v1/stream`);
    await reader(`${url}/api/v1/stream`);
    const refused = await fetch(`${url}/api/v1/stream`);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(await refused.json()).toMatchObject({ code: "server_busy" });
    first.close();
    await expect.poll(() => reader(`${url}/api/v1/stream`), { timeout: 20_000 }).toBeDefined();
  });

  it("takes only so many of one account, so that nobody keeps the others out", async () => {
    const access = memoryAccess({
      authenticate: async ({ bearer: id = KIM.id }) => ({ principal: { ...KIM, id } }),
    });
    const { url } = await listening(memoryWatch(), { streams: 3, streamsOfOne: 1 }, { access });
    await reader(`${url}/api/v1/stream`);
    const refused = await fetch(`${url}/api/v1/stream`);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(await refused.json()).toMatchObject({
      code: "server_busy",
      detail: expect.stringContaining("this account"),
    });
    await reader(`${url}/api/v1/stream`, { authorization: "Bearer another" });
  });

  it("keeps no place for who went while it was decided what he may see", async () => {
    const [asked, decided] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const visible = async () => {
      asked.resolve();
      await decided.promise;
      return [ALL_LABELS];
    };
    const { url, port, api } = await listening(
      memoryWatch(),
      { streams: 1 },
      { access: memoryAccess({ visible }) },
    );
    const socket = connect(port, "127.0.0.1");
    socket.write("GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await asked.promise;
    socket.destroy();
    const connections = () =>
      new Promise((resolve) => api.server.getConnections((_, number) => resolve(number)));
    await expect.poll(connections).toBe(0);
    decided.resolve();
    const events = await reader(`${url}/api/v1/stream`);
    expect((await events.next()).event).toBe("ready");
  });

  it("waits for nobody who does not read when it ends", () => {
    // Connected to nothing, which takes nothing.
    const response = new ServerResponse(new IncomingMessage(new Socket()));
    const broadcast = new Broadcast("e");
    const end = serveStream(response, broadcast, {
      ...{ lastEventId: undefined, longestMs: 1, keepAliveMs: 1, every: () => () => {} },
      ...{ onCutOff: () => {}, headers: {} },
      reader: {
        visible: new Set([ALL_LABELS]),
        visibleAccounts: new Set(),
        decidedUpTo: ALL_LABELS,
        seesWatch: true,
      },
    });
    broadcast.publish({ kind: "drift", step: "updated", drift: large, labelSet: ALL_LABELS }, NOW);
    expect(response.destroyed).toBe(false);
    end();
    expect(response.destroyed).toBe(true);
  });

  it("ends when the server stops, for which nobody has to wait", async () => {
    const { url, api, watch } = await listening();
    const events = await reader(`${url}/api/v1/stream`);
    await events.next();
    const [rest] = await Promise.all([events.rest(), api.close()]);
    expect(rest).toEqual([]);
    expect(watch.listeners()).toBe(0);
  });
});

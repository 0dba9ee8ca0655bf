/** What every channel over HTTP does when things go wrong, and what never leaves it. */
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { type HttpServer, startHttpServer } from "../../ledger/anchors/httpServer.fixture.ts";
import { type SelfSigned, selfSigned } from "../../server/selfSigned.fixture.ts";
import { CANARY, HTTP_KINDS, TRACES, TRIED_KINDS, told } from "./kinds.fixture.ts";
import { deliver, failureOf, NOW, opened } from "./opened.fixture.ts";
import { opsgenieChannel } from "./opsgenie/opsgenieChannel.ts";
import { pagerdutyChannel } from "./pagerduty/pagerdutyChannel.ts";
import { CHANNELS } from "./registry.ts";
import { teamsChannel } from "./teams/teamsChannel.ts";
import { startBytes, startUnbelieved } from "./troubledServers.fixture.ts";
import { webhookChannel } from "./webhook/webhookChannel.ts";

let server: HttpServer;
let folder: string;
let tls: SelfSigned;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "anchorwatch-failing-"));
  tls = await selfSigned(folder, "hooks.example.com");
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async () => {
  server = await startHttpServer();
});
afterEach(() => server.close());

it("every kind that there is, is tried here", () => {
  expect(TRIED_KINDS.toSorted()).toEqual(CHANNELS.map(({ kind }) => kind).toSorted());
});

/** Nothing comes in this time, so it may be short. */
const SOON_MS = 60;
const LINE = "HTTP/1.1 200 OK\r\n";
const TROUBLES: Readonly<Record<string, () => ReturnType<typeof startBytes>>> = {
  "never says a word": () => startBytes(""),
  "sends headers one by one, for ever": () => startBytes(LINE, { text: "x-a: b\r\n", everyMs: 20 }),
  "announces an answer, for ever": () => startBytes("HTTP/1.1 102 Processing\r\n\r\n".repeat(9)),
  "speaks another protocol": () => startBytes("220 mail.example.com ESMTP\r\n"),
  "sends one header without end": () => startBytes(`${LINE}x: `, { text: "x".repeat(65_536), everyMs: 1 }),
};

/** Answers of 200 that are nobody's: of a proxy, a portal, whoever has the address by now. */
const NONSENSE = [
  ...[
    "",
    "<html>Sign in</html>",
    "null",
    "0",
    '"ok"',
    "{}",
    '{"ok":"yes","code":"0","status":1}',
    "\u0000\ufffd",
  ],
  ...["[".repeat(20_000), '{"__proto__":{"ok":true,"code":0,"requestId":"r"}}'],
];

describe.each(HTTP_KINDS)("%s", (_kind, { open, believes }) => {
  const here = () => open({ url: server.url, allow: server.url });

  it.each([
    [429, { "retry-after": "7" }, { retry: "again", afterMs: 7000 }],
    [
      429,
      { "retry-after": new Date(NOW.getTime() + 90_000).toUTCString() },
      { retry: "again", afterMs: 90_000 },
    ],
    [429, { "retry-after": "Thu, 01 Jan 1970 00:00:00 GMT" }, { retry: "again", afterMs: 0 }],
    [500, {}, { retry: "again" }],
    [502, {}, { retry: "again" }],
    [503, {}, { retry: "again" }],
    [408, {}, { retry: "again" }],
    [400, {}, { retry: "never" }],
    [401, {}, { retry: "never" }],
    [403, {}, { retry: "never" }],
    [404, {}, { retry: "never" }],
    [410, {}, { retry: "never" }],
    [413, {}, { retry: "never" }],
    [301, { location: "https://evil.example/" }, { retry: "never" }],
    [307, { location: "http://169.254.169.254/" }, { retry: "never" }],
  ])(
    "that answers %i with %j is tried accordingly, and says nothing of its secrets",
    async (status, headers, expected) => {
      // Whatever it was sent comes back in its answer.
      server.reply = ({ path, headers: sent, body }) => ({
        status,
        headers,
        body: `${path} ${JSON.stringify(sent)} ${body}`,
      });
      const failure = await failureOf(here());
      expect(failure).toMatchObject(expected);
      expect(failure.message).toContain(String(status));
      expect(told(failure)).not.toMatch(TRACES);
      expect(server.received).toHaveLength(1);
    },
  );

  it("that asks for an absurd wait is waited for in reason", async () => {
    for (const [asked, afterMs] of [
      ["999999999", 3_600_000],
      ["9".repeat(400), 3_600_000],
      ["Fri, 31 Dec 9999 23:59:59 GMT", 3_600_000],
      ["0", 0],
      ...["-1", "1.5", "1e9", "0x10", "Infinity", "", "soon", "Thu, 99 Foo 2026 1:1:1 GMT"].map(
        (text) => [text, undefined] as const,
      ),
    ] as const) {
      server.reply = () => ({ status: 503, headers: { "retry-after": asked } });
      const { retry, afterMs: found } = await failureOf(here());
      expect([asked, retry, found]).toEqual([asked, "again", afterMs]);
    }
  });

  it(`that answers 200 with nonsense ${believes === "status" ? "has taken it: a status is all that it promises" : "is tried again"}`, async () => {
    for (const body of NONSENSE) {
      server.reply = () => ({ status: 200, body });
      if (believes === "status") await deliver(here());
      else {
        const failure = await failureOf(here());
        expect([body.slice(0, 20), failure.retry, failure.message]).toEqual([
          body.slice(0, 20),
          "again",
          expect.stringContaining("not of this service"),
        ]);
      }
    }
  });

  it.each([
    ["without end", { text: " ".repeat(1_000_000), everyMs: 1 }, 5000],
    // Where a status is enough, that has to come in time.
    ["byte by byte", { text: " ", everyMs: 20 }, believes === "status" ? 500 : SOON_MS],
  ])("that answers 200 %s is read no longer than there is patience", async (_how, again, timeoutMs) => {
    const place = await startBytes(`${LINE}\r\n`, again);
    onTestFinished(() => place.close());
    const channel = open({ ...place, timeoutMs });
    if (believes === "status") await deliver(channel);
    else expect(await failureOf(channel)).toMatchObject({ retry: "again" });
  });

  it.each(Object.keys(TROUBLES))("that %s is tried again, and holds up nobody", async (trouble) => {
    const place = await TROUBLES[trouble]?.();
    if (place === undefined) return expect.unreachable();
    onTestFinished(() => place.close());
    const failure = await failureOf(open({ ...place, timeoutMs: SOON_MS }));
    expect(failure).toMatchObject({
      retry: "again",
      message: expect.stringContaining(`127.0.0.1:${place.port}`),
    });
    expect(told(failure)).not.toMatch(TRACES);
  });

  it("whose certificate nobody vouches for is sent nothing", async () => {
    let asked = 0;
    const place = await startUnbelieved(tls, () => {
      asked += 1;
    });
    onTestFinished(() => place.close());
    const failure = await failureOf(open(place));
    expect(failure).toMatchObject({
      retry: "again",
      message: expect.stringContaining("DEPTH_ZERO_SELF_SIGNED_CERT"),
    });
    expect(told(failure)).not.toMatch(TRACES);
    expect(asked).toBe(0);
  });

  it("that is gone, or cuts the line, is tried again", async () => {
    server.reply = () => undefined;
    const cut = await failureOf(here());
    await server.close();
    const gone = await failureOf(here());
    for (const failure of [cut, gone]) {
      expect(failure).toMatchObject({
        retry: "again",
        message: expect.stringContaining(new URL(server.url).host),
      });
      expect(told(failure)).not.toMatch(TRACES);
    }
  });

  it.each([
    "https://169.254.169.254",
    "https://10.0.0.7",
    "http://hooks.example.com",
    "https://[::ffff:7f00:1]",
  ])("at %s is sent nothing, and never tried again", async (url) => {
    const failure = await failureOf(open({ url }));
    expect(failure).toMatchObject({ retry: "never" });
    expect(told(failure)).not.toMatch(TRACES);
  });

  it("that nobody waits for any more fails as it was told to", async () => {
    const abort = new AbortController();
    server.reply = () => {
      abort.abort(new TypeError("enough"));
      return new Promise(() => {});
    };
    await expect(deliver(here(), {}, abort.signal)).rejects.toThrow("enough");
  });

  it("keeps no secret in what is remembered of a delivery", async () => {
    const slack = { ok: true, channel: "C012", ts: "1.2", messages: [] };
    const forge = { number: 1, iid: 1, private: true };
    server.reply = ({ method, path }) => ({
      status: 202,
      body:
        method === "GET" && path.includes("/issues")
          ? "[]"
          : JSON.stringify({ status: "success", requestId: "r", code: 0, path, ...slack, ...forge }),
    });
    const { reference } = await deliver(here());
    expect(JSON.stringify(reference)).not.toMatch(TRACES);
    const bodies = server.received.map(({ body }) => body).join("");
    // PagerDuty's key is a member of its events.
    expect(bodies.replace(`"routing_key":"${CANARY}"`, "")).not.toMatch(TRACES);
  });
});

it("a channel whose secret cannot be had is tried again", async () => {
  const definitions = [webhookChannel, pagerdutyChannel, opsgenieChannel, teamsChannel] as const;
  for (const definition of definitions) {
    const secrets = Object.fromEntries(definition.secrets.map(({ name }) => [name, ""]));
    const section = definition === webhookChannel ? { urlFile: "u" } : {};
    const channel = opened(definition as typeof webhookChannel, section, { secrets });
    expect(await failureOf(channel)).toMatchObject({ retry: "again", message: "the file is empty" });
  }
});

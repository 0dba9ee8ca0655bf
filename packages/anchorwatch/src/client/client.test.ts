import type { IncomingMessage, RequestListener } from "node:http";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { ALL_LABELS, KIM, knowing, memoryAccess } from "../server/memoryAccess.fixture.ts";
import { driftNumber, memoryWatch, stackNamed } from "../server/memoryWatch.fixture.ts";
import { listening } from "../server/testServer.fixture.ts";
import { hostile } from "./hostileServer.fixture.ts";
import { answerOf, connectTo, type LiveChange, pages, ServerProblem } from "./index.ts";
import { parseServerAddress } from "./serverAddress.ts";
import { serverSentEvents } from "./serverSentEvents.ts";

const TOKEN = "awt_Q7c2mJxkzq0Vt1rA9nE4hYbLw8sPfDuG3oKiXeTjRvM";

/** Nothing is waited for in a test; other work still gets its turn. */
const sleep = () => setImmediate();

const statusOf = (server: string, more: object = {}) =>
  answerOf(connectTo({ server, token: TOKEN, sleep, ...more }).api.GET("/api/v1/status"));

describe("the address of a server", () => {
  it.each([
    ["https://anchorwatch.example.com", "https://anchorwatch.example.com"],
    ["HTTPS://Anchorwatch.Example.com:443/", "https://anchorwatch.example.com"],
    ["https://anchorwatch.example.com:8443", "https://anchorwatch.example.com:8443"],
    ["http://localhost:7478/", "http://localhost:7478"],
    ["http://127.0.0.1:7478", "http://127.0.0.1:7478"],
    ["http://[::1]:7478", "http://[::1]:7478"],
  ])("%s is %s", (text, origin) => expect(parseServerAddress(text)).toBe(origin));

  it.each([
    "http://anchorwatch.example.com",
    "http://localhost.example.com",
    "http://127.0.0.1.example.com",
    "http://2130706433.example.com",
    "https://anchorwatch.example.com/ledger/",
    "https://anchorwatch.example.com/?a=b",
    "https://kim:hunter2@anchorwatch.example.com",
    "ftp://anchorwatch.example.com",
    "anchorwatch.example.com",
    "/etc/anchorwatch.server.yaml",
    "",
  ])("%j is none to which a token goes", (text) => {
    expect(() => parseServerAddress(text)).toThrow(expect.objectContaining({ code: "server_url_invalid" }));
    expect(() => parseServerAddress(text)).not.toThrow(/hunter2/);
  });
});

describe("the client", () => {
  it("asks as whoever the token is, and reads every page of a list once", async () => {
    const stacks = Array.from({ length: 7 }, (_, i) => stackNamed(`s${i}`));
    const access = memoryAccess(knowing({ [TOKEN]: { principal: KIM } }));
    const { url } = await listening(memoryWatch({ stacks }), {}, { access });
    const { api } = connectTo({ server: url, token: TOKEN });
    const sizes: number[] = [];
    const names: string[] = [];
    for await (const page of pages((after) =>
      answerOf(api.GET("/api/v1/stacks", { params: { query: { limit: 3, ...after } } })),
    )) {
      sizes.push(page.stacks.length);
      names.push(...page.stacks.map(({ name }) => name));
    }
    expect(sizes).toEqual([3, 3, 1]);
    expect(names).toEqual(stacks.map(({ stack }) => stack.name));
    await expect(statusOf(url, { token: "awt_other" })).rejects.toMatchObject({
      code: "sign_in_required",
      status: 401,
    });
  });

  it("throws what the server says is wrong, with its code, its hint and each wrong member", async () => {
    const { url } = await listening(memoryWatch());
    const { api } = connectTo({ server: url, token: TOKEN });
    const missing = api.GET("/api/v1/drifts/{id}", { params: { path: { id: "17" } } });
    await expect(missing).rejects.toBeInstanceOf(ServerProblem);
    await expect(missing).rejects.toMatchObject({ code: "request_not_found", status: 404, server: url });
    const wrong = { name: "", origin: { kind: "folder", path: "relative" } } as const;
    await expect(api.POST("/api/v1/stacks", { body: wrong })).rejects.toMatchObject({
      code: "request_invalid",
      message: expect.stringMatching(/\n.*name.*\n.*path/s),
    });
  });

  it("keeps a code that only a newer server knows, and when to ask again", async () => {
    const { url } = await hostile((_, response) => {
      response.writeHead(429, {
        "content-type": "application/problem+json",
        "retry-after": "7",
        "x-request-id": "r1",
      });
      response.end(JSON.stringify({ code: "tide_too_low", detail: "no water", hint: "wait" }));
    });
    await expect(statusOf(url)).rejects.toMatchObject({
      ...{ code: "server_problem", message: "no water (tide_too_low)", hint: "wait" },
      ...{ retryAfterMs: 7000, requestId: "r1" },
    });
  });

  it("takes the token nowhere else: no redirect is followed, not even on the same server", async () => {
    const thief = await hostile((_, response) => response.end("{}"));
    for (const status of [301, 302, 303, 307, 308]) {
      const { url } = await hostile((_, response) =>
        response.writeHead(status, { location: `${thief.url}/x` }).end(),
      );
      await expect(statusOf(url)).rejects.toMatchObject({ code: "server_answer_invalid" });
    }
    const home = await hostile((_, response) => response.writeHead(302, { location: "/elsewhere" }).end());
    await expect(statusOf(home.url)).rejects.toMatchObject({ code: "server_answer_invalid" });
    expect([thief.asked.length, home.asked.length]).toEqual([0, 1]);
  });

  it("never says the token again, whatever a server says", async () => {
    const { url } = await hostile(({ headers }, response) => {
      response.writeHead(403, { "content-type": "application/problem+json" });
      response.end(
        JSON.stringify({ code: "access_denied", detail: headers.authorization, hint: headers.authorization }),
      );
    });
    const error: unknown = await statusOf(url).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "access_denied", message: "Bearer …", hint: "Bearer …" });
    expect(String((error as Error).stack)).not.toContain(TOKEN);
  });

  it.each<[string, RequestListener]>([
    [
      "a page of a proxy",
      (_, response) => response.setHeader("content-type", "text/html").end("<h1>Sign in</h1>"),
    ],
    [
      "JSON that is cut off",
      (_, response) => response.setHeader("content-type", "application/json").end('{"a":'),
    ],
    ["an error that is no problem", (_, response) => response.writeHead(502).end("Bad Gateway")],
    ["nothing", (_, response) => response.end()],
  ])("takes %s for no answer", async (_, answer) => {
    const { url } = await hostile(answer);
    await expect(statusOf(url)).rejects.toMatchObject({ code: "server_answer_invalid" });
  });

  it("says so when there is no server, when it hangs, and when it hangs up", async () => {
    const gone = await hostile(({ socket }) => socket.destroy());
    await expect(statusOf(gone.url)).rejects.toMatchObject({ code: "server_unreachable" });
    await expect(statusOf("http://localhost:1")).rejects.toMatchObject({ code: "server_unreachable" });
    const silent = await hostile(() => {});
    await expect(statusOf(silent.url, { timeoutMs: 30 })).rejects.toMatchObject({
      message: expect.stringContaining("no answer within"),
    });
    const half = await hostile((_, response) =>
      response.setHeader("content-type", "application/json").write("{"),
    );
    await expect(statusOf(half.url, { timeoutMs: 30 })).rejects.toMatchObject({ code: "server_unreachable" });
  });
});

describe("a connection that is lost", () => {
  const ok: RequestListener = (_, response) =>
    response.setHeader("content-type", "application/json").end('{"schema":"x"}');
  const problem =
    (code: string): RequestListener =>
    (_, response) => {
      response.writeHead(409, { "content-type": "application/problem+json" });
      response.end(JSON.stringify({ code, detail: "d" }));
    };
  const lost: RequestListener = ({ socket }) => socket.destroy();
  const half: RequestListener = (_, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": 100 });
    response.write("{", () => response.destroy());
  };
  /** One after the other; the last one stays. */
  const answering = (...answers: readonly RequestListener[]) => {
    let number = 0;
    return hostile((request, response) => {
      // As servers do: the whole request is read before it is answered.
      request.resume().on("end", () => answers[Math.min(number++, answers.length - 1)]?.(request, response));
    });
  };
  const checked = (server: string, token: string | undefined = TOKEN, more: object = {}) =>
    connectTo({ server, token, sleep }).api.POST("/api/v1/stacks/{id}/check", {
      params: { path: { id: "a" } },
      body: { addresses: ["aws_x.y"] },
      ...more,
    });
  const keysOf = (asked: readonly IncomingMessage[]) =>
    asked.map(({ headers }) => headers["idempotency-key"]);

  it("is made again for what only reads, and for a write under the key of that write", async () => {
    for (const fault of [lost, half]) {
      const reading = await answering(fault, fault, ok);
      await expect(statusOf(reading.url)).resolves.toEqual({ schema: "x" });
      expect(keysOf(reading.asked)).toEqual([undefined, undefined, undefined]);
      const writing = await answering(fault, problem("request_underway"), ok);
      await checked(writing.url);
      const [key, ...again] = keysOf(writing.asked);
      expect(key).toMatch(/^[0-9a-f-]{36}$/);
      expect(again).toEqual([key, key]);
      await checked(writing.url);
      expect(keysOf(writing.asked)[3]).not.toBe(key);
      await checked(writing.url, TOKEN, { headers: { "idempotency-key": "mine" } });
      expect(keysOf(writing.asked)[4]).toBe("mine");
    }
  });

  it("is not made again where something could be done twice, nor where there is an answer, nor for ever", async () => {
    const gone = await answering(lost);
    const { api } = connectTo({ server: gone.url, token: TOKEN, sleep });
    const params = { path: { id: "a" } };
    const header = { "if-match": "*" };
    for (const write of [
      () => api.DELETE("/api/v1/stacks/{id}", { params }),
      () => api.PATCH("/api/v1/users/{id}", { params: { ...params, header }, body: { status: "disabled" } }),
      // Of somebody unknown, a server keeps no answers.
      () => connectTo({ server: gone.url, sleep }).api.POST("/api/v1/device", { body: { name: "x" } }),
    ]) {
      const before = gone.asked.length;
      await expect(write()).rejects.toMatchObject({ code: "server_unreachable" });
      expect(gone.asked.length - before).toBe(1);
    }
    const before = gone.asked.length;
    await expect(checked(gone.url)).rejects.toMatchObject({ code: "server_unreachable" });
    expect(gone.asked.length - before).toBe(3);
    const refusing = await answering(problem("request_conflict"));
    await expect(checked(refusing.url)).rejects.toMatchObject({ code: "request_conflict" });
    expect(refusing.asked.length).toBe(1);
  });

  it("has a server do once what it was asked for twice", async () => {
    const { url, watch } = await listening(memoryWatch({ stacks: [stackNamed("net")] }));
    let tries = 0;
    /** The first answer is lost on its way. */
    const losing: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      if (++tries > 1) return response;
      await response.arrayBuffer();
      throw new TypeError("fetch failed", {
        cause: Object.assign(new Error("reset"), { code: "ECONNRESET" }),
      });
    };
    const { api } = connectTo({ server: url, token: TOKEN, sleep, fetch: losing });
    const { response } = await api.POST("/api/v1/stacks/{id}/check", {
      params: { path: { id: "id-net" } },
      body: {},
    });
    expect([tries, response.status, response.headers.get("idempotency-replayed")]).toEqual([2, 202, "true"]);
    expect(watch.wantedChecks).toHaveLength(1);
  });
});

it("a token that would break a header is not said again", () => {
  for (const token of [`${TOKEN}\n`, `${TOKEN}\r\nx: y`, "awt_é", "", `${TOKEN} x`]) {
    const connect = () => connectTo({ server: "http://localhost:1", token });
    expect(connect).toThrow(expect.objectContaining({ code: "token_malformed" }));
    expect(connect).not.toThrow(/awt_./);
  }
});

describe("live changes", () => {
  it("goes on where the connection broke, without a gap and without saying anything twice", async () => {
    const server = await listening(memoryWatch());
    const abort = new AbortController();
    const heard: LiveChange[] = [];
    const { changes } = connectTo({ server: server.url, token: TOKEN });
    for await (const change of changes({ signal: abort.signal, sleep: () => setImmediate() })) {
      heard.push(change);
      if (change.kind === "ready" && !change.resumed) tellDrift(1);
      // All readers are sent away, as when the operator's file has changed; what happens meanwhile is kept for them.
      if (change.kind === "drift" && change.drift.id === "drift-1") {
        server.watch.tell({ kind: "access", userId: KIM.id });
        tellDrift(2);
      }
      if (change.kind === "drift" && change.drift.id === "drift-2") abort.abort();
    }
    function tellDrift(number: number) {
      server.watch.tell({ kind: "drift", step: "opened", drift: driftNumber(number), labelSet: ALL_LABELS });
    }
    const shown = heard.map((change) => (change.kind === "drift" ? change.drift.id : change));
    expect(shown).toEqual([
      { kind: "ready", resumed: false },
      "drift-1",
      { kind: "ready", resumed: true },
      "drift-2",
    ]);
  });

  it("tells once that the server is gone, tries on, and ends when it is refused", async () => {
    let requests = 0;
    const { url } = await hostile(({ socket }, response) => {
      requests++;
      if (requests <= 3) return socket.destroy();
      if (requests === 4) return response.setHeader("content-type", "text/html").end("<h1>Sign in</h1>");
      if (requests === 5) return response.setHeader("content-type", "text/event-stream").end();
      response.writeHead(401, { "content-type": "application/problem+json" });
      response.end(JSON.stringify({ code: "sign_in_required", detail: "nobody" }));
    });
    const heard: string[] = [];
    const follow = async () => {
      const { changes } = connectTo({ server: url, token: TOKEN });
      const signal = new AbortController().signal;
      for await (const { kind } of changes({ signal, sleep: () => setImmediate() })) heard.push(kind);
    };
    await expect(follow()).rejects.toMatchObject({ code: "sign_in_required" });
    expect([heard, requests]).toEqual([["lost"], 6]);
  });

  it("reads no event that never ends, in one line or in many", async () => {
    function* endless(line: string) {
      for (;;) yield Buffer.from(line.repeat(1000));
    }
    for (const line of ["data: ".padEnd(2000, "x"), `data: ${"x".repeat(2000)}\n`, "x".repeat(2000)]) {
      const reading = serverSentEvents(endless(line)).next();
      await expect(reading).rejects.toThrow(RangeError);
    }
  });

  it("reads events however they are cut into pieces, and leaves out what it does not know", async () => {
    const text = `: hello\r\nevent: tide\ndata: {}\n\nid: 7\nevent: drift\ndata: {"id":"é",\ndata: "step":"opened"}\n\n`;
    const { url } = await hostile((_, response) => {
      response.setHeader("content-type", "text/event-stream");
      for (const byte of Buffer.from(text)) response.write(Buffer.of(byte));
    });
    const abort = new AbortController();
    const heard: LiveChange[] = [];
    for await (const change of connectTo({ server: url }).changes({ signal: abort.signal })) {
      heard.push(change);
      abort.abort();
    }
    expect(heard).toEqual([{ kind: "drift", drift: { id: "é", step: "opened" } }]);
  });
});

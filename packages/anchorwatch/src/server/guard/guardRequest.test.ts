import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { memoryWatch, stackNamed } from "../memoryWatch.fixture.ts";
import { listening, testServer } from "../testServer.fixture.ts";
import { isLoopbackHost } from "./loopback.ts";

describe("whose requests are answered", () => {
  it.each(["localhost", "LOCALHOST:80", "127.0.0.1:7478", "[::1]:7478", "[::1]"])(
    "those to %s are",
    async (host) => {
      const { api } = await testServer();
      expect((await api.inject({ url: "/healthz", headers: { host } })).statusCode).toBe(200);
    },
  );

  it.each([
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "evil.example:7478",
    "localhost@evil.example",
    "127.0.0.2",
    "0.0.0.0",
    "[::ffff:127.0.0.1]",
    "2130706433",
    "localhost:port",
    "localhost:7478:7478",
  ])("those to “%s” are not, whatever the route", async (host) => {
    const { api } = await testServer();
    for (const url of [
      "/healthz",
      "/metrics",
      "/api/v1/stacks",
      "/api/v1/stream",
      "/ledger/checkpoint",
      "/nothing",
    ]) {
      const answer = await api.inject({ url, headers: { host } });
      expect(answer.statusCode).toBe(421);
      expect(answer.json()).toMatchObject({ code: "request_host_refused" });
    }
  });

  it("are not those that name two hosts, of which each reader takes another", async () => {
    const { port } = await listening();
    const answer = await spoken(port, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n");
    expect(answer).toMatch(/^HTTP\/1\.1 4[02][01] /);
  });

  it("are not those that name no host", async () => {
    const { port } = await listening();
    for (const version of ["1.0", "1.1"]) {
      const answer = await spoken(port, `GET /healthz HTTP/${version}\r\nConnection: close\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 421 .*"code":"request_host_refused"/s);
    }
  });

  it("are not those whose address names another host than their header", async () => {
    const { port } = await listening();
    const answer = await spoken(port, "GET http://evil.example/healthz HTTP/1.1\r\nHost: localhost\r\n");
    expect(answer).toMatch(/^HTTP\/1\.1 421 /);
  });

  it("are not those with headers without end", async () => {
    const { port } = await listening();
    const headers = (count: number) => Array.from({ length: count }, (_, i) => `x-${i}: 1\r\n`).join("");
    const start = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    expect(await spoken(port, `${start}${headers(98)}`)).toMatch(/^HTTP\/1\.1 200 /);
    expect(await spoken(port, `${start}${headers(99)}`)).toMatch(/^HTTP\/1\.1 431 /);
    expect(await spoken(port, `${start}x: ${"y".repeat(20_000)}\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
  });
});

describe("what pages of other origins may do", () => {
  const host = "localhost:7478";
  const writes = [
    ["POST", "/api/v1/stacks"],
    ["DELETE", "/api/v1/stacks/id-net"],
    ["POST", "/api/v1/stacks/id-net/check"],
    ["POST", "/api/v1/events/trail"],
  ] as const;

  it.each([
    [{ origin: "https://evil.example" }],
    [{ origin: "null" }],
    [{ origin: "http://localhost:9999" }],
    [{ origin: "https://localhost:7478" }],
    [{ origin: "http://127.0.0.1:7478" }],
    [{ "sec-fetch-site": "cross-site" }],
    [{ "sec-fetch-site": "same-site" }],
  ])("is nothing that changes anything: %j", async (headers) => {
    const { api, watch } = await testServer(memoryWatch({ stacks: [stackNamed("net")] }));
    for (const [method, url] of writes) {
      const answer = await api.inject({ method, url, headers: { host, ...headers } });
      expect(answer.statusCode).toBe(403);
      expect(answer.json()).toMatchObject({ code: "request_origin_refused" });
    }
    expect([watch.received, watch.wantedChecks]).toEqual([[], []]);
  });

  it("leaves the page of the server itself and programs alone", async () => {
    const { api } = await testServer(memoryWatch({ stacks: [stackNamed("net")] }));
    const own = { origin: "http://localhost:7478", "sec-fetch-site": "same-origin" };
    for (const headers of [own, {}, { "sec-fetch-site": "none" }]) {
      const url = "/api/v1/stacks/id-net/check";
      expect((await api.inject({ method: "POST", url, headers: { host, ...headers } })).statusCode).toBe(202);
    }
  });

  it("is no reading: no answer allows another origin, or lets itself be framed, kept or guessed", async () => {
    const { api } = await testServer();
    for (const url of ["/healthz", "/api/v1/stacks", "/nothing", "/metrics"]) {
      const { headers } = await api.inject({ url, headers: { host, origin: "https://evil.example" } });
      expect(headers).not.toHaveProperty("access-control-allow-origin");
      expect(headers).toMatchObject({
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "no-store",
        "content-security-policy": expect.stringContaining("frame-ancestors 'none'"),
      });
    }
  });
});

describe("isLoopbackHost", () => {
  it("takes a trailing dot and a user name for what they are: other hosts", () => {
    expect(["localhost.", "a@localhost", "localhost:", " localhost"].filter(isLoopbackHost)).toEqual([]);
  });
});

/** What the server says to a request, as bytes: clients of Node would not send such. */
function spoken(port: number, head: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.end(`${head}\r\n`));
    let heard = "";
    socket.setEncoding("utf8").on("data", (text: string) => {
      heard += text;
    });
    socket.on("close", () => resolve(heard)).on("error", reject);
  });
}

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import http, { type RequestListener, type Server } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { findExecutable } from "../../../../../../test/support/executable.ts";
import { instance, resource, stateText, surroundings } from "../testing.fixture.ts";
import { loadState } from "./loadState.ts";
import type { HttpSource } from "./source.ts";

const content = stateText([resource({ instances: [instance()] })]);
const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(server: Server, protocol = "http"): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `${protocol}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function serve(listener: RequestListener): Promise<string> {
  return listen(http.createServer(listener));
}

function load(
  address: string,
  more: Partial<HttpSource> = {},
  around: Parameters<typeof surroundings>[0] = {},
) {
  return loadState({ kind: "http", address, retryWaitMs: 1, ...more }, surroundings(around));
}

test("a state is fetched with user, password and headers", async () => {
  const seen: unknown[] = [];
  const url = await serve((request, response) => {
    seen.push([request.method, request.url, request.headers.authorization, request.headers["x-tenant"]]);
    response.setHeader("content-md5", createHash("md5").update(content).digest("base64"));
    response.end(content);
  });
  const state = await load(`${url}/state/prod?ref=1`, {
    username: "ada",
    password: "hunter2",
    headers: { "X-Tenant": "t" },
  });
  expect(state.instances).toHaveLength(1);
  expect(state.origin).toBe(`${url}/state/prod`);
  expect(seen).toEqual([["GET", "/state/prod?ref=1", `Basic ${btoa("ada:hunter2")}`, "t"]]);
});

test("user and password may stand in the address, and are never shown", async () => {
  const seen: unknown[] = [];
  const url = await serve((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(403).end();
  });
  const address = `${url.replace("//", "//ada:hunter%322@")}/s?token=hunter2`;
  await expect(load(address)).rejects.toMatchObject({
    code: "state_http_refused",
    message: `${url}/s was not read: ${url}/s answered 403`,
  });
  expect(seen).toEqual([`Basic ${btoa("ada:hunter22")}`]);
});

test.each([204, 404])("%d means that there is no state yet", async (status) => {
  const url = await serve((_, response) => response.writeHead(status).end());
  await expect(load(url)).rejects.toMatchObject({ code: "state_absent" });
});

test("an empty answer means that there is no state yet", async () => {
  const url = await serve((_, response) => response.end());
  await expect(load(url)).rejects.toMatchObject({ code: "state_absent" });
});

test("without a user, 401 says how to give one", async () => {
  const url = await serve((_, response) => response.writeHead(401).end());
  await expect(load(url)).rejects.toMatchObject({
    code: "state_http_refused",
    hint: expect.stringContaining("TF_HTTP_USERNAME"),
  });
  await expect(load(url, { username: "ada" })).rejects.toMatchObject({
    hint: expect.stringContaining("Check the user"),
  });
});

test("errors of the server are tried again, as often as asked", async () => {
  let requests = 0;
  const url = await serve((_, response) => {
    requests += 1;
    if (requests < 3) response.writeHead(503).end("busy");
    else response.end(content);
  });
  expect((await load(url)).instances).toHaveLength(1);
  expect(requests).toBe(3);
  requests = 0;
  await expect(load(url, { retries: 1 })).rejects.toMatchObject({
    code: "state_http_failed",
    message: expect.stringContaining("answered 503 Service Unavailable"),
  });
  expect(requests).toBe(2);
});

test("other refusals are not tried again", async () => {
  let requests = 0;
  const url = await serve((_, response) => {
    requests += 1;
    response.writeHead(400).end();
  });
  await expect(load(url)).rejects.toMatchObject({ code: "state_http_failed" });
  expect(requests).toBe(1);
});

test("a redirect on the same host is followed", async () => {
  const url = await serve((request, response) => {
    if (request.url === "/old") response.writeHead(302, { location: "/new" }).end();
    else response.end(request.url === "/new" ? content : "wrong");
  });
  expect((await load(`${url}/old`)).instances).toHaveLength(1);
});

test("a redirect to another host is refused, and that host hears nothing", async () => {
  let heard = 0;
  const other = await serve((_, response) => {
    heard += 1;
    response.end(content);
  });
  const url = await serve((_, response) => response.writeHead(307, { location: `${other}/steal?x=1` }).end());
  await expect(load(url, { username: "ada", password: "hunter2" })).rejects.toMatchObject({
    code: "state_http_redirected",
    message: expect.stringContaining(`redirects to another host, ${other}/steal`),
  });
  expect(heard).toBe(0);
});

test("redirects without end are given up", async () => {
  const url = await serve((_, response) => response.writeHead(302, { location: "/again" }).end());
  await expect(load(url)).rejects.toMatchObject({ code: "state_http_failed" });
});

test("a server that nobody runs is unreachable, and named", async () => {
  const url = await serve(() => undefined);
  const server = servers.pop();
  await new Promise((resolve) => server?.close(resolve));
  await expect(load(`${url}/s`)).rejects.toMatchObject({
    code: "state_unreachable",
    message: `${url}/s was not read: ${url}/s cannot be reached: nothing answers there`,
  });
});

test("an answer that breaks off is not taken for a state", async () => {
  const url = await serve((_, response) => {
    response.writeHead(200, { "content-length": content.length });
    response.write(content.slice(0, 50), () => response.destroy());
  });
  await expect(load(url)).rejects.toMatchObject({
    code: "state_unreachable",
    message: expect.stringContaining("broken off"),
  });
});

test("an answer whose digest is wrong is not taken for a state", async () => {
  const url = await serve((_, response) => response.setHeader("content-md5", "AAAA").end(content));
  await expect(load(url)).rejects.toMatchObject({
    code: "state_http_failed",
    message: expect.stringContaining("digest"),
  });
});

test("a server that never answers is left at the deadline", async () => {
  const url = await serve(() => undefined);
  await expect(load(url, {}, { deadlineMs: 100 })).rejects.toMatchObject({ code: "state_deadline" });
});

test("a check that is stopped lets go of the server", async () => {
  const stop = new AbortController();
  const url = await serve(() => stop.abort());
  await expect(load(url, {}, { signal: stop.signal })).rejects.toMatchObject({ code: "state_cancelled" });
});

test("the proxy of the environment is used", async () => {
  const asked: unknown[] = [];
  const proxy = await serve((request, response) => {
    asked.push(request.url);
    response.end(content);
  });
  await load("http://state.example.test/s", {}, { environment: { HTTP_PROXY: proxy } });
  expect(asked).toEqual(["http://state.example.test/s"]);
});

test.each(["ftp://x/s", "state", "http://a:%zz@x/s"])("%s is no address", async (address) => {
  await expect(load(address)).rejects.toMatchObject({ code: "state_backend_invalid" });
});

const openssl = findExecutable("openssl", process.env);
if (openssl === undefined) console.log("openssl is not on the PATH: HTTPS was not tried");

describe.skipIf(openssl === undefined)("over HTTPS", () => {
  function certificate(): { readonly cert: string; readonly key: string } {
    const dir = mkdtempSync(join(tmpdir(), "anchorwatch-tls-"));
    const files = ["-keyout", join(dir, "key"), "-out", join(dir, "cert")];
    const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
    const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
    execFileSync(openssl ?? "", ["req", ...kind, ...files, ...subject], { stdio: "ignore" });
    const made = {
      cert: readFileSync(join(dir, "cert"), "utf8"),
      key: readFileSync(join(dir, "key"), "utf8"),
    };
    rmSync(dir, { recursive: true });
    return made;
  }

  test("a certificate must be trusted, unless the settings say otherwise", async () => {
    const made = certificate();
    const url = await listen(
      https.createServer(made, (_, response) => response.end(content)),
      "https",
    );
    await expect(load(url)).rejects.toMatchObject({
      code: "state_unreachable",
      hint: expect.stringContaining("NODE_EXTRA_CA_CERTS"),
    });
    expect((await load(url, { caCertificate: made.cert })).instances).toHaveLength(1);
    expect((await load(url, { skipCertVerification: true })).instances).toHaveLength(1);
  });
});

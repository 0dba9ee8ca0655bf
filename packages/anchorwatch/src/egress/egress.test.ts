import { once } from "node:events";
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import {
  createServer,
  get,
  type IncomingMessage,
  type RequestListener,
  type Server,
  setGlobalProxyFromEnv,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { OutboundRequest } from "../alerts/outbound.ts";
import { type SelfSigned, selfSigned } from "../server/selfSigned.fixture.ts";
import { type EgressOptions, newEgress } from "./egress.ts";
import { parseAllowed } from "./rules.ts";

const NAME = "hooks.example.com";
let folder: string;
let tls: SelfSigned;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "egress-"));
  tls = await selfSigned(folder, NAME);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function listening<Kind extends Server | TcpServer>(server: Kind, host = "127.0.0.1"): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        if ("closeAllConnections" in server) server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  return (server.address() as AddressInfo).port;
}

const secure = (listener: RequestListener, host?: string) => listening(createTlsServer(tls, listener), host);
const plain = (listener: RequestListener) => listening(createServer(listener));
/** What is written is all that is ever answered. */
const raw = (answer: string) =>
  listening(
    createTcpServer((socket) => void socket.on("error", () => {}).once("data", () => socket.write(answer))),
  );

interface Given extends Partial<EgressOptions> {
  readonly allow?: readonly string[];
  /** Answers of the DNS, one after the other; the last for ever. */
  readonly dns?: readonly (readonly string[])[];
}

function egress({ allow = [], dns = [["127.0.0.1"]], ...options }: Given) {
  const rules = {
    allow: allow.map((text) => {
      const allowed = parseAllowed(text);
      if ("problem" in allowed) throw new TypeError(text);
      return allowed;
    }),
  };
  const asked: string[] = [];
  const resolve = async (name: string) => {
    const addresses = dns[Math.min(asked.length, dns.length - 1)] ?? [];
    asked.push(name);
    return addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
  };
  const outbound = newEgress({
    rules: () => rules,
    resolve,
    version: "1.2.3",
    certificates: [tls.cert],
    ...options,
  });
  const post = (url: string, more: Partial<OutboundRequest> = {}, signal = new AbortController().signal) =>
    outbound({ method: "POST", url, headers: {}, body: "{}", ...more }, signal);
  return { outbound, post, asked };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of request) parts.push(part as Uint8Array);
  return Buffer.concat(parts).toString("utf8");
}

describe("a request over TLS", () => {
  it("goes to the address that was checked, under the host's name", async () => {
    const seen: unknown[] = [];
    const look = async (request: IncomingMessage) => {
      const { servername } = request.socket as unknown as { readonly servername: string };
      const { headers, url } = request;
      seen.push({ servername, host: headers.host, url, body: await bodyOf(request), headers });
    };
    const port = await secure((request, response) => {
      void look(request).then(() =>
        response.writeHead(202, { "x-id": "7", "set-cookie": "a=b" }).end("taken"),
      );
    });
    const { post, asked } = egress({ allow: [NAME] });
    const url = `https://${NAME}:${port}/hook?token=a`;
    const answer = await post(url, { body: '{"größe":1}', headers: { "x-signed": "yes" } });
    expect(answer).toMatchObject({ status: 202, text: "taken", isCut: false, headers: { "x-id": "7" } });
    expect(seen).toMatchObject([
      {
        servername: NAME,
        host: `${NAME}:${port}`,
        url: "/hook?token=a",
        body: '{"größe":1}',
        headers: { "user-agent": "anchorwatch/1.2.3", "x-signed": "yes", "accept-encoding": "identity" },
      },
    ]);
    await post(url);
    expect(asked).toEqual([NAME, NAME]);
    expect(seen[1]).not.toHaveProperty("headers.cookie");
  });

  it("is not made where the certificate is of another name, or nobody vouches for it", async () => {
    const port = await secure((_request, response) => void response.end());
    const other = egress({ allow: ["other.example.com"] });
    await expect(other.post(`https://other.example.com:${port}/`)).rejects.toMatchObject({
      code: "egress_unreachable",
      message: `other.example.com:${port} cannot be reached: ERR_TLS_CERT_ALTNAME_INVALID`,
    });
    const untrusted = egress({ allow: [NAME], certificates: [] });
    await expect(untrusted.post(`https://${NAME}:${port}/`)).rejects.toThrow("DEPTH_ZERO_SELF_SIGNED_CERT");
  });
});

describe("a name of the DNS", () => {
  it.each([
    [["127.0.0.1"]],
    [["10.0.0.5"]],
    [["169.254.169.254"]],
    [["8.8.8.8", "127.0.0.1"]],
    [["::1"]],
    [["::ffff:127.0.0.1"]],
    [["fe80::1%lo"]],
    [["64:ff9b::7f00:1"]],
    [["0.0.0.0"]],
    [["not an address"]],
  ])("that is at %j is refused, without a connection and without telling where it is", async (addresses) => {
    let connections = 0;
    const port = await listening(
      createTcpServer(() => {
        connections += 1;
      }),
    );
    const { post } = egress({ dns: [addresses] });
    const refusal: unknown = await post(`https://${NAME}:${port}/hunter2`).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "egress_refused", message: expect.stringContaining(NAME) });
    expect(String(refusal)).not.toMatch(/hunter2|127\.0\.0\.1|10\.0\.0\.5|::1/);
    expect(connections).toBe(0);
  });

  it.each([
    "localhost",
    "localhost.",
    "LOCALHOST",
    "app.localhost",
    "metadata.google.internal",
    "instance-data.ec2.internal.",
    "xn--80ak6aa92e.com",
    "hooks.example.com.",
    "127.0.0.1.nip.example",
  ])("such as %s is judged by where it is, whatever it is called", async (name) => {
    let connections = 0;
    const port = await listening(
      createTcpServer(() => {
        connections += 1;
      }),
    );
    const { post, asked } = egress({});
    await expect(post(`https://${name}:${port}/`)).rejects.toMatchObject({ code: "egress_refused" });
    expect(asked).toEqual([name.toLowerCase().replace(/\.$/, "")]);
    expect(connections).toBe(0);
  });

  it("never wins by saying something else the next time", async () => {
    let inside = 0;
    const port = await secure((_request, response) => void response.end());
    // The same port of another address of this machine stands for what is inside.
    const forbidden = createTcpServer((socket) => {
      inside += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => forbidden.listen(port, "127.0.0.2", resolve));
    onTestFinished(() => new Promise<void>((resolve) => void forbidden.close(() => resolve())));
    const { post, asked } = egress({
      allow: ["127.0.0.1"],
      dns: [["127.0.0.1"], ["127.0.0.2"], ["127.0.0.1"]],
    });
    const url = `https://${NAME}:${port}/`;
    expect((await post(url)).status).toBe(200);
    await expect(post(url)).rejects.toMatchObject({ code: "egress_refused" });
    expect((await post(url)).status).toBe(200);
    // Asked once for each request: between the check and the connection nobody is asked again.
    expect(asked).toHaveLength(3);
    expect(inside).toBe(0);
  });

  it("that the operator allows may be inside, and yet not at the metadata", async () => {
    const port = await secure((_request, response) => void response.end("inside"));
    const { post } = egress({
      allow: [`${NAME}:${port}`],
      dns: [["127.0.0.1"], ["169.254.169.254"], ["fd00:ec2::254"]],
    });
    expect((await post(`https://${NAME}:${port}/`)).text).toBe("inside");
    await expect(post(`https://${NAME}:${port}/`)).rejects.toMatchObject({ code: "egress_refused" });
    await expect(post(`https://${NAME}:${port}/`)).rejects.toThrow("the metadata of AWS");
  });

  it("that the DNS does not answer for is not waited for", async () => {
    const { post } = egress({ resolve: () => new Promise(() => {}), timeoutMs: 50 });
    await expect(post(`https://${NAME}/`)).rejects.toMatchObject({
      code: "egress_unreachable",
      message: `${NAME} did not answer within 0.05 s`,
    });
  });

  it("that nobody knows is told as such", async () => {
    const failing = egress({
      resolve: () => Promise.reject(Object.assign(new TypeError("no"), { code: "ENOTFOUND" })),
    });
    for (const { post } of [failing, egress({ dns: [[]] })])
      await expect(post(`https://${NAME}/`)).rejects.toMatchObject({
        code: "egress_unreachable",
        message: `The host ${NAME} is not known`,
      });
  });
});

describe("an answer", () => {
  const local = (port: number) => ({
    url: `http://127.0.0.1:${port}/hunter2`,
    allow: [`http://127.0.0.1:${port}`],
  });

  it.each([301, 302, 303, 307, 308])("%i that points elsewhere is not followed", async (status) => {
    let followed = 0;
    const elsewhere = await plain((_request, response) => {
      followed += 1;
      response.end();
    });
    const port = await plain(
      (_request, response) =>
        void response.writeHead(status, { location: `http://127.0.0.1:${elsewhere}/` }).end(),
    );
    const { url, allow } = local(port);
    expect(await egress({ allow }).post(url)).toMatchObject({ status });
    expect(followed).toBe(0);
  });

  it("without end is cut, and its status counts", async () => {
    const port = await plain((_request, response) => {
      const more = () => void response.write("x".repeat(65_536), (error) => error ?? more());
      response.on("error", () => {});
      more();
    });
    const { url, allow } = local(port);
    const answer = await egress({ allow, bytes: 1000 }).post(url);
    expect(answer).toMatchObject({ status: 200, isCut: true });
    expect(answer.text).toHaveLength(1000);
  });

  it("that stops half-way has its status", async () => {
    const port = await raw("HTTP/1.1 202 Accepted\r\ncontent-length: 100\r\n\r\nhalf");
    const { url, allow } = local(port);
    expect(await egress({ allow, timeoutMs: 300 }).post(url)).toMatchObject({
      status: 202,
      text: "half",
      isCut: true,
    });
  });

  it.each([
    ["silence", ""],
    ["hints without end", "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(50)],
  ])("that is %s is not waited for", async (_what, answer) => {
    const { url, allow } = local(await raw(answer));
    await expect(egress({ allow, timeoutMs: 200 }).post(url)).rejects.toMatchObject({
      code: "egress_unreachable",
      message: expect.stringContaining("did not answer within 0.2 s"),
    });
  });

  it.each([
    [
      "of another protocol",
      "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
      /closed|HPE/,
    ],
    ["of no protocol", "SSH-2.0-OpenSSH_9.2\r\n", /HPE_/],
    [
      "with headers without end",
      `HTTP/1.1 200 OK\r\nx: ${"x".repeat(20_000)}\r\n\r\n`,
      /HPE_HEADER_OVERFLOW/,
    ],
    [
      "with two lengths",
      "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
      /HPE_/,
    ],
  ])("%s is none, and nothing of it is told", async (_what, answer, why) => {
    const { url, allow } = local(await raw(answer));
    const failure: unknown = await egress({ allow, timeoutMs: 5000 })
      .post(url)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "egress_unreachable", message: expect.stringMatching(why) });
    expect(String(failure)).not.toContain("hunter2");
  });

  it("is not waited for when nobody wants it any more", async () => {
    const abort = new AbortController();
    const port = await plain(() => abort.abort(new TypeError("enough")));
    const { url, allow } = local(port);
    await expect(egress({ allow }).post(url, {}, abort.signal)).rejects.toThrow("enough");
  });
});

describe("what is asked", () => {
  it("knows nothing of the environment's proxies", async () => {
    let asked = 0;
    const proxy = await plain((_request, response) => {
      asked += 1;
      response.end("by the proxy");
    });
    const address = `http://127.0.0.1:${proxy}`;
    onTestFinished(setGlobalProxyFromEnv({ http_proxy: address, HTTP_PROXY: address, https_proxy: address }));
    const port = await plain((_request, response) => void response.end("direct"));
    const url = `http://127.0.0.1:${port}/`;
    // Whatever else in the program takes it …
    const [others] = (await once(get(url), "response")) as [IncomingMessage];
    expect(await bodyOf(others)).toBe("by the proxy");
    const { post } = egress({ allow: [`http://127.0.0.1:${port}`] });
    expect((await post(url)).text).toBe("direct");
    expect(asked).toBe(1);
  });

  it("cannot smuggle a header", async () => {
    const port = await plain((_request, response) => void response.end());
    const { post } = egress({ allow: [`http://127.0.0.1:${port}`] });
    const headers = { authorization: "hunter2\r\nx-evil: 1" };
    const failure: unknown = await post(`http://127.0.0.1:${port}/`, { headers }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({
      code: "egress_unreachable",
      message: expect.stringContaining("a header holds"),
    });
    expect(String(failure)).not.toContain("hunter2");
  });
});

/** What the mail channel does with servers that are down, slow, or none. Certificates and refusals are in mailChannel.test.ts. */
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { CANARY, TRACES, told } from "../kinds.fixture.ts";
import { deliver, failureOf, opened } from "../opened.fixture.ts";
import { startBytes } from "../troubledServers.fixture.ts";
import { mailChannel } from "./mailChannel.ts";

const LOGIN = { user: CANARY, passwordFile: "p" };

function channelAt(port: number, tls = "none") {
  const section = {
    ...{ host: "127.0.0.1", port, tls, from: "anchorwatch@example.com", to: ["ada@example.com"] },
    ...LOGIN,
  };
  return opened(mailChannel, section, { secrets: { password: CANARY }, allow: `127.0.0.1:${port}` });
}

async function speaking(...said: Parameters<typeof startBytes>) {
  const server = await startBytes(...said);
  onTestFinished(() => server.close());
  return server;
}

it.each([
  ["speaks HTTP", "HTTP/1.1 400 Bad Request\r\n\r\n", undefined],
  ["greets without end", "220-", { text: "x".repeat(65_536), everyMs: 1 }],
  ["greets in lines without end", "220-a\r\n", { text: "220-a\r\n".repeat(4000), everyMs: 1 }],
  ["has no service today", "421 4.3.2 try again later\r\n", undefined],
])("a server that %s is tried again", async (_what, first, again) => {
  const { port } = await speaking(first, again);
  const failure = await failureOf(channelAt(port));
  expect(failure).toMatchObject({ retry: "again", message: expect.stringContaining("the mail server") });
  expect(told(failure)).not.toMatch(TRACES);
});

it("a server that nobody runs is tried again", async () => {
  const server = await speaking("");
  await server.close();
  const failure = await failureOf(channelAt(server.port));
  expect(failure).toMatchObject({ retry: "again", message: expect.stringContaining("ECONNREFUSED") });
});

it.each([
  ["says nothing", "", undefined],
  ["says it line by line", "220-wait\r\n", { text: "220-wait\r\n", everyMs: 20 }],
])("a server that %s is waited for as long as the deliverer wants", async (_what, first, again) => {
  const { port } = await speaking(first, again);
  await expect(deliver(channelAt(port), {}, AbortSignal.timeout(250))).rejects.toThrow(/timeout/);
});

it.each([
  ["offers no encryption", "250-here\r\n250 AUTH PLAIN LOGIN\r\n", "502 5.5.1 what?\r\n"],
  ["offers it and has none", "250-here\r\n250 STARTTLS\r\n", "454 4.7.0 not now\r\n"],
  [
    "says that it begins, and goes on in the open",
    "250-here\r\n250 STARTTLS\r\n",
    "220 go\r\n250 AUTH PLAIN\r\n",
  ],
])("a server that %s gets neither the password nor the mail", async (_what, greeting, answer) => {
  const heard: string[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => {}).write("220 here ESMTP\r\n");
    socket.on("data", (chunk) => {
      heard.push(chunk.toString("latin1"));
      socket.write(/^EHLO/.test(heard.at(-1) ?? "") ? greeting : answer);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const failure = await failureOf(channelAt((server.address() as AddressInfo).port, "starttls"));
  expect(failure).toMatchObject({ retry: "again", message: expect.stringContaining("does not encrypt") });
  expect(heard.join("")).toMatch(/^EHLO/);
  expect(heard.join("")).not.toMatch(/AUTH|MAIL|RCPT|DATA|Subject/);
});

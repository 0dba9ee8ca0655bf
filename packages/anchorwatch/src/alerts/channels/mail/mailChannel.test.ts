import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type SelfSigned, selfSigned } from "../../../server/selfSigned.fixture.ts";
import { alertDrift, alertMessage, EVIL_TEXTS, hostileMessage } from "../../message/messages.fixture.ts";
import { deliver, failureOf, opened } from "../opened.fixture.ts";
import { mailChannel } from "./mailChannel.ts";
import { type MailServerDouble, type MailServerOptions, startMailServer } from "./mailServer.fixture.ts";

const LOGIN = { user: "anchorwatch", password: "hunter2-canary" };
let folder: string;
let tls: SelfSigned;
let server: MailServerDouble;
let running: MailServerDouble | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "anchorwatch-mail-"));
  tls = await selfSigned(folder, "mail.test");
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(async () => {
  await running?.close();
  running = undefined;
});

async function started(options: MailServerOptions): Promise<MailServerDouble> {
  running = await startMailServer(options);
  return running;
}

/** As an operator has it: encrypted, with a password. */
async function encrypted({ isImplicit = false, to = ["ada@example.com"] } = {}) {
  server = await started({ tls, login: LOGIN, isImplicit });
  const section = {
    ...{ host: "mail.test", port: server.port, from: "anchorwatch@example.com", to },
    ...{ user: LOGIN.user, passwordFile: "p", authorityFile: "a", tls: isImplicit ? "implicit" : "starttls" },
  };
  const open = (secrets: Readonly<Record<string, string>> = {}) =>
    opened(mailChannel, section, {
      secrets: { password: LOGIN.password, authority: tls.cert, ...secrets },
      allow: `mail.test:${server.port}`,
    });
  return open;
}

/** On this machine. */
async function plain(options: MailServerOptions = {}, to: readonly string[] = ["ada@example.com"]) {
  server = await started(options);
  const section = { host: "127.0.0.1", port: server.port, tls: "none", from: "anchorwatch@example.com", to };
  return opened(mailChannel, section, { allow: `127.0.0.1:${server.port}` });
}

/** A header with its folded lines. */
function header(name: string, index = 0): string | undefined {
  const [head = ""] = server.mails[index]?.raw.split("\r\n\r\n", 1) ?? [];
  const line = head.replaceAll(/\r\n[ \t]/g, " ").match(new RegExp(`^${name}: (.*)$`, "im"));
  return line?.[1] === undefined ? undefined : decoded(line[1]);
}

/** Words of RFC 2047. */
function decoded(text: string): string {
  return text.replaceAll(/=\?UTF-8\?([QB])\?([^?]*)\?=(?:\s+(?==\?))?/gi, (_, kind: string, word: string) =>
    kind.toUpperCase() === "B"
      ? Buffer.from(word, "base64").toString("utf8")
      : quoted(word.replaceAll("_", " ")),
  );
}

function quoted(text: string): string {
  const bytes = text.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/** The decoded parts: text, HTML. */
function parts(index = 0): readonly string[] {
  const raw = server.mails[index]?.raw ?? "";
  const boundary = /boundary="([^"]+)"/.exec(raw)?.[1] ?? "none";
  return raw
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => {
      const at = part.indexOf("\r\n\r\n");
      const [head, body] = [part.slice(0, at), part.slice(at + 4)];
      if (/base64/i.test(head)) return Buffer.from(body, "base64").toString("utf8");
      if (!/quoted-printable/i.test(head)) return body;
      return quoted(body.replaceAll("=\r\n", ""));
    });
}

describe("a mail", () => {
  test.each([false, true])(
    "goes encrypted, by a user with a password (encrypted from the start: %s)",
    async (isImplicit) => {
      const open = await encrypted({ isImplicit });
      await deliver(open());
      expect(server.mails).toMatchObject([
        { from: "anchorwatch@example.com", to: ["ada@example.com"], isSecure: true, user: "anchorwatch" },
      ]);
      expect(header("List-Id")).toBe("Anchorwatch <oncall.anchorwatch.example.com>");
      expect(header("Auto-Submitted")).toBe("auto-generated");
      expect(header("Subject")).toContain("CRITICAL security");
      const [text, html] = parts();
      for (const part of [text, html]) {
        for (const said of [
          "network (env=prod, team=payments)",
          "infra/main.tf:12",
          "opened port 22",
          "differs (sensitive, not shown)",
        ]) {
          expect(part).toContain(said);
        }
      }
      expect(html).toContain(
        '<a href="https://anchorwatch.example.com/api/v1/drifts/0197-drift-1">Open in Anchorwatch</a>',
      );
    },
  );

  test("and those that follow it are one thread", async () => {
    const channel = await plain();
    const { reference } = await deliver(channel, { key: "k1" });
    const { reference: next } = await deliver(channel, {
      key: "k2",
      step: "update",
      reference,
      message: alertMessage({ severity: "low" }),
    });
    await deliver(channel, {
      key: "k3",
      step: "resolve",
      reference: next,
      message: alertMessage({ status: "resolved" }),
    });
    expect(channel.updates).toBe(false);
    const first = header("Message-ID");
    expect(first).toBe("<anchorwatch.k1@example.com>");
    for (const index of [1, 2]) {
      expect(header("References", index)).toBe(first);
      expect(header("In-Reply-To", index)).toBe(first);
      expect(header("Subject", index)).toBe(`Re: ${header("Subject")}`);
      expect(header("Message-ID", index)).not.toBe(first);
    }
  });

  test("that is sent again has the same id", async () => {
    const channel = await plain();
    await deliver(channel);
    await deliver(channel);
    expect(header("Message-ID", 1)).toBe(header("Message-ID"));
  });

  test("of a storm fits", async () => {
    const diff = Array.from({ length: 200 }, () => "+ ".padEnd(900, "ö"));
    const drifts = Array.from({ length: 10 }, (_, i) =>
      alertDrift({ diff, address: `aws_security_group.web[${i}]` }),
    );
    await deliver(await plain(), { message: alertMessage({ drifts, total: 5000, open: 5000 }) });
    expect(server.mails[0]?.raw.length).toBeLessThan(500_000);
    for (const part of parts()) expect(part).toMatch(/… and 49\d\d more/);
  });
});

test.each(EVIL_TEXTS)("%j is text in a mail: no header, no markup, nothing that is fetched", async (evil) => {
  await deliver(await plain(), { message: hostileMessage(evil) });
  const names = (server.mails[0]?.raw.split("\r\n\r\n", 1)[0] ?? "")
    .match(/^[A-Za-z-]+(?=:)/gm)
    ?.map((name) => name.toLowerCase());
  expect(names?.toSorted()).toEqual([
    ...[
      "auto-submitted",
      "content-type",
      "date",
      "from",
      "list-id",
      "message-id",
      "mime-version",
      "subject",
      "to",
    ],
    "x-auto-response-suppress",
  ]);
  const [text = "", html = ""] = parts();
  expect(text).not.toMatch(/(?!\n|\r)[\p{Cc}\p{Cf}]/u);
  const tags = new Set([...html.matchAll(/<\/?([a-z0-9]+)/g)].map(([, tag]) => tag));
  for (const tag of tags) {
    expect([
      "html",
      "head",
      "meta",
      "title",
      "body",
      "h1",
      "h2",
      "p",
      "strong",
      "em",
      "table",
      "tr",
      "td",
      "pre",
      "ul",
      "li",
      "a",
    ]).toContain(tag);
  }
  expect((html.match(/<[^>]*>/g) ?? []).join("")).not.toMatch(/\ssrc=|url\(|@import|\son/i);
  for (const [, link = ""] of html.matchAll(/href="([^"]*)"/g)) {
    expect(
      new URL(link.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))).host,
    ).not.toBe("evil.example");
  }
});

describe("a refusal", () => {
  test("for now (greylisting) is tried again, and then it arrives once", async () => {
    const channel = await plain();
    server.refusals.set("ada@example.com", [{ code: 451, text: "4.7.1 Greylisted, try again" }]);
    expect(await failureOf(channel)).toMatchObject({
      retry: "again",
      message: "the mail server refused it: 451 4.7.1",
    });
    await deliver(channel);
    expect(server.mails).toHaveLength(1);
  });

  test("for good is a dead letter, without the server's words", async () => {
    const channel = await plain();
    server.refusals.set("ada@example.com", [{ code: 550, text: "5.1.1 <ada@example.com> hunter2 unknown" }]);
    expect(await failureOf(channel)).toMatchObject({
      retry: "never",
      message: "the mail server refused it: 550 5.1.1",
    });
  });

  test("for one of several now is tried for that one alone", async () => {
    const channel = await plain({}, ["ada@example.com", "eve@example.com"]);
    server.refusals.set("eve@example.com", [{ code: 450, text: "4.2.0 busy" }]);
    expect(await failureOf(channel)).toMatchObject({ retry: "again" });
    await deliver(channel);
    expect(server.mails.map(({ to }) => to)).toEqual([["ada@example.com"], ["eve@example.com"]]);
  });

  test("for one of several for good does not keep the others from getting it, and is a dead letter", async () => {
    const channel = await plain({}, ["ada@example.com", "eve@example.com"]);
    server.refusals.set("eve@example.com", [{ code: 550, text: "5.1.1 unknown" }]);
    expect(await failureOf(channel)).toMatchObject({
      retry: "never",
      message: "the mail server refused it: 550 5.1.1",
    });
    expect(server.mails.map(({ to }) => to)).toEqual([["ada@example.com"]]);
    // Sent again, for those who have not got it.
    await deliver(channel);
    expect(server.mails.map(({ to }) => to)).toEqual([["ada@example.com"], ["eve@example.com"]]);
  });

  test("of all, of some for good and of some for now, is tried again for those who may get it", async () => {
    const channel = await plain({}, ["ada@example.com", "eve@example.com"]);
    server.refusals.set("ada@example.com", [{ code: 451, text: "4.7.1 later" }]);
    server.refusals.set("eve@example.com", [{ code: 550, text: "5.1.1 unknown" }]);
    expect(await failureOf(channel)).toMatchObject({
      retry: "again",
      message: "the mail server refused it: 451 4.7.1",
    });
  });

  test("of the password says so, and never the password", async () => {
    const open = await encrypted();
    const failure = await failureOf(open({ password: "hunter2-wrong" }));
    expect(failure).toMatchObject({ retry: "never", message: expect.stringContaining("did not believe") });
    expect(JSON.stringify([failure.message, String(failure.cause)])).not.toMatch(/hunter2|aHVudGVy/);
  });
});

describe("nothing is sent", () => {
  test("to a server that does not encrypt", async () => {
    server = await started({});
    const section = { host: "mail.test", port: server.port, from: "a@example.com", to: ["b@example.com"] };
    const failure = await failureOf(opened(mailChannel, section, { allow: `mail.test:${server.port}` }));
    expect(failure).toMatchObject({ retry: "again" });
    expect(server.mails).toEqual([]);
  });

  test("to a server whose certificate nobody vouches for", async () => {
    const open = await encrypted();
    const failure = await failureOf(open({ authority: undefined as never }));
    expect(failure).toMatchObject({ retry: "again", message: expect.stringContaining("certificate") });
    expect(server.mails).toEqual([]);
  });

  test("to a private network that the operator has not allowed", async () => {
    server = await started({});
    const section = {
      host: "127.0.0.1",
      port: server.port,
      tls: "none",
      from: "a@example.com",
      to: ["b@example.com"],
    };
    expect(await failureOf(opened(mailChannel, section, {}))).toMatchObject({ retry: "never" });
  });
});

test("a section that would send in the open, or has half a login, is told so", () => {
  const given = { host: "smtp.example.com", from: "a@example.com", to: ["b@example.com"] };
  expect(mailChannel.check?.(given)).toEqual([]);
  expect(mailChannel.check?.({ ...given, tls: "none" })).toMatchObject([{ member: "tls" }]);
  expect(mailChannel.check?.({ ...given, user: "a" })).toMatchObject([{ member: "user" }]);
  expect(mailChannel.check?.({ ...given, passwordFile: "a" })).toHaveLength(1);
  for (const to of ["Ada <ada@example.com>", "a@b\r\nBcc: c@d", "a@b,c@d", "@b", "a@"]) {
    expect(mailChannel.section.safeParse({ ...given, to: [to] }).success).toBe(false);
  }
});

/** The command line against a server with real accounts: logging in by a browser, and looking after people. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { type RemoteUser, remoteUser } from "../../packages/anchorwatch/src/cli/remote/remoteRun.fixture.ts";
import {
  manualSignals,
  memoryStream,
  stillSurroundings,
} from "../../packages/anchorwatch/src/cli/testSurroundings.fixture.ts";
import { listen } from "../../packages/anchorwatch/src/server/listen.ts";
import { memoryWatch, stackNamed } from "../../packages/anchorwatch/src/server/memoryWatch.fixture.ts";
import type { Database } from "../../packages/anchorwatch/src/store/connect.ts";
import { openTestDatabase, quickTestServer } from "../../packages/anchorwatch/src/store/postgres.fixture.ts";
import { run } from "../support/run.ts";
import { type AccessServer, accessServer, type Somebody } from "./accessServer.fixture.ts";

const MAIN = fileURLToPath(new URL("../../packages/anchorwatch/src/cli/main.ts", import.meta.url));
const PASSWORD = "an otter reads the ledger";
const HOUR = 3_600_000;
let database: Database;
let server: AccessServer;
let url: string;
/** The first administrator, at a browser. */
let kim: Somebody;

beforeAll(async () => {
  database = await openTestDatabase(await (await quickTestServer()).createDatabase());
  server = await accessServer(database, memoryWatch({ stacks: [stackNamed("net")] }));
  const secret = await server.firstRun();
  kim = server.somebody();
  const person = { login: "kim", name: "Kim" };
  expect(await kim.told("POST", "/setup/password", { secret, person, password: PASSWORD })).toEqual([
    200,
    undefined,
  ]);
  url = await listen(server.api, { port: 0, place: server.place });
});

afterAll(async () => {
  await server?.api.close();
  await database?.close();
});

// Logins are counted by the clock; and whoever lets a program in has just proven himself.
beforeEach(async () => {
  server.pass(HOUR);
  expect(await kim.told("POST", "/session/proof/password", { password: PASSWORD })).toEqual([204, undefined]);
});

const clock = () => server.context.now();
const lasting = { ...stillSurroundings().lasting, clock };

interface Confirming {
  /** What the person does while the program waits for the so-manieth time. */
  readonly answers: readonly (undefined | "allow" | "deny" | (() => void))[];
  readonly user?: RemoteUser;
}

/** `anchorwatch login`, while a person at a browser reads the code and answers. */
async function login({ answers, user = remoteUser() }: Confirming, ...flags: readonly string[]) {
  const stderr = memoryStream();
  let waits = 0;
  const sleep = async (milliseconds: number) => {
    server.pass(milliseconds);
    const answer = answers[waits++];
    const [, code] = /confirm the code ([A-Z]{4}-[A-Z]{4})\n/.exec(stderr.text()) ?? [];
    if (typeof answer === "function") answer();
    else if (answer !== undefined) {
      expect((await kim.ask("POST", "/device/look", { userCode: code })).body.name).toBe("laptop");
      expect(await kim.told("POST", "/device/answer", { userCode: code, answer })).toEqual([200, undefined]);
    }
  };
  const ran = await user.with({ lasting, stderr }, { sleep }).run("login", "--server", url, ...flags);
  return { ...ran, stderr: stderr.text(), user: user.with({ lasting }), waits };
}

function kept({ configFolder }: RemoteUser): readonly string[] {
  return readdirSync(join(configFolder, "logins"));
}

function tokenOf(user: RemoteUser): { readonly token: string; readonly tokenId: string } {
  return JSON.parse(readFileSync(join(user.configFolder, "logins", kept(user)[0] ?? ""), "utf8"));
}

describe("anchorwatch login", () => {
  it("lets a program in once somebody at a browser has confirmed its code, and keeps the token to itself", async () => {
    const { status, stdout, stderr, user } = await login({ answers: [undefined, undefined, "allow"] });
    expect([status, stdout.replace(/until .*\)/, "until T")]).toEqual([
      0,
      `Logged in to ${url} as kim, until T.\n`,
    ]);
    expect(stderr).toContain(`Open ${url}/device#`);
    const { token } = tokenOf(user);
    expect(statSync(join(user.configFolder, "logins", kept(user)[0] ?? "")).mode & 0o777).toBe(0o600);
    const who = await user.run("whoami");
    expect(who.stdout).toMatch(/login {3}kim\n.*roles {3}administrator everywhere\n/s);
    const everything = [
      stdout,
      stderr,
      who.stdout,
      who.stderr,
      server.log(),
      JSON.stringify(await server.entries()),
    ];
    expect(everything.join("")).not.toContain(token.slice(4));
  });

  it("and anchorwatch logout makes the token one that nobody knows", async () => {
    const { user } = await login({ answers: ["allow"] });
    const { token } = tokenOf(user);
    expect(await user.run("logout")).toEqual({ status: 0, stdout: `Logged out of ${url}.\n`, stderr: "" });
    expect(kept(user)).toEqual([]);
    const thief = server.somebody();
    thief.token = token;
    expect(await thief.told("GET", "/session")).toEqual([401, "sign_in_required"]);
    expect((await user.run("logout", "--server", url)).stderr).toContain("(login_missing)");
  });

  it("a second login replaces the first one, whose token is revoked", async () => {
    const { user } = await login({ answers: ["allow"] });
    const { tokenId } = tokenOf(user);
    await login({ answers: ["allow"], user });
    expect(tokenOf(user).tokenId).not.toBe(tokenId);
    const { stdout } = await user.run("tokens", "list", "--format", "json");
    const old = JSON.parse(stdout).tokens.find(({ id }: { id: string }) => id === tokenId);
    expect(old.revokedAt).toBeDefined();
    expect((await user.run("tokens", "list")).stdout).toMatch(
      /laptop \(login\) +all of its owner's +.*revoked/,
    );
  });

  it("also revokes the token of the first one where the second is of somebody else", async () => {
    const { user } = await login({ answers: ["allow"] });
    const { tokenId, token } = tokenOf(user);
    const ana = server.somebody();
    const invited = await kim.ask("POST", "/users", { login: "ana" });
    const secret = String(invited.body.link).split("#")[1];
    const person = { login: "ana", name: "Ana" };
    expect(await ana.told("POST", "/setup/password", { secret, person, password: PASSWORD })).toEqual([
      200,
      undefined,
    ]);
    const expiresAt = new Date(clock().getTime() + HOUR).toISOString();
    const { body } = await ana.ask("POST", "/tokens", { name: "ci", expiresAt });
    const other = user.with({}, { readSecret: async () => body.secret });
    expect((await other.run("login", "--token", "--server", url)).stdout).toContain("as ana");
    expect([tokenOf(user).tokenId, tokenOf(user).token]).not.toEqual([tokenId, token]);
    const thief = server.somebody();
    thief.token = token;
    expect(await thief.told("GET", "/session")).toEqual([401, "sign_in_required"]);
  });

  it("fails when the person says no, and when nobody answers; nothing is kept", async () => {
    const denied = await login({ answers: ["deny"] });
    expect([denied.status, denied.stderr]).toEqual([1, expect.stringContaining("The login was denied")]);
    const forgotten = await login({ answers: [undefined, () => server.pass(HOUR)] });
    expect(forgotten.stderr).toContain("Nobody confirmed the login in time");
    for (const { user } of [denied, forgotten]) expect(() => kept(user)).toThrow(/ENOENT/);
  });

  it("outlives a server that is away for a moment, and ends at Ctrl-C", async () => {
    let isAway = true;
    const away: typeof fetch = (input, init) =>
      isAway && String(input instanceof Request ? input.url : input).endsWith("/device/token")
        ? Promise.reject(new TypeError("fetch failed"))
        : fetch(input, init);
    const back = () => {
      isAway = false;
    };
    const through = await login({
      answers: [undefined, back, "allow"],
      user: remoteUser({}, { fetch: away }),
    });
    expect([through.status, through.waits]).toEqual([0, 3]);
    const signals = manualSignals();
    const { onInterrupt } = signals;
    const ended = await login({ answers: [() => signals.send("SIGINT")], user: remoteUser({ onInterrupt }) });
    expect(ended.status).toBe(130);
  });

  it("takes a token that was made elsewhere, which logout only forgets", async () => {
    const expiresAt = new Date(clock().getTime() + HOUR).toISOString();
    const { body } = await kim.ask("POST", "/tokens", { name: "ci", expiresAt });
    const user = remoteUser({ lasting }, { readSecret: async () => body.secret });
    const given = await user.run("login", "--token", "--server", url);
    expect([given.status, given.stdout]).toEqual([0, `Logged in to ${url} as kim.\n`]);
    expect((await user.run("logout")).stderr).toContain("The token itself is still good");
    const other = server.somebody();
    other.token = body.secret;
    expect((await other.ask("GET", "/session")).status).toBe(200);
    const wrong = remoteUser({ lasting }, { readSecret: async () => `awt_${"A".repeat(43)}` });
    expect(await wrong.run("login", "--token", "--server", url)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("(sign_in_required)"),
    });
  });
});

describe("the program itself", () => {
  it("reads a token from its standard input, and keeps it in the user's own folder", async () => {
    const folder = mkdtempSync(join(tmpdir(), "aw-login-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const expiresAt = new Date(clock().getTime() + HOUR).toISOString();
    const { body } = await kim.ask("POST", "/tokens", { name: "ci", expiresAt });
    writeFileSync(join(folder, "token"), `${body.secret}\n`, { mode: 0o600 });
    const { PATH, TMPDIR } = process.env;
    const env = { PATH, TMPDIR, HOME: folder, XDG_CONFIG_HOME: join(folder, "settings") };
    const program = (line: string) =>
      run("/bin/sh", ["-c", `exec "$0" "$1" ${line}`, process.execPath, MAIN], { cwd: folder, env });
    const given = await program(`login --token --server ${url} < token`);
    expect(given).toMatchObject({ status: 0, stdout: `Logged in to ${url} as kim.\n` });
    const [name = ""] = readdirSync(join(folder, "settings", "anchorwatch", "logins"));
    expect(given.stderr).toContain(join(folder, "settings", "anchorwatch", "logins", name));
    expect(await program("status --format json")).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('"schema": "anchorwatch.status/v1"'),
    });
    expect((await program("login --token --server https://localhost:1 < /dev/null")).stderr).toContain(
      "(login_failed)",
    );
  });
});

describe("an administrator at a terminal", () => {
  it("invites, disables and removes people, and gives and takes roles", async () => {
    const { user } = await login({ answers: ["allow"] });
    const invited = await user.run("users", "invite", "maria@example.com", "--name", "Maria");
    expect(invited.stdout).toMatch(/^http:\/\/localhost:\d+\/setup#[A-Za-z0-9_-]{43}\n$/);
    expect(invited.stderr).toContain("in 7 days");
    const given = await user.run("roles", "give", "operator", "Maria@example.com", "--label", "team=web");
    expect(given.stdout).toBe("Maria@example.com is operator where team=web now.\n");
    const { stdout } = await user.run("roles", "list", "--format", "json");
    const { id } = JSON.parse(stdout).assignments.find(({ role }: { role: string }) => role === "operator");
    // The first administrator has his role as a user, not by his login.
    expect((await user.run("roles", "list")).stdout).toMatch(/administrator +kim +everywhere/);
    expect((await user.run("roles", "list")).stdout).toMatch(
      /operator +maria@example\.com +team=web +given just now/,
    );
    const why = ["access", "explain", "maria@example.com", "stack.check", "labels:team=web", "--server", url];
    expect(await user.run(...why)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^ALLOWED {2}maria@example\.com/),
    });
    expect(await user.run("roles", "take", id)).toMatchObject({ status: 0 });
    expect(await user.run(...why)).toMatchObject({
      status: 2,
      stdout: expect.stringContaining("What would allow it"),
    });
    const byName = (resource: string) => user.run(...why.with(4, resource));
    expect(await byName("stack:net")).toMatchObject({
      status: 2,
      stdout: expect.stringMatching(/^DENIED {2}maria@example\.com +stack\.check +stack:net/),
    });
    expect((await byName("stack:nothing")).stderr).toContain('There is no stack "nothing" that you may see');
    expect(await byName("account:production")).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/asked about accounts by their labels.*\(access_question_invalid\)/s),
    });
    const policies = await user.run("access", "policies", "--server", url);
    expect(policies).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^\/\/ built in: .*\n.*permit/s),
    });
    // However it is typed, one is asked for, and not all.
    expect(await user.run("users", "disable", " Ｍaria@EXAMPLE.com ")).toMatchObject({ status: 0 });
    expect((await user.run("users", "list")).stdout).toMatch(
      /maria@example\.com +Maria +here +disabled +never/,
    );
    const listed = JSON.parse((await user.run("users", "list", "--format", "json")).stdout).users;
    const { id: maria } = listed.find(({ login: name }: { login: string }) => name === "maria@example.com");
    expect(await user.run("users", "remove", maria)).toMatchObject({ status: 0 });
    expect((await user.run("users", "remove", maria)).stderr).toContain("There is no user");
    expect((await user.run("users", "list")).stdout).not.toContain("maria");
    const misspelled = await user.run("roles", "give", "viewer", "mraia@example.com");
    expect(misspelled.stderr).toContain('There is no user "mraia@example.com"');
  });

  it("is told by the server what may not be", async () => {
    const { user } = await login({ answers: ["allow"] });
    const last = await user.run("users", "remove", "kim");
    expect([last.status, last.stderr]).toEqual([1, expect.stringContaining("(last_administrator)")]);
  });
});

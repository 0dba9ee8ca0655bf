/** People, their sessions, roles and tokens, through the API and on a real database; and those who attack them. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordRolesOfTheFile } from "../../packages/anchorwatch/src/app/access/rolesOfTheFile.ts";
import { signInWithPassword } from "../../packages/anchorwatch/src/app/access/signingIn.ts";
import { keepUp } from "../../packages/anchorwatch/src/app/access/upkeep.ts";
import { removeUser } from "../../packages/anchorwatch/src/app/access/users.ts";
import { Passwords } from "../../packages/anchorwatch/src/auth/password/passwords.ts";
import type { Principal } from "../../packages/anchorwatch/src/auth/principal.ts";
import type { RoleAssignment } from "../../packages/anchorwatch/src/auth/role.ts";
import type { UserId } from "../../packages/anchorwatch/src/auth/user.ts";
import type { Database } from "../../packages/anchorwatch/src/store/connect.ts";
import { openTestDatabase, quickTestServer } from "../../packages/anchorwatch/src/store/postgres.fixture.ts";
import { type AccessServer, accessServer, type Somebody } from "./accessServer.fixture.ts";

const PASSWORD = "an otter reads the ledger";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let database: Database;
let server: AccessServer;
/** An administrator, and his login; the first one at first. */
let kim: Somebody;
let kimsLogin = "";

beforeAll(async () => {
  database = await openTestDatabase(await (await quickTestServer()).createDatabase());
  server = await accessServer(database);
});

afterAll(async () => {
  await server?.api.close();
  await database?.close();
});

/** Entries of what changed: who came with an old cookie, and how often, apart. */
const changes = async () => (await server.entries()).filter(({ kind }) => kind !== "session.failed");
const kinds = async () => (await server.entries()).map(({ kind }) => kind);

async function setUp(secret: string, login: string, password = PASSWORD) {
  const person = server.somebody();
  const answer = await person.ask("POST", "/setup/password", {
    secret,
    person: { login, name: login },
    password,
  });
  return { person, answer };
}

/** Somebody who was invited, and has chosen a password. */
async function newPerson(login: string): Promise<{ person: Somebody; id: string }> {
  const { status, body } = await kim.ask("POST", "/users", { login });
  expect([status, body.code]).toEqual([201, undefined]);
  const secret = String(body.link).split("#")[1] ?? "";
  const { person, answer } = await setUp(secret, "");
  expect(answer.status).toBe(200);
  return { person, id: body.user.id };
}

async function signIn(login: string, password = PASSWORD, person = server.somebody()) {
  return { person, answer: await person.ask("POST", "/session/password", { login, password }) };
}

describe("the first run", () => {
  it("lets nobody in without its link, nor with one of an earlier start, nor after an hour", async () => {
    const stranger = server.somebody();
    expect(await stranger.told("GET", "/session")).toEqual([401, "sign_in_required"]);
    const [first = "", second = ""] = [await server.firstRun(), await server.firstRun()];
    for (const secret of [first, "-", "A".repeat(43), `${second}x`])
      expect(await stranger.told("POST", "/setup", { secret })).toEqual([404, "setup_link_invalid"]);
    expect((await stranger.ask("POST", "/setup", { secret: second })).body).toEqual({
      schema: "anchorwatch.setup/v1",
      kind: "first_run",
      passwords: true,
    });
    server.pass(HOUR);
    expect(await stranger.told("POST", "/setup", { secret: second })).toEqual([404, "setup_link_invalid"]);
  });

  it("refuses bad passwords and names, which does not use up the link", async () => {
    const secret = (await server.firstRun()) ?? "";
    const told = async (login: string, password: string) => {
      const { status, body } = (await setUp(secret, login, password)).answer;
      return [status, body.code];
    };
    expect(await told("kim", "password12345")).toEqual([422, "password_unfit"]);
    expect(await told("kim", "short")).toEqual([422, "password_unfit"]);
    expect(await told("k i m", PASSWORD)).toEqual([400, "request_invalid"]);
    expect(await told("", PASSWORD)).toEqual([400, "request_invalid"]);
    expect((await server.somebody().ask("POST", "/setup", { secret })).status).toBe(200);
  });

  it("makes one administrator of two who use the link at once, signs him in, and is over then", async () => {
    const secret = (await server.firstRun()) ?? "";
    await server.entries();
    const both = await Promise.all([setUp(secret, "Kim@Example.com "), setUp(secret, "mallory")]);
    expect(both.map(({ answer }) => answer.status).sort()).toEqual([200, 404]);
    const won = both.find(({ answer }) => answer.status === 200);
    kim = (won ?? both[0]).person;
    const me = (await kim.ask("GET", "/session")).body;
    expect(me).toMatchObject({
      channel: "session",
      strong: false,
      roles: [{ role: "administrator", scope: {} }],
      session: { method: "password", current: true },
    });
    kimsLogin = me.login;
    expect((await kim.ask("GET", "/users")).body.users).toHaveLength(1);
    expect(await kinds()).toEqual([
      "user.added",
      "permission.changed",
      "credential.added",
      "session.started",
    ]);
    expect(await server.firstRun()).toBeUndefined();
    expect(await server.somebody().told("POST", "/setup", { secret })).toEqual([404, "setup_link_invalid"]);
  });
});

describe("a session", () => {
  it("is nobody's after signing out, however often its cookie is sent", async () => {
    const { person } = await newPerson("leaving");
    const stolen = person.session ?? "";
    await server.entries();
    expect((await person.ask("DELETE", "/session")).status).toBe(204);
    expect(person.session).toBeUndefined();
    const thief = server.somebody("203.0.113.99");
    thief.session = stolen;
    expect(await thief.told("GET", "/session")).toEqual([401, "sign_in_required"]);
    expect(await thief.told("POST", "/session/end-all")).toEqual([401, "sign_in_required"]);
    expect(await server.entries()).toMatchObject([
      { kind: "session.ended", data: { cause: "signed_out" } },
      { kind: "session.failed", actor: { sourceAddress: "203.0.113.99" }, data: { method: "session" } },
    ]);
  });

  it("gets another secret after a while; the old one counts a minute more, and betrays a thief afterwards", async () => {
    const { person } = await newPerson("rotating");
    const before = person.session ?? "";
    server.pass(16 * MINUTE);
    const [first, second] = await Promise.all([person.ask("GET", "/session"), person.ask("GET", "/session")]);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(person.session).not.toBe(before);
    const thief = server.somebody();
    thief.session = before;
    expect((await thief.ask("GET", "/session")).status).toBe(200);
    server.pass(2 * MINUTE);
    expect((await person.ask("GET", "/session")).status).toBe(200);
    await server.entries();
    expect(await thief.told("GET", "/session")).toEqual([401, "sign_in_required"]);
    // Who of the two is the thief, nobody knows.
    expect(await person.told("GET", "/session")).toEqual([401, "sign_in_required"]);
    expect(await changes()).toMatchObject([
      { kind: "session.ended", data: { cause: "revoked", reason: expect.stringContaining("copied") } },
    ]);
  });

  it("gets another secret again when the answer that brought it was lost, which is no theft", async () => {
    const { person } = await newPerson("unlucky");
    server.pass(16 * MINUTE);
    const before = person.session ?? "";
    await person.ask("GET", "/session");
    const lost = person.session;
    person.session = before;
    server.pass(5 * MINUTE);
    const both = await Promise.all([person.ask("GET", "/session"), person.ask("GET", "/session")]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect([before, lost]).not.toContain(person.session);
    server.pass(2 * MINUTE);
    expect((await person.ask("GET", "/session")).status).toBe(200);
    person.session = before;
    expect((await person.ask("GET", "/session")).status).toBe(401);
  });

  it("ends when it is not used, and at the latest at its end; the ledger hears of those that nobody came back to", async () => {
    const idle = await newPerson("idle");
    const busy = await newPerson("busy");
    for (let hours = 0; hours < 7 * 24 - 1; hours += 11) {
      server.pass(11 * HOUR);
      expect((await busy.person.ask("GET", "/session")).status).toBe(hours + 11 < 7 * 24 ? 200 : 401);
    }
    await server.entries();
    await keepUp(server.context);
    const ended = await server.entries();
    expect(ended.every(({ kind, data }) => kind === "session.ended" && data["cause"] === "expired")).toBe(
      true,
    );
    expect(ended.length).toBeGreaterThan(0);
    expect(await idle.person.told("GET", "/session")).toEqual([401, "sign_in_required"]);
    kim = (await signIn(kimsLogin)).person;
  });

  it("is a new one at each sign-in, and the one before in that browser ends", async () => {
    const { person } = await newPerson("again");
    const before = person.session ?? "";
    await signIn("again", PASSWORD, person);
    expect(person.session).not.toBe(before);
    const thief = server.somebody();
    thief.session = before;
    expect((await thief.ask("GET", "/session")).status).toBe(401);
    expect((await person.ask("GET", "/sessions")).body.sessions).toHaveLength(1);
  });

  it("is seen, ended elsewhere, and everywhere with the tokens too", async () => {
    const { person } = await newPerson("everywhere");
    const other = (await signIn("everywhere", PASSWORD, server.somebody("203.0.113.9"))).person;
    const { sessions } = (await person.ask("GET", "/sessions")).body;
    expect(sessions).toHaveLength(2);
    const elsewhere = sessions.find(({ address }: { address: string }) => address === "203.0.113.9");
    expect(await kim.told("DELETE", `/sessions/${elsewhere.id}`)).toEqual([404, "request_not_found"]);
    expect((await person.ask("DELETE", `/sessions/${elsewhere.id}`)).status).toBe(204);
    expect((await other.ask("GET", "/session")).status).toBe(401);
    await signIn("everywhere", PASSWORD, other);
    const made = await person.ask("POST", "/tokens", { name: "t", expiresAt: inDays(1) });
    const program = server.somebody();
    program.token = made.body.secret;
    expect((await program.ask("GET", "/session")).status).toBe(200);
    expect((await other.ask("POST", "/session/end-all", { tokens: true })).body).toMatchObject({
      sessions: 2,
      tokens: 1,
    });
    for (const one of [person, other, program]) expect((await one.ask("GET", "/session")).status).toBe(401);
  });

  it("changes nothing for a page of another origin, nor for one that does not say which it is", async () => {
    const { person } = await newPerson("pages");
    const foreign = { origin: "https://evil.example" };
    expect(await person.told("DELETE", "/session", undefined, foreign)).toEqual([
      403,
      "request_origin_refused",
    ]);
    expect(await person.told("POST", "/session/end-all", {}, { origin: "null" })).toEqual([
      403,
      "request_origin_refused",
    ]);
    const api = await server.api.inject({
      method: "DELETE",
      url: "/api/v1/session",
      headers: { host: "localhost:7478", cookie: `anchorwatch=${person.session}` },
    });
    expect(api.statusCode).toBe(403);
    expect((await person.ask("GET", "/session")).status).toBe(200);
  });
});

const inDays = (days: number) => new Date(server.context.now().getTime() + days * DAY).toISOString();

describe("whoever guesses passwords", () => {
  const guess = async (login: string, address: string, person = server.somebody(address)) =>
    (await signIn(login, "a wrong password, really", person)).answer;

  it("is told the same for a name that there is, and for one that there is not", async () => {
    await newPerson("real");
    const [real, none] = [await guess("real", "198.51.100.1"), await guess("nobody", "198.51.100.2")];
    for (const answer of [real, none])
      expect([answer.status, answer.body.code]).toEqual([403, "sign_in_refused"]);
    expect(real.body.detail).toBe(none.body.detail);
  });

  it("waits longer and longer, and locks out neither the person's own browser nor himself elsewhere", async () => {
    const { person } = await newPerson("victim");
    await person.ask("DELETE", "/session");
    await server.entries();
    const statuses: number[] = [];
    for (let round = 0; round < 7; round++) statuses.push((await guess("victim", "198.51.100.3")).status);
    expect(statuses).toEqual([403, 403, 403, 403, 403, 429, 429]);
    const refused = await guess("victim", "198.51.100.3");
    expect(refused.body).toMatchObject({
      code: "request_too_often",
      hint: expect.stringMatching(/^Wait \d+ s/),
    });
    const wait = Number(refused.headers["retry-after"]);
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
    // The right password does not help there either, or it would be told by this.
    expect((await signIn("victim", PASSWORD, server.somebody("198.51.100.3"))).answer.status).toBe(429);
    expect((await signIn("victim", PASSWORD, server.somebody("198.51.100.4"))).answer.status).toBe(200);
    for (let round = 0; round < 40; round++) await guess("victim", `198.51.100.${100 + round}`);
    expect((await guess("victim", "198.51.100.5")).status).toBe(429);
    expect((await signIn("victim", PASSWORD, person)).answer.status).toBe(200);
    // The same network as the attacker's, in the browser that was here before.
    const atHome = server.somebody("198.51.100.3");
    for (const [name, value] of person.cookies) atHome.cookies.set(name, value);
    expect((await signIn("victim", PASSWORD, atHome)).answer.status).toBe(200);
    const told = (await server.entries()).filter(({ kind }) => kind === "session.failed");
    expect(told[0]).toMatchObject({
      data: { method: "password", reason: "wrong password", account: "victim" },
    });
    // Some sixty attempts from as many places; of one place one for each reason.
    expect(told.filter(({ actor }) => actor["sourceAddress"] === "198.51.100.3").length).toBeLessThanOrEqual(
      3,
    );
  }, 120_000);

  it("gains nothing by a cookie of a known browser that is another's or made up", async () => {
    const { person } = await newPerson("other");
    await newPerson("target");
    const attacker = server.somebody("198.51.100.60");
    attacker.cookies.set("anchorwatch-device", person.cookies.get("anchorwatch-device") ?? "");
    for (let round = 0; round < 5; round++) await guess("target", "", attacker);
    expect((await guess("target", "", attacker)).status).toBe(429);
  });

  it("never has what he typed as a name kept, since it may be a password", async () => {
    await server.entries();
    await guess("hunter2-typed-into-the-wrong-field", "198.51.100.70");
    expect(JSON.stringify(await server.entries())).not.toContain("hunter2");
    expect(server.log()).not.toContain("hunter2");
    expect(server.log()).not.toContain(PASSWORD);
  });

  it("of all at once is counted before any is looked at", async () => {
    await newPerson("parallel");
    const all = await Promise.all(Array.from({ length: 20 }, () => guess("parallel", "198.51.100.80")));
    expect(all.filter(({ status }) => status === 403)).toHaveLength(5);
  });
});

describe("a password", () => {
  it("is changed with the one until now, which ends all other sessions", async () => {
    const { person } = await newPerson("changing");
    const other = (await signIn("changing")).person;
    const wanted = "seven quiet lanterns ashore";
    expect(await person.told("PUT", "/password", { current: "wrong", wanted })).toEqual([
      403,
      "sign_in_refused",
    ]);
    expect(await person.told("PUT", "/password", { current: PASSWORD, wanted: "changing1234" })).toEqual([
      422,
      "password_unfit",
    ]);
    expect((await person.ask("PUT", "/password", { current: PASSWORD, wanted })).status).toBe(204);
    expect((await other.ask("GET", "/session")).status).toBe(401);
    expect((await person.ask("GET", "/session")).status).toBe(200);
    expect((await signIn("changing", wanted, server.somebody("203.0.113.40"))).answer.status).toBe(200);
    expect((await signIn("changing", PASSWORD, server.somebody("203.0.113.41"))).answer.status).toBe(403);
  });

  it("is typed again before ways in are changed, when the sign-in is some minutes old", async () => {
    const { person } = await newPerson("walked-away");
    const offered = () => person.told("POST", "/passkeys/options");
    expect(await offered()).toEqual([200, undefined]);
    server.pass(11 * MINUTE);
    expect(await offered()).toEqual([403, "proof_needed"]);
    const prove = (password: string) => person.told("POST", "/session/proof/password", { password });
    await server.entries();
    expect(await prove("not this one, surely")).toEqual([403, "sign_in_refused"]);
    expect(await offered()).toEqual([403, "proof_needed"]);
    const before = person.session;
    expect(await prove(PASSWORD)).toEqual([204, undefined]);
    expect(person.session).not.toBe(before);
    expect(await server.entries()).toMatchObject([
      { kind: "session.failed", data: { method: "password", account: "walked-away" } },
      { kind: "session.proven", actor: { name: "walked-away" }, data: { method: "password" } },
    ]);
    expect(await offered()).toEqual([200, undefined]);
    // It is his session's alone, and for some minutes; a second one begins them anew, also before the first was forgotten.
    const elsewhere = (await signIn("walked-away")).person;
    server.pass(11 * MINUTE);
    for (const one of [person, elsewhere])
      expect(await one.told("POST", "/passkeys/options")).toEqual([403, "proof_needed"]);
    expect(await prove(PASSWORD)).toEqual([204, undefined]);
    expect(await offered()).toEqual([200, undefined]);
    expect(await elsewhere.told("POST", "/passkeys/options")).toEqual([403, "proof_needed"]);
    for (let round = 0; round < 5; round++) await prove("a guess, and another one");
    expect(await prove(PASSWORD)).toEqual([429, "request_too_often"]);
  });

  it("is not removed where it is the only way in, and is none of somebody who has none", async () => {
    const { person } = await newPerson("only-this");
    expect((await person.ask("GET", "/password")).body).toMatchObject({
      allowed: true,
      changedAt: expect.any(String),
    });
    expect(await person.told("DELETE", "/password")).toEqual([409, "last_way_in"]);
    expect((await signIn("only-this")).answer.status).toBe(200);
  });

  it("that is changed while somebody signs in with the one until now lets him in no more", async () => {
    const { person } = await newPerson("overtaken");
    const wanted = "seven quiet lanterns ashore";
    class Overtaken extends Passwords {
      override async verify(...asked: Parameters<Passwords["verify"]>) {
        const verdict = await super.verify(...asked);
        expect(await person.told("PUT", "/password", { current: PASSWORD, wanted })).toEqual([
          204,
          undefined,
        ]);
        return verdict;
      }
    }
    const thief = { address: "203.0.113.45", userAgent: "", requestId: "1" };
    const given = { login: "overtaken", password: PASSWORD };
    await expect(
      signInWithPassword({ ...server.context, passwords: new Overtaken() }, given, thief, {}),
    ).rejects.toMatchObject({ code: "sign_in_refused" });
    expect((await person.ask("GET", "/sessions")).body.sessions).toHaveLength(1);
  });

  it("is nobody's way in where the operator has switched them off", async () => {
    server.configure({ passwords: false });
    expect((await signIn("changing")).answer.body.code).toBe("passwords_off");
    expect((await server.somebody().ask("GET", "/session/ways")).body.passwords).toBe(false);
    server.configure({});
  });
});

describe("a token", () => {
  it("is shown once, asks as its owner, and says where it was used last", async () => {
    const { person } = await newPerson("owner");
    await server.entries();
    const limit = { roles: ["viewer"], scope: { team: "a" } };
    const made = await person.ask("POST", "/tokens", { name: "backup", expiresAt: inDays(30), limit });
    expect(made.status).toBe(201);
    expect(made.body.secret).toMatch(/^awt_[A-Za-z0-9_-]{43}$/);
    expect(await server.entries()).toMatchObject([
      { kind: "token.created", data: { name: "backup", roles: ["viewer"], scope: "team=a" } },
    ]);
    const program = server.somebody("203.0.113.20");
    program.token = made.body.secret;
    expect((await program.ask("GET", "/session")).body).toMatchObject({
      channel: "token",
      login: "owner",
      limit,
    });
    const listed = (await person.ask("GET", "/tokens")).body.tokens;
    expect(listed).toMatchObject([
      { name: "backup", lastUsedFrom: "203.0.113.20", lastUsedAt: expect.any(String) },
    ]);
    expect(JSON.stringify(listed)).not.toContain(made.body.secret);
  });

  it("is made only by who has just proven himself, with his passkey where he has one", async () => {
    const { person, id } = await newPerson("proving");
    const wanted = { name: "t", expiresAt: inDays(30) };
    const made = () => person.told("POST", "/tokens", wanted);
    const MADE = [201, undefined];
    const NEEDED = [403, "proof_needed"];
    expect(await made()).toEqual(MADE);
    server.pass(10 * MINUTE);
    // What is wrong with the wish is told first; and a thief of the cookie gets nothing.
    expect(await made()).toEqual(NEEDED);
    const wrong = { password: "wrong wrong wrong" };
    expect(await person.told("POST", "/session/proof/password", wrong)).toEqual([403, "sign_in_refused"]);
    expect(await made()).toEqual(NEEDED);
    expect((await person.ask("POST", "/session/proof/password", { password: PASSWORD })).status).toBe(204);
    expect(await made()).toEqual(MADE);
    expect((await person.ask("GET", "/tokens")).body.tokens).toHaveLength(2);
    const passkey = { id: "a-passkey", userId: id as UserId, publicKey: new Uint8Array(1), counter: 0 };
    const more = { transports: [], isBackedUp: false, name: "key", addedAt: server.context.now() };
    await server.context.records.passkeys.add({ ...passkey, ...more });
    expect(await made()).toEqual(NEEDED);
    expect(await person.told("POST", "/session/proof/password", { password: PASSWORD })).toEqual(NEEDED);
  });

  it("makes no tokens, ends no sessions, and changes no way in", async () => {
    const { person } = await newPerson("limited");
    const program = server.somebody();
    program.token = (await person.ask("POST", "/tokens", { name: "t", expiresAt: inDays(1) })).body.secret;
    for (const [method, path, body] of [
      ["POST", "/tokens", { name: "more", expiresAt: inDays(1) }],
      ["POST", "/passkeys/options", undefined],
      ["POST", "/session/end-all", {}],
      ["GET", "/sessions", undefined],
      ["PUT", "/password", { current: PASSWORD, wanted: "seven quiet lanterns ashore" }],
      ["POST", "/device/answer", { userCode: "BCDF-GHJK", answer: "allow" }],
    ] as const)
      expect(await program.told(method, path, body), path).toEqual([403, "access_denied"]);
  });

  it("that is limited sees and revokes itself alone; another one whatever its owner may", async () => {
    const { person } = await newPerson("careful");
    const made = async (limit?: object) => {
      const wanted = { name: "t", expiresAt: inDays(1), ...(limit && { limit }) };
      const { token, secret } = (await person.ask("POST", "/tokens", wanted)).body;
      const program = server.somebody("203.0.113.22");
      program.token = secret;
      return { program, id: String(token.id) };
    };
    const [limited, whole] = [await made({ roles: ["viewer"] }), await made()];
    const seenBy = async ({ program }: typeof limited) =>
      ((await program.ask("GET", "/tokens")).body.tokens as { id: string }[]).map(({ id }) => id).sort();
    expect(await seenBy(limited)).toEqual([limited.id]);
    expect(await seenBy(whole)).toEqual([limited.id, whole.id].sort());
    expect(await limited.program.told("DELETE", `/tokens/${whole.id}`)).toEqual([404, "request_not_found"]);
    expect(await limited.program.told("DELETE", `/tokens/${limited.id}`)).toEqual([204, undefined]);
    expect(await limited.program.told("GET", "/session")).toEqual([401, "sign_in_required"]);
    expect((await whole.program.ask("GET", "/session")).status).toBe(200);
  });

  it("hides from the ledger nothing by halves of characters", async () => {
    const { person } = await newPerson("hiding");
    await server.entries();
    const wanted = { name: `${"x".repeat(79)}😀`, expiresAt: inDays(1) };
    const limit = { roles: ["viewer"], scope: { team: "\ud800" } };
    expect(await person.told("POST", "/tokens", { ...wanted, limit })).toEqual([400, "request_invalid"]);
    await person.ask("POST", "/tokens", wanted);
    expect(await server.entries()).toMatchObject([{ kind: "token.created", data: { name: wanted.name } }]);
  });

  it("lives no longer than the operator says, and not into the past", async () => {
    const { person } = await newPerson("lasting");
    for (const expiresAt of [inDays(366), inDays(-1)])
      expect(await person.told("POST", "/tokens", { name: "t", expiresAt })).toEqual([422, "token_unfit"]);
    expect(await person.told("POST", "/tokens", { name: "t", expiresAt: "tomorrow" })).toEqual([
      400,
      "request_invalid",
    ]);
  });

  it("is nobody when it is forged, revoked, over, or of a user who was disabled or removed", async () => {
    const tokenOf = async (login: string) => {
      const { person, id } = await newPerson(login);
      const { token, secret } = (await person.ask("POST", "/tokens", { name: "t", expiresAt: inDays(2) }))
        .body;
      return { person, id, tokenId: token.id as string, secret: secret as string };
    };
    const as = async (secret: string) => {
      const program = server.somebody("203.0.113.21");
      program.token = secret;
      return await program.told("GET", "/session");
    };
    const NOBODY = [401, "sign_in_required"];
    const [revoked, disabled, removed, over] = [
      await tokenOf("revoked"),
      await tokenOf("disabled"),
      await tokenOf("removed"),
      await tokenOf("over"),
    ];
    for (const { secret } of [revoked, disabled, removed, over]) expect((await as(secret))[0]).toBe(200);
    expect(await kim.told("DELETE", `/tokens/${revoked.tokenId}`)).toEqual([404, "request_not_found"]);
    expect((await kim.ask("DELETE", `/access/tokens/${revoked.tokenId}`)).status).toBe(204);
    expect(
      (await kim.ask("PATCH", `/users/${disabled.id}`, { status: "disabled" }, { "if-match": "*" })).status,
    ).toBe(200);
    expect((await kim.ask("DELETE", `/users/${removed.id}`, undefined, { "if-match": "*" })).status).toBe(
      204,
    );
    for (const { secret } of [revoked, disabled, removed]) expect(await as(secret)).toEqual(NOBODY);
    for (const { person } of [disabled, removed])
      expect(await person.told("GET", "/session")).toEqual(NOBODY);
    // Enabled again, he signs in again: what was revoked stays so.
    await kim.ask("PATCH", `/users/${disabled.id}`, { status: "active" }, { "if-match": "*" });
    expect(await as(disabled.secret)).toEqual(NOBODY);
    expect((await signIn("disabled")).answer.status).toBe(200);
    expect((await signIn("removed")).answer.status).toBe(403);
    for (const forged of [`awt_${"A".repeat(43)}`, over.secret.slice(0, -1), over.secret.slice(4), "x", ""])
      expect(await as(forged)).toEqual(NOBODY);
    const told = (await server.entries()).filter(
      ({ kind, data }) => kind === "session.failed" && data["method"] === "token",
    );
    expect(told.map(({ data }) => data)).toMatchObject([
      { reason: "the token was revoked", account: "revoked" },
      { reason: "there is no such token, or its user is gone" },
      { reason: "the token was revoked", account: "disabled" },
    ]);
    expect(JSON.stringify(told)).not.toContain("awt_");
    server.pass(2 * DAY);
    expect(await as(over.secret)).toEqual(NOBODY);
    kim = (await signIn(kimsLogin)).person;
  });

  it("that there is not is looked for only so often, while real ones never wait", async () => {
    const { person } = await newPerson("neighbour");
    const made = (await person.ask("POST", "/tokens", { name: "t", expiresAt: inDays(1) })).body;
    const [guesser, program] = [server.somebody("203.0.113.77"), server.somebody("203.0.113.77")];
    guesser.token = `awt_${"B".repeat(43)}`;
    program.token = made.secret;
    let last = 0;
    for (let round = 0; round < 31; round++) last = (await guesser.ask("GET", "/session")).status;
    expect(last).toBe(429);
    expect((await program.ask("GET", "/session")).status).toBe(200);
  });
});

describe("administrators", () => {
  it("invite, and whoever has another link, or the same twice, does not come in", async () => {
    const { body } = await kim.ask("POST", "/users", { login: "guest", name: "Guest" });
    const [, first = ""] = String(body.link).split("#");
    expect(body.link).toMatch(/^http:\/\/localhost:7478\/setup#/);
    expect(await kim.told("POST", "/users", { login: "GUEST" })).toEqual([409, "user_login_taken"]);
    const again = (await kim.ask("POST", `/users/${body.user.id}/invitation`)).body;
    const [, second = ""] = String(again.link).split("#");
    expect((await setUp(first, "")).answer.status).toBe(404);
    const both = await Promise.all([setUp(second, ""), setUp(second, "")]);
    expect(both.map(({ answer }) => answer.status).sort()).toEqual([200, 404]);
    const [guest] = both.filter(({ answer }) => answer.status === 200);
    // Who says nothing about his name keeps the one that the administrator gave him.
    expect((await guest?.person.ask("GET", "/session"))?.body.name).toBe("Guest");
    expect(await guest?.person.told("GET", "/users")).toEqual([403, "access_denied"]);
    expect(await guest?.person.told("POST", "/users", { login: "x" })).toEqual([403, "access_denied"]);
    server.pass(8 * DAY);
    kim = (await signIn(kimsLogin)).person;
    const late = (await kim.ask("POST", "/users", { login: "late" })).body;
    server.pass(8 * DAY);
    expect((await setUp(String(late.link).split("#")[1] ?? "", "")).answer.status).toBe(404);
    kim = (await signIn(kimsLogin)).person;
  });

  it("give another link, which ends whatever is open with the ways in from before", async () => {
    const { person, id } = await newPerson("robbed");
    const { link } = (await kim.ask("POST", `/users/${id}/invitation`)).body;
    expect((await person.ask("GET", "/session")).status).toBe(200);
    expect((await setUp(String(link).split("#")[1] ?? "", "")).answer.status).toBe(200);
    expect(await person.told("GET", "/session")).toEqual([401, "sign_in_required"]);
  });

  it("remove somebody with his roles: whoever gets his login next, or his old one, gets none of them", async () => {
    const leaver = await newPerson("leaver");
    for (const subject of [
      { kind: "login", login: "Leaver" },
      { kind: "user", id: leaver.id },
      { kind: "login", login: "renamed" },
    ])
      expect((await kim.ask("POST", "/role-assignments", { role: "auditor", subject })).status).toBe(201);
    const rolesOf = async ({ person }: { person: Somebody }) =>
      (await person.ask("GET", "/session")).body.roles;
    expect(await rolesOf(leaver)).toHaveLength(2);
    await server.entries();
    const any = { "if-match": "*" };
    // A new name takes his roles along, and leaves none at the old one.
    await kim.ask("PATCH", `/users/${leaver.id}`, { login: "leaver2" }, any);
    expect(await rolesOf(leaver)).toHaveLength(2);
    expect((await changes()).filter(({ kind }) => kind === "permission.changed")).toMatchObject([
      { data: { user: "leaver", change: "revoked", role: "auditor" } },
      { data: { user: "leaver2", change: "assigned", role: "auditor" } },
    ]);
    expect(await rolesOf(await newPerson("leaver"))).toEqual([]);
    expect((await kim.ask("DELETE", `/users/${leaver.id}`, undefined, any)).status).toBe(204);
    expect((await changes()).filter(({ kind }) => kind === "permission.changed")).toMatchObject([
      { data: { user: "leaver2", change: "revoked", role: "auditor" } },
      { data: { user: "leaver2", change: "revoked", role: "auditor" } },
    ]);
    expect(await rolesOf(await newPerson("leaver2"))).toEqual([]);
    const { assignments } = (await kim.ask("GET", "/role-assignments")).body;
    expect(JSON.stringify(assignments)).not.toContain("leaver");
  });

  it("who change one user at once: the slower one is told, and has changed nothing", async () => {
    const { id } = await newPerson("contended");
    const { headers } = await kim.ask("GET", `/users/${id}`);
    const tag = { "if-match": String(headers["etag"]) };
    expect(await kim.told("PATCH", `/users/${id}`, { name: "A" })).toEqual([
      428,
      "request_condition_missing",
    ]);
    const both = await Promise.all(
      ["One", "Two"].map((name) => kim.ask("PATCH", `/users/${id}`, { name }, tag)),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
    const won = both.find(({ status }) => status === 200);
    expect((await kim.ask("GET", `/users/${id}`)).body.name).toBe(won?.body.name);
  });

  it("give roles, which count at once, and take them away, which signs out", async () => {
    const { person, id } = await newPerson("helper");
    await server.entries();
    const wanted = { role: "administrator", subject: { kind: "user", id } };
    const given = await kim.ask("POST", "/role-assignments", wanted);
    expect(given.status).toBe(201);
    expect(await kim.told("POST", "/role-assignments", wanted)).toEqual([409, "request_conflict"]);
    expect((await person.ask("GET", "/users")).status).toBe(200);
    expect((await kim.ask("DELETE", `/role-assignments/${given.body.id}`)).status).toBe(204);
    expect(await person.told("GET", "/session")).toEqual([401, "sign_in_required"]);
    expect(await kim.told("DELETE", `/role-assignments/${given.body.id}`)).toEqual([
      404,
      "request_not_found",
    ]);
    expect(await changes()).toMatchObject([
      { kind: "permission.changed", data: { user: "helper", change: "assigned", role: "administrator" } },
      { kind: "permission.changed", data: { user: "helper", change: "revoked" } },
      { kind: "session.ended", data: { cause: "revoked", reason: "The role administrator was taken away." } },
    ]);
  });

  it("never become nobody: the last one cannot remove, disable or demote himself, nor two each other at once", async () => {
    const me = (await kim.ask("GET", "/session")).body.id;
    const roles = async () =>
      (await kim.ask("GET", "/role-assignments")).body.assignments as {
        id: string;
        subject: { id?: string };
      }[];
    const [own] = (await roles()).filter(({ subject }) => subject.id === me);
    const any = { "if-match": "*" };
    const LAST = [409, "last_administrator"];
    expect(await kim.told("DELETE", `/users/${me}`, undefined, any)).toEqual(LAST);
    expect(await kim.told("PATCH", `/users/${me}`, { status: "disabled" }, any)).toEqual(LAST);
    expect(await kim.told("DELETE", `/role-assignments/${own?.id}`)).toEqual(LAST);
    expect((await kim.ask("GET", "/session")).status).toBe(200);
    // Who was invited, and never came, cannot take over.
    const { body } = await kim.ask("POST", "/users", { login: "never-came" });
    const absent = { role: "administrator", subject: { kind: "user", id: body.user.id } };
    const given = await kim.ask("POST", "/role-assignments", absent);
    expect(await kim.told("DELETE", `/users/${me}`, undefined, any)).toEqual(LAST);
    await kim.ask("DELETE", `/role-assignments/${given.body.id}`);

    const second = await newPerson("second");
    await kim.ask("POST", "/role-assignments", {
      role: "administrator",
      subject: { kind: "user", id: second.id },
    });
    const both = await Promise.all([
      kim.ask("DELETE", `/users/${second.id}`, undefined, any),
      second.person.ask("DELETE", `/users/${me}`, undefined, any),
    ]);
    const statuses = both.map(({ status }) => status).sort();
    expect(statuses[0]).toBe(204);
    expect([401, 403, 409]).toContain(statuses[1]);
    if (both[0]?.status !== 204) kim = second.person;
    expect((await kim.ask("GET", "/users")).status).toBe(200);
    kimsLogin = (await kim.ask("GET", "/session")).body.login;
  });

  it("of the operator's file count, too, and are changed there", async () => {
    const { id } = await newPerson("from-the-file");
    const me = (await kim.ask("GET", "/session")).body.id;
    const assignment = {
      id: "config-1",
      role: "administrator",
      subject: { kind: "login", login: "from-the-file" },
      scope: {},
      origin: "config",
    } as const;
    server.configure({ assignments: [assignment] });
    expect(await kim.told("DELETE", "/role-assignments/config-1")).toEqual([409, "request_conflict"]);
    const [own] = (
      (await kim.ask("GET", "/role-assignments")).body.assignments as {
        id: string;
        subject: { id?: string };
      }[]
    ).filter(({ subject }) => subject.id === me);
    expect((await kim.ask("DELETE", `/role-assignments/${own?.id}`)).status).toBe(204);
    kimsLogin = "from-the-file";
    kim = (await signIn(kimsLogin)).person;
    expect(await kim.told("DELETE", `/users/${id}`, undefined, { "if-match": "*" })).toEqual([
      409,
      "last_administrator",
    ]);
  });

  it("who are pipelines alone take nothing from people, and people may be removed", async () => {
    const { id } = await newPerson("ordinary");
    const { context } = server;
    const deploy: RoleAssignment = {
      id: "config-9",
      role: "administrator",
      subject: { kind: "workload", name: "deploy" },
      scope: {},
      origin: "config",
    };
    const { assignments } = context.settings();
    const principal: Principal = {
      kind: "workload",
      id: "deploy",
      name: "deploy",
      groups: [],
      channel: "workload",
      credentialId: "1",
      strong: false,
      assignments: [],
    };
    const requester = { address: "203.0.113.50", userAgent: "", requestId: "1", principal };
    const removed = (user: string) => removeUser(context, requester, user as UserId, undefined);
    // As long as somebody is an administrator who can sign in, a pipeline cannot take his place.
    server.configure({ assignments: [...assignments, deploy] });
    const { id: last } = (await kim.ask("GET", "/session")).body;
    await expect(removed(last)).rejects.toMatchObject({ code: "last_administrator" });
    server.configure({ assignments: [deploy] });
    expect(await removed(id)).toBe(true);
    server.configure({ assignments });
    expect((await kim.ask("GET", "/users")).status).toBe(200);
  });

  it("of the operator's file are told to the ledger when it changes, and signed out when it drops them, also while nothing ran", async () => {
    const { person } = await newPerson("dropped");
    const given = [
      {
        id: "config-2",
        role: "operator",
        subject: { kind: "login", login: "dropped" },
        scope: { team: "a" },
        origin: "config",
      },
    ] as const;
    await server.entries();
    await recordRolesOfTheFile(server.context, given);
    // Its place in the file is none of it.
    await recordRolesOfTheFile(server.context, [{ ...given[0], id: "config-7" }]);
    expect((await person.ask("GET", "/session")).status).toBe(200);
    // Also by a start of another process: what was given last, the database knows.
    await recordRolesOfTheFile(server.context, []);
    await recordRolesOfTheFile(server.context, []);
    expect(await person.told("GET", "/session")).toEqual([401, "sign_in_required"]);
    expect(await changes()).toMatchObject([
      {
        kind: "permission.changed",
        actor: { type: "system" },
        data: { user: "dropped", change: "assigned", role: "operator", scope: "team=a" },
      },
      { kind: "permission.changed", data: { change: "revoked" } },
      { kind: "session.ended", data: { cause: "revoked" } },
    ]);
  });
});

describe("a program without a browser", () => {
  it("is let in by who is signed in, gets its token once, and is that person then", async () => {
    const program = server.somebody("203.0.113.30");
    const begun = (await program.ask("POST", "/device", { name: "laptop <b>of Kim</b>" })).body;
    expect(begun.userCode).toMatch(/^[B-Z]{4}-[B-Z]{4}$/);
    expect(begun.verificationUri).toBe("http://localhost:7478/device");
    const poll = async () => {
      server.pass(6_000);
      return (await program.ask("POST", "/device/token", { deviceCode: begun.deviceCode })).body;
    };
    expect((await poll()).status).toBe("pending");
    expect((await program.ask("POST", "/device/token", { deviceCode: begun.deviceCode })).body.status).toBe(
      "slow_down",
    );
    const typed = begun.userCode.toLowerCase().replace("-", " ");
    expect((await kim.ask("POST", "/device/look", { userCode: typed })).body).toMatchObject({
      name: "laptop <b>of Kim</b>",
      address: "203.0.113.30",
    });
    expect((await server.somebody().ask("POST", "/device/look", { userCode: typed })).status).toBe(401);
    expect((await kim.ask("POST", "/session/proof/password", { password: PASSWORD })).status).toBe(204);
    await server.entries();
    expect((await kim.ask("POST", "/device/answer", { userCode: typed, answer: "allow" })).status).toBe(200);
    expect((await kim.ask("POST", "/device/answer", { userCode: typed, answer: "allow" })).status).toBe(404);
    server.pass(6_000);
    const once = await Promise.all(
      [1, 2].map(() => server.somebody().ask("POST", "/device/token", { deviceCode: begun.deviceCode })),
    );
    const allowed = once.map(({ body }) => body).filter(({ status }) => status === "allowed");
    expect(allowed).toHaveLength(1);
    program.token = allowed[0].secret;
    expect((await program.ask("GET", "/session")).body).toMatchObject({
      login: "from-the-file",
      channel: "token",
    });
    expect(await kinds()).toEqual(["token.created"]);
    expect((await poll()).status).toBe("expired");
  });

  it("is let in only by who has just proven himself, and refused by anybody who is asked", async () => {
    const { person } = await newPerson("confirming");
    server.pass(10 * MINUTE);
    const program = server.somebody("203.0.113.34");
    const asking = async () => (await program.ask("POST", "/device", { name: "x" })).body.userCode;
    const [wanted, unwanted] = [await asking(), await asking()];
    const answered = (userCode: string, answer: "allow" | "deny") =>
      person.told("POST", "/device/answer", { userCode, answer });
    // Of a code that there is not he learns as little.
    for (const userCode of [wanted, "BCDF-GHJK"])
      expect(await answered(userCode, "allow")).toEqual([403, "proof_needed"]);
    expect(await answered(unwanted, "deny")).toEqual([200, undefined]);
    expect((await person.ask("POST", "/session/proof/password", { password: PASSWORD })).status).toBe(204);
    expect(await answered(wanted, "allow")).toEqual([200, undefined]);
  });

  it("is not let in any more by who has signed out since", async () => {
    const { person } = await newPerson("hasty");
    const program = server.somebody("203.0.113.33");
    const name = `${"x".repeat(79)}😀`;
    const begun = (await program.ask("POST", "/device", { name })).body;
    const answer = { userCode: begun.userCode, answer: "allow" };
    expect((await person.ask("POST", "/device/answer", answer)).body.name).toBe(name);
    await person.ask("POST", "/session/end-all", { tokens: true });
    const { deviceCode } = begun;
    expect((await program.ask("POST", "/device/token", { deviceCode })).body.status).toBe("denied");
  });

  it("that was refused, or waited too long, gets nothing", async () => {
    const program = server.somebody("203.0.113.31");
    const refused = (await program.ask("POST", "/device", { name: "x" })).body;
    expect(
      (await kim.ask("POST", "/device/answer", { userCode: refused.userCode, answer: "deny" })).status,
    ).toBe(200);
    expect((await program.ask("POST", "/device/token", { deviceCode: refused.deviceCode })).body.status).toBe(
      "denied",
    );
    const late = (await program.ask("POST", "/device", { name: "x" })).body;
    server.pass(10 * MINUTE);
    expect((await kim.ask("POST", "/device/look", { userCode: late.userCode })).status).toBe(404);
    expect((await program.ask("POST", "/device/token", { deviceCode: late.deviceCode })).body.status).toBe(
      "expired",
    );
  });

  it("has a code that nobody finds by typing", async () => {
    const statuses: number[] = [];
    for (let round = 0; round < 12; round++)
      statuses.push((await kim.ask("POST", "/device/look", { userCode: "BCDF-GHJK" })).status);
    expect(statuses.slice(0, 5)).toEqual([404, 404, 404, 404, 404]);
    expect(statuses.at(-1)).toBe(429);
  });
});

describe("what the ledger hears of", () => {
  it("is who was refused, once a minute with how often", async () => {
    const { person } = await newPerson("curious");
    await server.entries();
    for (let round = 0; round < 4; round++) await person.ask("GET", "/users");
    expect(await server.entries()).toMatchObject([
      {
        kind: "access.refused",
        actor: { name: "curious" },
        data: { action: "access.view", target: "GET /api/v1/users" },
      },
    ]);
    server.pass(MINUTE);
    await keepUp(server.context);
    expect((await server.entries()).filter(({ kind }) => kind === "access.refused")).toMatchObject([
      { data: { action: "access.view", repeats: 3 } },
    ]);
  });

  it("is what an auditor reads, who changes nothing", async () => {
    const { person, id } = await newPerson("auditor");
    await kim.ask("POST", "/role-assignments", { role: "auditor", subject: { kind: "user", id } });
    await server.entries();
    expect((await person.ask("GET", "/users?limit=2")).status).toBe(200);
    expect(await server.entries()).toMatchObject([
      { kind: "access.read", actor: { name: "auditor" }, data: { target: "GET /api/v1/users?limit=2" } },
    ]);
    expect(await person.told("POST", "/users", { login: "x" })).toEqual([403, "access_denied"]);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { IdentityProvider } from "../../packages/anchorwatch/src/auth/oidc/identityProvider.ts";
import type { RoleAssignment, Subject } from "../../packages/anchorwatch/src/auth/role.ts";
import type { UserId } from "../../packages/anchorwatch/src/auth/user.ts";
import { anAssignment } from "../../packages/anchorwatch/src/store/access/access.fixture.ts";
import { openTestDatabase, quickTestServer } from "../../packages/anchorwatch/src/store/postgres.fixture.ts";
import { type Anchorwatch, startAnchorwatch } from "./anchorwatch.fixture.ts";
import { type Answer, Browser } from "./browser.fixture.ts";
import { type RealProvider, startOidcProvider, throughProvider } from "./oidcProvider.fixture.ts";

let anchorwatch: Anchorwatch;
let real: RealProvider;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const server = await quickTestServer();
  const database = await openTestDatabase(await server.createDatabase());
  anchorwatch = await startAnchorwatch(database);
  real = await startOidcProvider([`${anchorwatch.url}/api/v1/session/oidc/corp/callback`]);
  ends.push(
    () => real.close(),
    () => anchorwatch.close(),
    () => database.close(),
    () => server.leave(),
  );
});
afterAll(async () => {
  for (const end of ends) await end();
});

function corp(changes: Partial<IdentityProvider> = {}): IdentityProvider {
  return {
    name: "corp",
    title: "Corp",
    issuer: real.issuer,
    clientId: "anchorwatch",
    clientSecret: { kind: "variable", name: "OIDC_SECRET" },
    scopes: ["openid", "profile", "email", "groups"],
    groupsClaim: "groups",
    loginClaim: "email",
    ...changes,
  };
}

function viewer(subject: Subject): RoleAssignment {
  return { id: JSON.stringify(subject), role: "viewer", subject, scope: {}, origin: "config" };
}

const PLATFORM = viewer({ kind: "group", group: "corp:platform" });

beforeEach(() => anchorwatch.configure({ providers: [corp()], assignments: [PLATFORM] }));

const start = (browser: Browser, returnTo = "/drifts?state=open") =>
  browser.go(`${anchorwatch.url}/api/v1/session/oidc/corp/start?returnTo=${encodeURIComponent(returnTo)}`);

/** To the provider and back, up to the answer that is not given to us yet. */
async function upToCallback(browser: Browser, login: string): Promise<URL> {
  return await throughProvider(browser, await start(browser), login, anchorwatch.url);
}

async function signIn(browser: Browser, login: string): Promise<Answer> {
  return await browser.go(await upToCallback(browser, login));
}

const sessionOf = (browser: Browser) => browser.cookie(anchorwatch.url, "anchorwatch");

const problemsOf = (text: string) => /<small>([a-z_]+),/.exec(text)?.[1];
const lastEntry = () => anchorwatch.entries.at(-1);

describe("signing in at a real OpenID provider", () => {
  it("makes a person with a role a user, and gives his browser a session", async () => {
    real.people.set("ada", {
      email: "Ada@Example.com",
      email_verified: true,
      name: "Ada L.",
      groups: ["platform", "x"],
    });
    const browser = new Browser();
    const answer = await signIn(browser, "ada");
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("/drifts?state=open");
    expect(answer.headers.getSetCookie().find((line) => line.startsWith("anchorwatch="))).toMatch(
      /; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    );
    expect(await anchorwatch.who({ cookie: sessionOf(browser) ?? "" })).toMatchObject({
      kind: "user",
      name: "ada@example.com",
      groups: ["corp:platform", "corp:x"],
      strong: false,
    });
    expect(await anchorwatch.records.users.byLogin("ada@example.com")).toMatchObject({
      kind: "oidc",
      issuer: real.issuer,
      subject: "ada",
      name: "Ada L.",
      email: "Ada@Example.com",
    });
    expect(anchorwatch.entries.slice(-2)).toMatchObject([
      { kind: "user.added", actor: { type: "user", name: "ada@example.com" }, data: { how: "provider" } },
      { kind: "session.started", data: { method: "oidc", provider: "corp" } },
    ]);
  });

  it("knows him again, with the groups of today; the session that his browser had ends", async () => {
    const browser = new Browser();
    await signIn(browser, "ada");
    const before = sessionOf(browser) ?? "";
    real.people.set("ada", { email: "new@example.com", email_verified: true, groups: ["platform"] });
    await signIn(browser, "ada");
    expect(await anchorwatch.who({ cookie: before })).toBeUndefined();
    expect(await anchorwatch.who({ cookie: sessionOf(browser) ?? "" })).toMatchObject({
      name: "ada@example.com",
      groups: ["corp:platform"],
    });
  });

  it("lets in by a login of the file or a role of the API, and nobody else", async () => {
    real.people.set("grace", { email: "grace@example.com", email_verified: true });
    const refused = await signIn(new Browser(), "grace");
    expect(refused.status).toBe(403);
    expect(problemsOf(refused.text)).toBe("sign_in_no_role");
    expect(refused.text).toContain("There is no role here for grace@example.com,");
    expect(await anchorwatch.records.users.byLogin("grace@example.com")).toBeUndefined();
    expect(lastEntry()).toMatchObject({
      kind: "session.failed",
      data: { method: "oidc", provider: "corp", account: "grace@example.com" },
    });
    const byLogin = viewer({ kind: "login", login: "grace@example.com" });
    await anchorwatch.records.assignments.add({
      ...byLogin,
      origin: "api",
      addedAt: anchorwatch.now(),
      addedBy: "ada",
    });
    expect((await signIn(new Browser(), "grace")).status).toBe(303);
    real.people.set("hopper", { email: "hopper@example.com", email_verified: true });
    anchorwatch.configure({
      providers: [corp()],
      assignments: [viewer({ kind: "login", login: "hopper@example.com" })],
    });
    expect((await signIn(new Browser(), "hopper")).status).toBe(303);
  });

  it("lets nobody in any more whose last role went, and takes his groups from what he has open", async () => {
    real.people.set("ken", { email: "ken@example.com", email_verified: true, groups: ["platform"] });
    const open = new Browser();
    await signIn(open, "ken");
    real.people.set("ken", { email: "ken@example.com", email_verified: true, groups: [] });
    expect((await signIn(new Browser(), "ken")).status).toBe(403);
    expect(await anchorwatch.who({ cookie: sessionOf(open) ?? "" })).toMatchObject({ groups: [] });
  });

  it("refuses a login that another one has, local or of the same provider", async () => {
    real.people.set("impostor", { email: "ada@example.com", email_verified: true, groups: ["platform"] });
    const refused = await signIn(new Browser(), "impostor");
    expect([refused.status, problemsOf(refused.text)]).toEqual([409, "sign_in_login_taken"]);
    expect(await anchorwatch.records.users.byLogin("ada@example.com")).toMatchObject({ subject: "ada" });
  });

  it("refuses whom an administrator has disabled or removed", async () => {
    real.people.set("lin", { email: "lin@example.com", email_verified: true, groups: ["platform"] });
    await signIn(new Browser(), "lin");
    const user = await anchorwatch.records.users.byLogin("lin@example.com");
    if (user === undefined) throw new TypeError("no user");
    for (const status of ["disabled", "removed"] as const) {
      await anchorwatch.records.users.change(user.id, undefined, { status }, new Date());
      const refused = await signIn(new Browser(), "lin");
      expect([refused.status, problemsOf(refused.text)]).toEqual([403, "sign_in_user_inactive"]);
    }
  });

  it.each([
    [{}, "gives no claim “email”"],
    [{ email: "mallory@example.com" }, "was verified"],
    [{ email: "mallory@example.com", email_verified: false }, "was verified"],
    [{ email: "two words@example.com", email_verified: true }, "gives a login that is none"],
  ])("takes no login from %j", async (person, words) => {
    real.people.set("mallory", { groups: ["platform"], ...person });
    const refused = await signIn(new Browser(), "mallory");
    expect([refused.status, problemsOf(refused.text)]).toEqual([403, "sign_in_no_login"]);
    expect(refused.text).toContain(words);
  });

  it("takes logins of the named domains alone", async () => {
    anchorwatch.configure({
      providers: [corp({ loginDomains: ["other.example"] })],
      assignments: [PLATFORM],
    });
    const refused = await signIn(new Browser(), "ada");
    expect([refused.status, problemsOf(refused.text)]).toEqual([403, "sign_in_no_login"]);
  });

  it("ends with one answer: neither another browser nor a second time gets in with it", async () => {
    const browser = new Browser();
    const back = await upToCallback(browser, "ada");
    const thief = new Browser();
    expect((await thief.go(back)).status).toBe(400);
    const reason = expect.stringContaining("not begun in this browser");
    const data = expect.objectContaining({ method: "oidc", provider: "corp", reason });
    expect(anchorwatch.entries).toContainEqual(expect.objectContaining({ kind: "session.failed", data }));
    // It was used up by the thief's attempt: the person begins again.
    expect(problemsOf((await browser.go(back)).text)).toBe("sign_in_interrupted");
    const second = await upToCallback(browser, "ada");
    expect((await browser.go(second)).status).toBe(303);
    const replayed = await browser.go(second);
    expect([replayed.status, problemsOf(replayed.text)]).toEqual([400, "sign_in_interrupted"]);
    expect(sessionOf(thief)).toBeUndefined();
  });

  it("does not take the state of another browser, even with a cookie of its own", async () => {
    const [victim, attacker] = [new Browser(), new Browser()];
    const back = await upToCallback(attacker, "ada");
    await start(victim);
    expect((await victim.go(back)).status).toBe(400);
    expect(sessionOf(victim)).toBeUndefined();
  });

  it("takes no code that an attacker has put in: the provider wants the proof that went with its own sign-in", async () => {
    const [victim, attacker] = [new Browser(), new Browser()];
    const stolen = await upToCallback(victim, "ada");
    const own = await upToCallback(attacker, "grace");
    own.searchParams.set("code", stolen.searchParams.get("code") ?? "");
    const refused = await attacker.go(own);
    expect([refused.status, problemsOf(refused.text)]).toEqual([403, "sign_in_provider_refused"]);
    expect(refused.text).toContain("invalid_grant");
  });

  it.each([
    ["no state", (back: URL) => back.searchParams.delete("state")],
    ["two states", (back: URL) => back.searchParams.append("state", "x")],
    ["a state of nobody", (back: URL) => back.searchParams.set("state", "A".repeat(43))],
  ])("is refused with %s", async (_what, change) => {
    const browser = new Browser();
    const back = await upToCallback(browser, "ada");
    change(back);
    expect((await browser.go(back)).status).toBe(400);
    expect(sessionOf(browser)).toBeUndefined();
  });

  it("is refused ten minutes later", async () => {
    const browser = new Browser();
    const back = await upToCallback(browser, "ada");
    anchorwatch.pass(10 * 60_000);
    expect((await browser.go(back)).status).toBe(400);
    anchorwatch.pass(-10 * 60_000);
  });

  it("is not confused by the answer of another issuer, or at the callback of another provider (RFC 9207)", async () => {
    const browser = new Browser();
    const back = await upToCallback(browser, "ada");
    back.searchParams.set("iss", "https://other.example");
    const refused = await browser.go(back);
    expect([refused.status, problemsOf(refused.text)]).toEqual([403, "sign_in_not_proven"]);
    const other = corp({ name: "other", issuer: "https://other.example" });
    anchorwatch.configure({ providers: [corp(), other], assignments: [PLATFORM] });
    const second = await upToCallback(browser, "ada");
    second.pathname = second.pathname.replace("/corp/", "/other/");
    expect(problemsOf((await browser.go(second)).text)).toBe("sign_in_interrupted");
  });

  it("says what the provider calls its reason where a person was refused there", async () => {
    const browser = new Browser();
    const back = await upToCallback(browser, "ada");
    back.searchParams.delete("code");
    back.searchParams.set("error", "access_denied");
    back.searchParams.set("error_description", "<script>alert(1)</script>");
    const refused = await browser.go(back);
    expect(refused.status).toBe(403);
    expect(refused.text).toContain("Corp did not sign you in: access_denied");
    expect(refused.text).not.toContain("alert(1)");
  });

  it.each([
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
    "drifts",
    "/.//evil.example",
    "/x/..//evil.example",
  ])("leads to no address of others afterwards: %s", async (returnTo) => {
    const browser = new Browser();
    const back = await throughProvider(browser, await start(browser, returnTo), "ada", anchorwatch.url);
    expect((await browser.go(back)).headers.get("location")).toBe("/");
  });

  it("goes on in two windows of one browser at the same time", async () => {
    const browser = new Browser();
    const first = await upToCallback(browser, "ada");
    const second = await upToCallback(browser, "ada");
    expect((await browser.go(second)).status).toBe(303);
    expect((await browser.go(first)).status).toBe(303);
  });

  it("counts no longer than the operator's file names the provider: neither sessions nor tokens", async () => {
    const browser = new Browser();
    await signIn(browser, "ada");
    const cookie = sessionOf(browser) ?? "";
    const other = corp({ issuer: "https://other.example" });
    for (const providers of [[], [other]]) {
      anchorwatch.configure({ providers, assignments: [PLATFORM] });
      expect(await anchorwatch.who({ cookie })).toBeUndefined();
    }
    anchorwatch.configure({ providers: [corp()], assignments: [PLATFORM] });
    expect(await anchorwatch.who({ cookie })).toMatchObject({ name: "ada@example.com" });
  });

  it("has groups of his own provider alone when the file gives its name to another one, which signs out", async () => {
    const browser = new Browser();
    await signIn(browser, "ada");
    const cookie = sessionOf(browser) ?? "";
    const { records } = anchorwatch;
    const ada = await records.users.byLogin("ada@example.com");
    const group = { kind: "group", group: "corp:platform" } as const;
    const given = anAssignment(group, { role: "administrator" });
    await records.assignments.add(given);
    expect((await anchorwatch.who({ cookie }))?.assignments).toHaveLength(1);
    const providers = [corp({ issuer: "https://other.example" }), corp({ name: "first" })];
    anchorwatch.configure({ providers, assignments: [PLATFORM] });
    expect(await anchorwatch.who({ cookie })).toMatchObject({ groups: [], assignments: [] });
    await anchorwatch.readAgain();
    expect(await anchorwatch.who({ cookie })).toBeUndefined();
    expect(lastEntry()).toMatchObject({
      kind: "session.ended",
      data: { cause: "revoked", reason: expect.stringContaining("the name of his identity provider") },
    });
    expect(await records.users.byId(ada?.id as UserId)).toEqual({ ...ada, groups: [] });
    await records.assignments.remove(given.id);
  });

  it("lists the providers for buttons, and knows no others", async () => {
    const list = await fetch(`${anchorwatch.url}/api/v1/session/oidc`);
    expect(await list.json()).toMatchObject({
      providers: [{ name: "corp", title: "Corp", start: "/api/v1/session/oidc/corp/start" }],
    });
    const unknown = await fetch(`${anchorwatch.url}/api/v1/session/oidc/corp2/start`, { redirect: "manual" });
    expect([unknown.status, await unknown.json()]).toMatchObject([404, { code: "sign_in_provider_unknown" }]);
  });

  it("says when the client's secret cannot be had, or is wrong", async () => {
    for (const [clientSecret, code] of [
      [{ kind: "variable", name: "NOT_THERE" }, "sign_in_secret_missing"],
      [{ kind: "file", path: "/no/such/file" }, "sign_in_secret_missing"],
    ] as const) {
      anchorwatch.configure({ providers: [corp({ clientSecret })], assignments: [PLATFORM] });
      const refused = await signIn(new Browser(), "ada");
      expect([refused.status, problemsOf(refused.text)]).toEqual([503, code]);
    }
  });

  it("leaves no secret behind: neither codes nor states nor cookies are in the log or in entries", async () => {
    const browser = new Browser();
    const back = await upToCallback(browser, "ada");
    await browser.go(back);
    const told = anchorwatch.log() + JSON.stringify(anchorwatch.entries);
    for (const secret of [
      back.searchParams.get("code"),
      back.searchParams.get("state"),
      sessionOf(browser),
      browser.cookie(anchorwatch.url, "anchorwatch-ceremony"),
      "the secret of the client",
    ]) {
      expect(secret?.length).toBeGreaterThan(10);
      expect(told).not.toContain(secret);
    }
  });
});

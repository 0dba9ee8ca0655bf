import { generateKeyPairSync } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { IdentityProvider } from "../../packages/anchorwatch/src/auth/oidc/identityProvider.ts";
import type { RoleAssignment } from "../../packages/anchorwatch/src/auth/role.ts";
import { openTestDatabase, quickTestServer } from "../../packages/anchorwatch/src/store/postgres.fixture.ts";
import { type Anchorwatch, startAnchorwatch } from "./anchorwatch.fixture.ts";
import { type Answer, Browser } from "./browser.fixture.ts";
import {
  type HostileProvider,
  type Lies,
  type Signed,
  startHostileProvider,
  unsigned,
} from "./hostileProvider.fixture.ts";

let anchorwatch: Anchorwatch;
let hostile: HostileProvider;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const server = await quickTestServer();
  const database = await openTestDatabase(await server.createDatabase());
  anchorwatch = await startAnchorwatch(database);
  hostile = await startHostileProvider();
  ends.push(
    () => hostile.close(),
    () => anchorwatch.close(),
    () => database.close(),
    () => server.leave(),
  );
});
afterAll(async () => {
  for (const end of ends) await end();
});

/** Each configuration of its own: what was learned of the one before is not used. */
let made = 0;
beforeEach(() => configure());

function corp(): IdentityProvider {
  return {
    name: "corp",
    title: `Corp ${++made}`,
    issuer: hostile.issuer,
    clientId: "anchorwatch",
    clientSecret: { kind: "variable", name: "OIDC_SECRET" },
    scopes: ["openid"],
    groupsClaim: "groups",
    loginClaim: "email",
  };
}

const PLATFORM: RoleAssignment = {
  ...{ id: "a", role: "viewer", scope: {}, origin: "config" },
  subject: { kind: "group", group: "corp:platform" },
};

function configure(changes: Partial<IdentityProvider> = {}): void {
  anchorwatch.configure({ providers: [{ ...corp(), ...changes }], assignments: [PLATFORM] });
}

async function signIn(lies: Lies, browser = new Browser()): Promise<Answer> {
  hostile.lie(lies);
  const started = await browser.go(`${anchorwatch.url}/api/v1/session/oidc/corp/start`);
  const answer = await browser.follow(started, (url) => url.pathname === "/");
  if (answer instanceof URL) throw new TypeError("it never stops before /");
  return answer;
}

/** Status, and code of the problem. */
async function outcome(lies: Lies): Promise<readonly [number, string | undefined]> {
  const browser = new Browser();
  hostile.lie(lies);
  const started = await browser.go(`${anchorwatch.url}/api/v1/session/oidc/corp/start`);
  const answer = await browser.follow(started, (url) => url.pathname === "/");
  if (answer instanceof URL) return [303, undefined];
  expect(browser.cookie(anchorwatch.url, "anchorwatch")).toBeUndefined();
  return [answer.status, /<small>([a-z_]+),/.exec(answer.text)?.[1]];
}

const REFUSED = [403, "sign_in_not_proven"] as const;
const now = () => Math.floor(Date.now() / 1000);
const claim = (changes: Signed["claims"]) => (honest: Signed) => ({
  ...honest,
  claims: { ...honest.claims, ...changes },
});

const foreign = generateKeyPairSync("rsa", { modulusLength: 2048 });

describe("a provider written for it lets people in as long as it is honest", () => {
  it("and is asked for groups that its token does not name", async () => {
    expect(await outcome({})).toEqual([303, undefined]);
  });

  it("is believed about a second factor", async () => {
    for (const [changes, strong] of [
      [{ amr: ["pwd"] }, false],
      [{ amr: ["pwd", "otp"] }, true],
      [{ amr: "mfa" }, false],
      [{ acr: "phr" }, true],
      [{ acr: "other" }, false],
    ] as const) {
      configure({ strongAcr: ["phr"] });
      const browser = new Browser();
      hostile.lie({ idToken: claim(changes as unknown as Signed["claims"]) });
      const started = await browser.go(`${anchorwatch.url}/api/v1/session/oidc/corp/start`);
      await browser.follow(started, (url) => url.pathname === "/");
      const cookie = browser.cookie(anchorwatch.url, "anchorwatch") ?? "";
      expect(await anchorwatch.who({ cookie })).toMatchObject({ name: "mallory@example.com", strong });
    }
  });
});

describe("an ID token is not believed", () => {
  it.each<[string, (honest: Signed) => Signed | string]>([
    ["of another issuer", claim({ iss: "https://other.example" })],
    ["of our issuer with a slash more", (honest) => claim({ iss: `${honest.claims.iss}/` })(honest)],
    ["for another audience", claim({ aud: "other" })],
    ["for us among others, without saying who asked", claim({ aud: ["anchorwatch", "other"] })],
    ["for us among others, asked by another", claim({ aud: ["anchorwatch", "other"], azp: "other" })],
    ["for us, asked by another", claim({ azp: "other" })],
    ["of another sign-in", claim({ nonce: "A".repeat(43) })],
    ["without nonce", ({ claims: { nonce: _, ...claims }, ...rest }) => ({ ...rest, claims })],
    ["that is expired", claim({ exp: now() - 60 })],
    ["without end", ({ claims: { exp: _, ...claims }, ...rest }) => ({ ...rest, claims })],
    ["of the future", claim({ iat: now() + 120, exp: now() + 600 })],
    ["of long ago", claim({ iat: now() - 3600 })],
    ["without a time", ({ claims: { iat: _, ...claims }, ...rest }) => ({ ...rest, claims })],
    ["that counts later", claim({ nbf: now() + 120 })],
    ["of nobody", ({ claims: { sub: _, ...claims }, ...rest }) => ({ ...rest, claims })],
    ["of a number", claim({ sub: 7 } as unknown as Signed["claims"])],
    ["without signature", ({ claims }) => unsigned(claims, { alg: "none" })],
    ["without signature, spelled otherwise", ({ claims }) => unsigned(claims, { alg: "nOnE" })],
    ["with RS256 and no signature", ({ claims }) => unsigned(claims, { alg: "RS256", kid: "k1" })],
    [
      "signed with the public key as a secret",
      (honest) => ({
        ...honest,
        header: { alg: "HS256", kid: "k1" },
        key: Buffer.from(hostile.publicKeyPem),
      }),
    ],
    [
      "signed with the client's secret",
      (honest) => ({
        ...honest,
        header: { alg: "HS256" },
        key: Buffer.from("the secret of the client".padEnd(32)),
      }),
    ],
    ["signed by another, under a key of that id", (honest) => ({ ...honest, key: foreign.privateKey })],
    ["signed by a key that there is not", (honest) => ({ ...honest, header: { alg: "RS256", kid: "k2" } })],
    [
      "signed with an algorithm that its key is not for",
      (honest) => ({ ...honest, header: { alg: "PS256", kid: "k1" } }),
    ],
    [
      "with something in it that must be understood",
      (honest) => ({ ...honest, header: { ...honest.header, crit: ["b64"], b64: true } }),
    ],
    ["that is none", () => "a.b.c"],
  ])("%s", async (_what, idToken) => {
    expect(await outcome({ idToken })).toEqual(REFUSED);
  });

  it("with a key that it brings along, or names an address of: that is not even asked", async () => {
    const jwk = { ...(await exportJWK(foreign.publicKey)), kid: "k1", use: "sig" };
    let asked = 0;
    const elsewhere = createServer((_request, response) => {
      asked++;
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ keys: [jwk] }));
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
    const jku = `http://localhost:${(elsewhere.address() as AddressInfo).port}/jwks`;
    for (const header of [
      { alg: "RS256", kid: "k1", jku },
      { alg: "RS256", kid: "k1", x5u: jku },
      { alg: "RS256", kid: "k1", jwk },
      { alg: "RS256", jwk },
    ]) {
      const idToken = (honest: Signed) => ({ ...honest, header, key: foreign.privateKey });
      expect(await outcome({ idToken })).toEqual(REFUSED);
    }
    expect(asked).toBe(0);
    await new Promise((resolve) => elsewhere.close(resolve));
  });
});

/** Goes on as long as anybody reads. */
function endless(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/json" });
  const more = () =>
    response.write("[".repeat(65_536), (error) => error == null && !response.destroyed && more());
  more();
}

/** A byte now and then: nobody who waits for the next one ever gives up. */
function dripping(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/json" });
  const timer = setInterval(() => response.write(" "), 100);
  response.on("close", () => clearInterval(timer));
}

describe("a provider that lies elsewhere", () => {
  it.each<[string, Lies]>([
    ["gives no ID token", { tokens: ({ id_token: _, ...others }) => others }],
    ["tells of another person in userinfo", { userinfo: (honest) => ({ ...honest, sub: "root" }) }],
    ["tells of nobody in userinfo", { userinfo: ({ sub: _, ...others }) => others }],
    [
      "comes back as another issuer",
      { back: (parameters) => parameters.set("iss", "https://other.example") },
    ],
    ["does not say who it is, as it promised", { back: (parameters) => parameters.delete("iss") }],
    ["comes back with two codes", { back: (parameters) => parameters.append("code", "x") }],
  ])("and %s is not believed", async (_what, lies) => {
    expect(await outcome(lies)).toEqual(REFUSED);
  });

  it("cannot put a name in that is signed by telling another one in userinfo", async () => {
    const browser = new Browser();
    hostile.lie({ userinfo: (honest) => ({ ...honest, email: "root@example.com", email_verified: true }) });
    const started = await browser.go(`${anchorwatch.url}/api/v1/session/oidc/corp/start`);
    await browser.follow(started, (url) => url.pathname === "/");
    const cookie = browser.cookie(anchorwatch.url, "anchorwatch") ?? "";
    expect(await anchorwatch.who({ cookie })).toMatchObject({ name: "mallory@example.com" });
  });

  it.each<[string, (honest: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>]>([
    ["of another issuer", (honest) => ({ ...honest, issuer: "https://other.example" })],
    ["of the issuer with a slash more", (honest) => ({ ...honest, issuer: `${honest["issuer"]}/` })],
    ["with keys that are not on https", (honest) => ({ ...honest, jwks_uri: "http://other.example/jwks" })],
    [
      "with a way in that is no address",
      (honest) => ({ ...honest, authorization_endpoint: "javascript:alert(1)" }),
    ],
    [
      "with tokens that are not on https",
      (honest) => ({ ...honest, token_endpoint: "http://169.254.169.254/" }),
    ],
    ["without keys", ({ jwks_uri: _, ...others }) => others],
    [
      "with algorithms alone that prove nothing",
      (honest) => ({ ...honest, id_token_signing_alg_values_supported: ["none", "HS256"] }),
    ],
    [
      "with something else than algorithms",
      (honest) => ({ ...honest, id_token_signing_alg_values_supported: "RS256" }),
    ],
  ])("and has metadata %s is not used", async (_what, metadata) => {
    expect(await outcome({ metadata })).toEqual([502, "sign_in_provider_invalid"]);
  });

  const METADATA = "/.well-known/openid-configuration";

  it.each<[string, Lies["instead"], number, string]>([
    [
      "points elsewhere",
      { [METADATA]: (_, response) => response.writeHead(302, { location: "http://localhost/" }).end() },
      502,
      "sign_in_provider_invalid",
    ],
    [
      "is broken",
      { [METADATA]: (_, response) => response.writeHead(500).end() },
      503,
      "sign_in_provider_unreachable",
    ],
    ["hangs up", { [METADATA]: (request) => request.socket.destroy() }, 503, "sign_in_provider_unreachable"],
    [
      "has no metadata",
      { [METADATA]: (_, response) => response.writeHead(404).end() },
      502,
      "sign_in_provider_invalid",
    ],
    [
      "has a page for metadata",
      { [METADATA]: (_, response) => response.end("<html>") },
      502,
      "sign_in_provider_invalid",
    ],
    [
      "has endless metadata",
      { [METADATA]: (_, response) => response.end("[".repeat(2_000_000)) },
      502,
      "sign_in_provider_invalid",
    ],
    [
      "has keys elsewhere",
      { "/jwks": (_, response) => response.writeHead(307, { location: "http://localhost/" }).end() },
      502,
      "sign_in_provider_invalid",
    ],
    [
      "has broken keys",
      { "/jwks": (_, response) => response.writeHead(503).end() },
      503,
      "sign_in_provider_unreachable",
    ],
    ["has no keys", { "/jwks": (_, response) => response.end('{"keys":[]}') }, 403, "sign_in_not_proven"],
    [
      "gives tokens elsewhere",
      { "/token": (_, response) => response.writeHead(307, { location: "http://localhost/" }).end() },
      502,
      "sign_in_provider_invalid",
    ],
    [
      "gives a page for tokens",
      { "/token": (_, response) => response.end("<html>") },
      403,
      "sign_in_not_proven",
    ],
    [
      "breaks over the tokens",
      { "/token": (_, response) => response.writeHead(500).end("a trace of its own") },
      503,
      "sign_in_provider_unreachable",
    ],
    [
      "gives tokens without end",
      { "/token": (_, response) => endless(response) },
      502,
      "sign_in_provider_invalid",
    ],
    [
      "has keys without end",
      { "/jwks": (_, response) => endless(response) },
      502,
      "sign_in_provider_invalid",
    ],
    [
      "has thousands of keys, and none that is one",
      {
        "/jwks": (_, response) =>
          response.end(JSON.stringify({ keys: Array(5000).fill({ kty: "RSA", kid: "k1" }) })),
      },
      403,
      "sign_in_not_proven",
    ],
    [
      "has something else for keys",
      { "/jwks": (_, response) => response.end('{"keys":{"length":1e9}}') },
      403,
      "sign_in_not_proven",
    ],
    [
      "has keys that are deep",
      { "/jwks": (_, response) => response.end(`{"keys":${"[".repeat(100_000)}${"]".repeat(100_000)}}`) },
      403,
      "sign_in_not_proven",
    ],
    [
      "tells who that is without end",
      { "/me": (_, response) => endless(response) },
      502,
      "sign_in_provider_invalid",
    ],
    [
      "tells who that is elsewhere",
      { "/me": (_, response) => response.writeHead(302, { location: "http://localhost/" }).end() },
      502,
      "sign_in_provider_invalid",
    ],
  ])("or %s is told apart", async (_what, instead, status, code) => {
    expect(await outcome(instead === undefined ? {} : { instead })).toEqual([status, code]);
  });

  it("is asked for its metadata once, however many begin, and again when it failed", async () => {
    const metadata = () => hostile.asked.get("/.well-known/openid-configuration") ?? 0;
    hostile.lie({
      instead: { "/.well-known/openid-configuration": (_, response) => response.writeHead(500).end() },
    });
    const start = () => new Browser().go(`${anchorwatch.url}/api/v1/session/oidc/corp/start`);
    expect((await start()).status).toBe(503);
    hostile.lie({});
    const before = metadata();
    const answers = await Promise.all(Array.from({ length: 10 }, start));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(302));
    expect(metadata() - before).toBe(1);
    anchorwatch.pass(11 * 60_000);
    await start();
    anchorwatch.pass(-11 * 60_000);
    expect(metadata() - before).toBe(2);
  });

  it("is asked for its keys no more often, however many tokens name unknown ones", async () => {
    const keys = () => hostile.asked.get("/jwks") ?? 0;
    await outcome({});
    const before = keys();
    for (let tries = 0; tries < 3; tries++) {
      await outcome({ idToken: (honest) => ({ ...honest, header: { alg: "RS256", kid: `new ${tries}` } }) });
    }
    expect(keys() - before).toBe(0);
  });

  it("leaves an entry, and neither token nor claim of it", async () => {
    const answer = await signIn({ idToken: claim({ aud: "other", secret: "hunter2" }) });
    expect(answer.status).toBe(403);
    const told = answer.text + anchorwatch.log() + JSON.stringify(anchorwatch.entries);
    expect(told).not.toContain("hunter2");
    expect(told).not.toMatch(/eyJ|an access token/);
    expect(anchorwatch.entries.filter(({ kind }) => kind === "session.failed").at(-1)).toMatchObject({
      data: { method: "oidc", provider: "corp" },
    });
  });

  it("or never has done with answering keeps nobody else waiting, and its own people not for ever", async () => {
    const METADATA = "/.well-known/openid-configuration";
    const silent = () => {};
    const drips = (_: IncomingMessage, response: ServerResponse) => dripping(response);
    const slow = [
      { name: "silent", path: METADATA, wait: silent },
      { name: "drips", path: METADATA, wait: drips },
      { name: "tokens", path: "/token", wait: silent },
      { name: "keys", path: "/jwks", wait: drips },
      { name: "people", path: "/me", wait: silent },
    ];
    const asked: Promise<unknown>[] = [];
    const providers = await Promise.all(
      slow.map(async ({ name, path, wait }) => {
        const provider = await startHostileProvider();
        ends.unshift(() => provider.close());
        const isAsked = Promise.withResolvers<void>();
        asked.push(isAsked.promise);
        const instead = (request: IncomingMessage, response: ServerResponse) => {
          isAsked.resolve();
          wait(request, response);
        };
        provider.lie({ instead: { [path]: instead } });
        return { ...corp(), name, title: name, issuer: provider.issuer };
      }),
    );
    anchorwatch.configure({ providers: [...providers, corp()], assignments: [PLATFORM] });
    const begin = async (name: string, browser = new Browser()) => {
      const started = await browser.go(`${anchorwatch.url}/api/v1/session/oidc/${name}/start`);
      return await browser.follow(started, (url) => url.pathname === "/");
    };
    const ended: string[] = [];
    const stuck = slow.map(async ({ name }) => {
      const answer = await begin(name);
      ended.push(name);
      return answer;
    });
    await Promise.all(asked);
    hostile.lie({});
    expect(await begin("corp")).toBeInstanceOf(URL);
    expect((await fetch(`${anchorwatch.url}/readyz`)).status).toBe(200);
    expect(ended.length).toBeLessThan(slow.length);
    for (const answer of await Promise.all(stuck)) {
      if (answer instanceof URL) throw new TypeError("somebody came in");
      expect(answer.status).toBe(503);
      expect(answer.text).toMatch(/You are not signed in.*did not answer within 7 s.*Back to signing in/s);
      expect(answer.text).toContain("sign_in_provider_unreachable");
      expect(anchorwatch.log()).toContain(/request ([0-9a-f]{32})</.exec(answer.text)?.[1]);
    }
    const failed = anchorwatch.entries
      .filter(({ kind }) => kind === "session.failed")
      .map(({ data }) => data);
    for (const provider of ["tokens", "keys", "people"]) {
      const reason = expect.stringContaining("did not answer within 7 s");
      expect(failed).toContainEqual(expect.objectContaining({ provider, reason }));
    }
  }, 30_000);
});

/** The pages of the first run, of signing in, of programs and of one's account, in a real browser with a virtual authenticator. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, type CDPSession, chromium as driver, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { askToLink } from "../../packages/anchorwatch/src/app/access/chatAccounts.ts";
import { listen } from "../../packages/anchorwatch/src/server/listen.ts";
import type { Database } from "../../packages/anchorwatch/src/store/connect.ts";
import { openTestDatabase, quickTestServer } from "../../packages/anchorwatch/src/store/postgres.fixture.ts";
import { inspectMachine } from "../support/machine.ts";
import { type AccessServer, accessServer } from "./accessServer.fixture.ts";

const { chromium } = inspectMachine(process.env);
if (chromium === undefined) console.log("skipped: the pages in a browser, because chromium is not on PATH");

const PASSWORD = "an otter reads the ledger";

describe.skipIf(chromium === undefined)("the pages, in Chromium", () => {
  const folder = mkdtempSync(join(tmpdir(), "aw-pages-"));
  let database: Database;
  let server: AccessServer;
  let browser: BrowserContext;
  let page: Page;
  let devTools: CDPSession;
  let url: string;
  /** What the pages complained of. */
  const complaints: string[] = [];

  beforeAll(async () => {
    database = await openTestDatabase(await (await quickTestServer()).createDatabase());
    server = await accessServer(database);
    url = await listen(server.api, { port: 0, place: server.place });
    browser = await driver.launchPersistentContext(join(folder, "profile"), {
      executablePath: chromium ?? "",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--disable-background-networking",
      ],
      env: { PATH: process.env["PATH"] ?? "", HOME: folder, TMPDIR: folder },
    });
    page = browser.pages()[0] ?? (await browser.newPage());
    page.setDefaultTimeout(20_000);
    page.on("console", (message) => {
      // Answers such as 401 are told in the console, too; that they are shown, the tests see.
      if (message.type() === "error" && !message.text().includes("Failed to load resource"))
        complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    devTools = await browser.newCDPSession(page);
    await devTools.send("WebAuthn.enable");
  });

  afterAll(async () => {
    await browser?.close();
    await server?.api.close();
    await database?.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  afterEach(() => {
    expect(complaints.splice(0)).toEqual([]);
  });

  /** A phone or a security key that says yes to everything. */
  async function plugIn(transport: "internal" | "usb"): Promise<string> {
    const options = {
      protocol: "ctap2",
      transport,
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    } as const;
    const { authenticatorId } = await devTools.send("WebAuthn.addVirtualAuthenticator", { options });
    return authenticatorId;
  }

  const unplug = (authenticatorId: string) =>
    devTools.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId });

  const button = (name: string) => page.getByRole("button", { name, exact: true });

  async function signOut() {
    await button("Sign out").click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
  }

  let first: string;

  it("make the first administrator with a passkey, by a link whose secret leaves the address at once", async () => {
    const secret = (await server.firstRun()) ?? "";
    await page.goto(`${url}/setup#${secret}`);
    await page.getByLabel("Name to sign in with").fill("Kim@Example.com");
    expect(page.url()).toBe(`${url}/setup`);
    await page.getByLabel("Your name").fill("Kim <img src=x>");
    first = await plugIn("internal");
    await button("Continue with a passkey").click();
    await page.getByRole("heading", { name: "Kim <img src=x>" }).waitFor();
    await page.getByText("What comes next").waitFor();
    expect(page.url()).toBe(`${url}/account`);
    const steps = page.getByRole("region", { name: "What comes next" }).getByRole("listitem");
    expect((await steps.filter({ visible: true }).allTextContents()).map((text) => text.trim())).toEqual([
      `On your machine, anchorwatch login --server ${url} logs the command line in.`,
      expect.stringContaining("anchorwatch users invite LOGIN"),
      expect.stringContaining("second way in"),
    ]);
    await button("Done").click();
    await page.getByText("What comes next").waitFor({ state: "hidden" });
    expect(await page.locator("#roles").textContent()).toBe("kim@example.com · administrator");
    await page.getByRole("list", { name: "Passkeys" }).getByRole("listitem").waitFor();
    expect(server.log()).not.toContain(secret);
    const cookies = await browser.cookies(url);
    expect(cookies.map(({ name, httpOnly, sameSite }) => ({ name, httpOnly, sameSite }))).toEqual(
      ["anchorwatch", "anchorwatch-device"].map((name) => ({ name, httpOnly: true, sameSite: "Lax" })),
    );
  });

  it("sign out, tell that a link was used, and sign in again with the passkey, back to where one was", async () => {
    await signOut();
    const used = (await server.firstRun()) ?? "A".repeat(43);
    await page.goto(`${url}/setup#${used}`);
    await page.getByRole("heading", { name: "This link does not work" }).waitFor();
    expect(await page.getByRole("alert").textContent()).toContain("no good any more");
    // A link that was cut off, and then a whole one in the same tab: the page looks at that one.
    await page.goto("about:blank");
    await page.goto(`${url}/setup`);
    await page.getByRole("heading", { name: "This link is incomplete" }).waitFor();
    expect(await page.getByRole("alert").textContent()).toContain("Copy the whole link");
    const looked = page.waitForResponse(`${url}/api/v1/setup`);
    await page.goto(`${url}/setup#${"B".repeat(43)}`);
    expect((await looked).request().postDataJSON()).toEqual({ secret: "B".repeat(43) });
    await page.goto(`${url}/account`);
    await page.waitForURL(`${url}/sign-in?next=%2Faccount`);
    await button("Use a passkey").click();
    await page.waitForURL(`${url}/account`);
    await page.getByRole("heading", { name: "Kim <img src=x>" }).waitFor();
  });

  it("add a second passkey, sign in with it, and remove the first one", async () => {
    await devTools.send("WebAuthn.setAutomaticPresenceSimulation", {
      authenticatorId: first,
      enabled: false,
    });
    const second = await plugIn("usb");
    // The list is by time.
    server.pass(1_000);
    await button("Add a passkey").click();
    await page.getByText("The passkey is added.").waitFor();
    const passkeys = page.getByRole("list", { name: "Passkeys" }).getByRole("listitem");
    expect(await passkeys.count()).toBe(2);
    await unplug(first);
    await signOut();
    await button("Use a passkey").click();
    await page.waitForURL(`${url}/account`);
    await passkeys.filter({ hasText: "not used yet" }).waitFor({ state: "detached" });
    await passkeys.first().getByRole("button").click();
    await page.getByText("The passkey is removed").waitFor();
    expect(await passkeys.count()).toBe(1);
    await passkeys.first().getByRole("button").click();
    expect(await page.getByRole("alert").textContent()).toContain("only way in");
    first = second;
  });

  it("refuse a passkey that counts backwards, as a copy of it would", async () => {
    const { credentials } = await devTools.send("WebAuthn.getCredentials", { authenticatorId: first });
    const [credential] = credentials;
    if (credential === undefined) throw new TypeError("the authenticator is empty");
    await signOut();
    await devTools.send("WebAuthn.removeCredential", {
      authenticatorId: first,
      credentialId: credential.credentialId,
    });
    await devTools.send("WebAuthn.addCredential", {
      authenticatorId: first,
      credential: { ...credential, signCount: 0 },
    });
    await server.entries();
    await button("Use a passkey").click();
    await page.getByText("does not hold").waitFor();
    expect(await server.entries()).toMatchObject([
      {
        kind: "session.failed",
        data: { method: "passkey", reason: expect.stringContaining("copy"), account: "kim@example.com" },
      },
    ]);
    await devTools.send("WebAuthn.removeCredential", {
      authenticatorId: first,
      credentialId: credential.credentialId,
    });
    await devTools.send("WebAuthn.addCredential", {
      authenticatorId: first,
      credential: { ...credential, signCount: credential.signCount + 10 },
    });
    await button("Use a passkey").click();
    await page.waitForURL(`${url}/account`);
  });

  it("let in somebody who was invited, with a password, and ask him for his passkey once he has one", async () => {
    const session = (await browser.cookies(url)).find(({ name }) => name === "anchorwatch")?.value ?? "";
    const kim = server.somebody();
    kim.session = session;
    const { link } = (await kim.ask("POST", "/users", { login: "ann" }, { origin: "http://localhost:7478" }))
      .body;
    await page.goto(link);
    await page.getByText("You are invited as ann").waitFor();
    await page.getByLabel("Your name").fill("Ann");
    await page.getByLabel("Password").fill("password1234");
    await button("Continue with the password").click();
    expect(await page.getByRole("alert").textContent()).toContain("tried first");
    await page.getByLabel("Password").fill(PASSWORD);
    await button("Continue with the password").click();
    await page.getByText("ann · no role yet").waitFor();
    await page.getByText("You may see nothing yet").waitFor();
    expect(await page.getByText("anchorwatch users invite").isVisible()).toBe(false);
    await signOut();
    await page.getByLabel("Name").fill("ann");
    await page.getByLabel("Password").fill("wrong wrong wrong");
    await button("Sign in with the password").click();
    expect(await page.getByRole("alert").textContent()).toContain("wrong");
    await page.getByLabel("Password").fill(PASSWORD);
    await button("Sign in with the password").click();
    await page.waitForURL(`${url}/account`);
    await page.getByRole("heading", { name: "Ann" }).waitFor();
    await button("Add a passkey").click();
    await page.getByText("The passkey is added.").waitFor();
    await signOut();
    await page.getByLabel("Name").fill("ann");
    await page.getByLabel("Password").fill(PASSWORD);
    await button("Sign in with the password").click();
    await page.waitForURL(`${url}/account`);
    await server.entries();
    await page.getByRole("list", { name: "Passkeys" }).getByRole("button").click();
    await page.getByText("The passkey is removed").waitFor();
    expect((await server.entries()).map(({ kind }) => kind)).toEqual([
      "session.proven",
      "credential.removed",
    ]);
  });

  it("ask again who it is before a program is let in: by the password, or by signing in where there is none", async () => {
    const program = server.somebody("203.0.113.32");
    const letIn = async () => {
      server.pass(11 * 60_000);
      const { userCode, verificationUriComplete } = (await program.ask("POST", "/device", { name: "tablet" }))
        .body;
      await page.goto(verificationUriComplete);
      await button("Continue").click();
      await button("Let it in").click();
      return String(userCode).replace("-", "");
    };
    const dialog = page.getByRole("dialog", { name: "Is it still you?" });
    await letIn();
    await dialog.getByLabel("Your password").fill(PASSWORD);
    await button("Continue").click();
    await page.getByText("It is let in.").waitFor();
    await page.goto(`${url}/account`);
    server.configure({ passwords: false });
    const code = await letIn();
    expect(await dialog.getByLabel("Your password").isVisible()).toBe(false);
    await button("Sign in again").click();
    await page.waitForURL(`${url}/sign-in?next=%2Fdevice%23${code}`);
    server.configure({});
    await page.reload();
    await page.getByLabel("Name").fill("ann");
    await page.getByLabel("Password").fill(PASSWORD);
    await button("Sign in with the password").click();
    await page.waitForURL(`${url}/device#${code}`);
    await button("Continue").click();
    await button("Let it in").click();
    await page.getByText("It is let in.").waitFor();
  });

  it("ask for the password again some minutes after signing in, before a first passkey is added", async () => {
    server.pass(11 * 60_000);
    await page.goto(`${url}/account`);
    const dialog = page.getByRole("dialog", { name: "Is it still you?" });
    await button("Add a passkey").click();
    await dialog.waitFor();
    await button("Cancel").click();
    await page.getByText("Nothing was changed.").waitFor();
    await button("Add a passkey").click();
    await dialog.getByLabel("Your password").fill("wrong wrong wrong");
    await button("Continue").click();
    expect(await page.getByRole("alert").textContent()).toContain("not your password");
    await button("Add a passkey").click();
    await dialog.getByLabel("Your password").fill(PASSWORD);
    await button("Continue").click();
    await page.getByText("The passkey is added.").waitFor();
  });

  it("change a password, remove it where there is a passkey, and choose one again", async () => {
    const state = page.locator("#password-state");
    await page.getByText("Chosen").waitFor();
    await button("Change the password").click();
    await page.getByLabel("Password until now").fill(PASSWORD);
    await page.getByLabel("New password").fill(`${PASSWORD} twice`);
    await button("Save the password").click();
    await page.getByText("The password is saved").waitFor();
    await button("Remove the password").click();
    await page.getByText("The password is removed").waitFor();
    expect(await state.textContent()).toBe("You have none.");
    expect(await button("Remove the password").isVisible()).toBe(false);
    await button("Choose a password").click();
    expect(await page.getByLabel("Password until now").isVisible()).toBe(false);
    await page.getByLabel("New password").fill("password1234");
    await button("Save the password").click();
    expect(await page.getByRole("alert").textContent()).toContain("tried first");
    await page.getByLabel("New password").fill(PASSWORD);
    await button("Save the password").click();
    await page.getByText("The password is saved").waitFor();
    expect((await server.entries()).map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(["credential.added", "credential.removed", "session.proven"]),
    );
  });

  it("make a token that is limited, show it once, and revoke it; the passkey proves again who it is", async () => {
    server.pass(11 * 60_000);
    await server.entries();
    const tokens = page.getByRole("list", { name: "API tokens" }).getByRole("listitem");
    await button("Make a token").click();
    await page.getByLabel("What it is for").fill("backup <b>");
    await page.getByLabel("What it may").selectOption("viewer");
    await page.getByLabel("Only where these labels are").fill("team");
    await button("Make it").click();
    expect(await page.getByRole("alert").textContent()).toContain("is no label");
    await page.getByLabel("Only where these labels are").fill("team=payments, env=prod");
    await button("Make it").click();
    await page.getByText("it is shown this once").waitFor();
    expect((await server.entries()).map(({ kind }) => kind)).toEqual(["session.proven", "token.created"]);
    const secret = (await page.locator("#secret").textContent()) ?? "";
    await browser.grantPermissions(["clipboard-read", "clipboard-write"], { origin: url });
    await button("Copy").click();
    await page.getByText("The token is copied.").waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(secret);
    const program = server.somebody("203.0.113.31");
    program.token = secret;
    expect((await program.ask("GET", "/session")).body).toMatchObject({
      login: "ann",
      limit: { roles: ["viewer"], scope: { team: "payments", env: "prod" } },
    });
    await page.reload();
    await tokens.getByText("backup <b>").waitFor();
    expect(await tokens.textContent()).toContain("may: viewer (team=payments, env=prod)");
    expect(await tokens.textContent()).toContain("from 203.0.113.31");
    expect(await page.content()).not.toContain(secret);
    await tokens.getByRole("button").click();
    await page.getByText("The token is revoked").waitFor();
    expect(await tokens.count()).toBe(0);
    expect(await program.told("GET", "/session")).toEqual([401, "sign_in_required"]);
  });

  it("let a program in that shows the code, and refuse another one; the passkey proves again who it is", async () => {
    server.pass(11 * 60_000);
    await server.entries();
    const program = server.somebody("203.0.113.30");
    const asked = async () => (await program.ask("POST", "/device", { name: "<i>laptop</i>" })).body;
    const [wanted, unwanted] = [await asked(), await asked()];
    await page.goto(wanted.verificationUriComplete);
    await button("Continue").click();
    await page.getByText("<i>laptop</i>").waitFor();
    expect(await page.locator("#shown").textContent()).toBe(wanted.userCode);
    await button("Let it in").click();
    await page.getByText("It is let in.").waitFor();
    expect((await server.entries()).map(({ kind }) => kind)).toEqual(["session.proven"]);
    server.pass(6_000);
    const given = (await program.ask("POST", "/device/token", { deviceCode: wanted.deviceCode })).body;
    expect(given).toMatchObject({ status: "allowed", token: { name: "<i>laptop</i> (login)" } });
    // What was typed is what counts: the address may be somebody else's.
    await page.goto(`${url}/device`);
    await page.getByLabel("Code").fill("XXXX-XXXX");
    await button("Continue").click();
    expect(await page.getByRole("alert").textContent()).toContain("No program asks");
    await page.getByLabel("Code").fill(unwanted.userCode);
    await button("Continue").click();
    await button("Refuse").click();
    await page.getByText("It was refused.").waitFor();
    expect(
      (await program.ask("POST", "/device/token", { deviceCode: unwanted.deviceCode })).body.status,
    ).toBe("denied");
  });

  it("link the account of a chat that asks, once it is shown whose it is, and unlink it", async () => {
    const identity = { service: "slack", team: "T1", account: "U1", name: "<b>ann</b>" } as const;
    const code = await askToLink(server.context, identity);
    await page.goto(`${url}/account#chat=${code}`);
    await page.getByText("Slack: <b>ann</b> (U1 of T1)").waitFor();
    expect(page.url()).toBe(`${url}/account`);
    await button("It is mine: link it").click();
    await page.getByText("The account is linked.").waitFor();
    const accounts = page.getByRole("list", { name: "Chat accounts" }).getByRole("listitem");
    expect(await accounts.textContent()).toContain("Slack: <b>ann</b>");
    await accounts.getByRole("button").click();
    await page.getByText("The account is unlinked").waitFor();
    expect(await accounts.count()).toBe(0);
  });

  it("lead to an identity provider, and say in words when it does not answer", async () => {
    const provider = { name: "corp", title: "Corp", issuer: "https://127.0.0.1:9/", clientId: "anchorwatch" };
    server.configure({ providers: [{ ...provider, scopes: ["openid"], loginClaim: "email" }] });
    await page.goto(`${url}/sign-in?next=%2Fdevice`);
    const link = page.getByRole("link", { name: "Sign in with Corp" });
    const path = "/api/v1/session/oidc/corp/start?returnTo=%2Fdevice";
    expect(await link.getAttribute("href")).toBe(`${url}${path}`);
    await link.click();
    await page.getByRole("heading", { name: "You are not signed in" }).waitFor();
    server.configure({});
    await page.getByRole("link", { name: "Back to signing in" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.goto(`${url}/acount`);
    await page.getByRole("heading", { name: "There is no such page" }).waitFor();
    await page.getByRole("link", { name: "To your account" }).click();
    await page.waitForURL(`${url}/account`);
  });

  it("do not stumble over an address that is broken", async () => {
    // Else it is the same page, further down.
    await page.goto("about:blank");
    await page.goto(`${url}/device#%E0%A4%A`);
    await button("Continue").click();
    expect(await page.getByRole("alert").textContent()).not.toBe("");
    for (const broken of ["/setup#%", "/setup#%E0%A4%A", "/sign-in?next=%E0%A4%A#%", "/account#%zz"]) {
      await page.goto("about:blank");
      await page.goto(`${url}${broken}`);
      await page.getByRole("heading").first().waitFor();
    }
  });

  it("hold nothing that runs but their own modules, and send nobody elsewhere after signing in", async () => {
    for (const path of ["/setup", "/sign-in", "/device", "/account"]) {
      const answer = await fetch(`${url}${path}`);
      expect(answer.headers.get("content-security-policy")).toMatch(
        /^default-src 'none'; script-src 'self'; style-src 'self';/,
      );
      expect(await answer.text()).not.toMatch(/ on[a-z]+=|style=|<script(?![^>]* src=)/);
    }
    for (const next of [
      "https://evil.example/",
      "//evil.example",
      "/\\evil.example",
      "/..//evil.example",
      "http://[",
      "javascript:alert(1)",
    ]) {
      await page.goto(`${url}/sign-in?next=${encodeURIComponent(next)}`);
      const goes = await page.evaluate("import('/assets/page.js').then(({ nextPage }) => nextPage())");
      expect(goes).toMatch(/^\/(account$|$|evil)/);
    }
  });

  it("leave one way in of those that are removed at the same time", async () => {
    await page.goto(`${url}/account`);
    await signOut();
    await button("Use a passkey").click();
    await page.waitForURL(`${url}/account`);
    const told = await page.evaluate(async (wanted) => {
      const headers = { "content-type": "application/json" };
      await fetch("/api/v1/password", { method: "PUT", headers, body: JSON.stringify({ wanted }) });
      type Said = { passkeys: { id: string }[]; changedAt?: string; code: string };
      const said = async (answer: Response) => (await answer.json()) as Said;
      const read = async (what: string) => await said(await fetch(`/api/v1/${what}`));
      const keys = (await read("passkeys")).passkeys.map(({ id }) => `passkeys/${id}`);
      const answers = await Promise.all(
        [...keys, "password"].map(async (path) => {
          const answer = await fetch(`/api/v1/${path}`, { method: "DELETE" });
          return answer.ok ? "removed" : (await said(answer)).code;
        }),
      );
      const { changedAt } = await read("password");
      return { answers, left: (await read("passkeys")).passkeys.length + (changedAt === undefined ? 0 : 1) };
    }, PASSWORD);
    expect(told.answers.length).toBeGreaterThan(1);
    expect(told.answers.filter((answer) => answer !== "removed")).toEqual(["last_way_in"]);
    expect(told.left).toBe(1);
  });
});

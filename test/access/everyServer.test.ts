/** Who comes in, how his session lives and ends, and what he sees then: on each kind of PostgreSQL. Everything else is tried on one. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeOnEveryServer } from "../../packages/anchorwatch/src/store/postgres.fixture.ts";
import type { AccessServer, Somebody } from "./accessServer.fixture.ts";
import { type Tenants, tenants } from "./tenants.fixture.ts";

const PASSWORD = "an otter reads the ledger";
const MINUTE = 60_000;

describeOnEveryServer("people", (on) => {
  let shared: Tenants;
  let server: AccessServer;
  let kim: Somebody;
  let ann: Somebody;
  let annsId: string;
  beforeAll(async () => {
    shared = await tenants(on().database);
    server = shared.server;
  });
  afterAll(() => shared?.server.api.close());

  async function setUp(secret: string, login: string): Promise<Somebody> {
    const somebody = server.somebody();
    const body = { secret, person: { login, name: login }, password: PASSWORD };
    expect((await somebody.ask("POST", "/setup/password", body)).status).toBe(200);
    return somebody;
  }

  async function signIn(login: string, password = PASSWORD, somebody = server.somebody()) {
    return { somebody, told: await somebody.told("POST", "/session/password", { login, password }) };
  }

  it("come in by the link of the first run, by an invitation, and by their password", async () => {
    kim = await setUp((await server.firstRun()) ?? "", "kim");
    const { status, body } = await kim.ask("POST", "/users", { login: "Ann" });
    expect(status).toBe(201);
    annsId = body.user.id;
    await setUp(String(body.link).split("#")[1] ?? "", "");
    expect((await signIn("ann", "not her password")).told).toEqual([403, "sign_in_refused"]);
    const { somebody, told } = await signIn("ann");
    expect(told).toEqual([200, undefined]);
    ann = somebody;
    expect((await ann.ask("GET", "/session")).body).toMatchObject({ login: "ann", roles: [] });
  });

  it("get another cookie after a while, of two requests at once too, and the one before betrays who copied it", async () => {
    const { somebody } = await signIn("ann");
    const before = somebody.session ?? "";
    server.pass(16 * MINUTE);
    const both = await Promise.all([somebody.ask("GET", "/session"), somebody.ask("GET", "/session")]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect(somebody.session).not.toBe(before);
    server.pass(2 * MINUTE);
    expect((await somebody.ask("GET", "/session")).status).toBe(200);
    const thief = server.somebody();
    thief.session = before;
    expect(await thief.told("GET", "/session")).toEqual([401, "sign_in_required"]);
    expect(await somebody.told("GET", "/session")).toEqual([401, "sign_in_required"]);
  });

  it("see what their labels show, page after page, and nothing else is counted", async () => {
    const names = async (who: Somebody) => {
      const found: string[] = [];
      for (let next: string | undefined = ""; next !== undefined; ) {
        const cursor = next === "" ? "" : `&cursor=${encodeURIComponent(next)}`;
        const { body } = await who.ask("GET", `/stacks?limit=1${cursor}`);
        expect(body.stacks.length).toBeLessThanOrEqual(1);
        for (const stack of body.stacks) found.push(stack.name);
        next = body.next;
      }
      return found;
    };
    expect(await names(ann)).toEqual([]);
    const given = { role: "viewer", subject: { kind: "user", id: annsId }, scope: { team: "red" } };
    expect((await kim.ask("POST", "/role-assignments", given)).status).toBe(201);
    ann = (await signIn("ann")).somebody;
    expect(await names(ann)).toEqual(["red/dns", "red/network"]);
    expect(await names(kim)).toEqual(["blue/dns", "blue/network", "red/dns", "red/network"]);
    const { drifts } = (await ann.ask("GET", "/drifts?sort=openedAt&order=asc")).body;
    expect(drifts.map(({ id }: { id: string }) => id)).toEqual([shared.things.red.drift]);
    expect(await ann.told("GET", `/drifts/${shared.things.blue.drift}`)).toEqual([404, "request_not_found"]);
    expect((await ann.ask("GET", "/status")).body).toMatchObject({ openDrifts: 1 });
  });

  it("are out with all their sessions and tokens when they are disabled, whichever of two administrators was first", async () => {
    const expiresAt = new Date(server.context.now().getTime() + 24 * 60 * MINUTE).toISOString();
    const made = (await ann.ask("POST", "/tokens", { name: "laptop", expiresAt })).body;
    const program = server.somebody("203.0.113.5");
    program.token = made.secret;
    expect((await program.ask("GET", "/session")).status).toBe(200);
    const { etag } = (await kim.ask("GET", `/users/${annsId}`)).headers;
    const change = (status: string) =>
      kim.told("PATCH", `/users/${annsId}`, { status }, { "if-match": String(etag) });
    const told = await Promise.all([change("disabled"), change("disabled")]);
    expect(told.map(([status]) => status).sort()).toEqual([200, 412]);
    for (const who of [ann, program])
      expect(await who.told("GET", "/stacks")).toEqual([401, "sign_in_required"]);
    expect((await signIn("ann")).told).toEqual([403, "sign_in_refused"]);
    expect(await kim.told("DELETE", "/session")).toEqual([204, undefined]);
  });
});

import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { formatVerifierKey } from "tlog";
import { beforeEach, describe, expect, it } from "vitest";
import { hostile } from "../../client/hostileServer.fixture.ts";
import type { Classification } from "../../domain/classification.ts";
import { logOf } from "../../ledger/read/log.fixture.ts";
import { ALL_LABELS, KIM, knowing, memoryAccess } from "../../server/memoryAccess.fixture.ts";
import {
  driftNumber,
  type MemoryWatch,
  memoryWatch,
  NOW,
  stackNamed,
} from "../../server/memoryWatch.fixture.ts";
import { listening } from "../../server/testServer.fixture.ts";
import { saidSecurity, searchedAccount, unmanagedNamed } from "../../server/unmanaged.fixture.ts";
import type { DriftRecord } from "../../watch/drift.ts";
import type { CheckRecord } from "../../watch/records.ts";
import type { StackId } from "../../watch/stack.ts";
import { ledgerPaint } from "../ledger/paint.ts";
import { manualSignals, memoryStream, stillSurroundings } from "../testSurroundings.fixture.ts";
import { keepLogin } from "./logins.ts";
import { type RemoteUser, remoteUser } from "./remoteRun.fixture.ts";
import { table } from "./table.ts";

const TOKEN = "awt_Q7c2mJxkzq0Vt1rA9nE4hYbLw8sPfDuG3oKiXeTjRvM";
const access = () => memoryAccess(knowing({ [TOKEN]: { principal: KIM } }));
const lasting = { ...stillSurroundings().lasting, clock: () => new Date(NOW.getTime() + 3 * 3_600_000) };

/** A user who is logged in. */
async function loggedIn(server: string, user = remoteUser({ lasting })): Promise<RemoteUser> {
  await keepLogin(
    { server, token: TOKEN, login: "kim" },
    { configFolder: user.configFolder, userId: process.getuid?.() },
  );
  return user;
}

describe("the login that is kept", () => {
  const files = ({ configFolder }: RemoteUser) => readdirSync(join(configFolder, "logins"));

  it("is this user's alone, whatever was there before, and whole", async () => {
    const { url } = await listening(memoryWatch(), {}, { access: access() });
    const user = remoteUser({}, { readSecret: async () => TOKEN });
    mkdirSync(join(user.configFolder, "logins"), { recursive: true, mode: 0o777 });
    chmodSync(join(user.configFolder, "logins"), 0o777);
    // The memory server knows no accounts, so that nobody can say who the token is.
    await keepLogin(
      { server: url, token: TOKEN },
      { configFolder: user.configFolder, userId: process.getuid?.() },
    );
    const [name = ""] = files(user);
    expect(files(user)).toEqual([`http_localhost_${new URL(url).port}.json`]);
    expect(statSync(join(user.configFolder, "logins", name)).mode & 0o777).toBe(0o600);
    expect(statSync(join(user.configFolder, "logins")).mode & 0o777).toBe(0o700);
  });

  it("is not used when others could have read or written it", async () => {
    const { url } = await listening(memoryWatch(), {}, { access: access() });
    const user = await loggedIn(url);
    chmodSync(join(user.configFolder, "logins", files(user)[0] ?? ""), 0o640);
    const ran = await user.run("stacks", "list");
    expect(ran).toMatchObject({ status: 1, stdout: "" });
    expect(ran.stderr).toContain("(login_unusable)");
    expect(ran.stderr).not.toContain(TOKEN);
  });

  it("goes to no other server, also when its file is copied to another's name or is damaged", async () => {
    const thief = await hostile((_, response) => response.end());
    const { url } = await listening(memoryWatch(), {}, { access: access() });
    const user = await loggedIn(url);
    const folder = join(user.configFolder, "logins");
    const text = readFileSync(join(folder, files(user)[0] ?? ""));
    writeFileSync(join(folder, `http_localhost_${new URL(thief.url).port}.json`), text, { mode: 0o600 });
    const ran = await user.run("stacks", "list", "--server", thief.url);
    expect(ran.stderr).toContain("(login_missing)");
    expect(thief.asked).toEqual([]);
    for (const name of files(user)) writeFileSync(join(folder, name), `{"token":"${TOKEN}`);
    const damaged = await user.run("stacks", "list", "--server", url);
    expect(damaged.stderr).toContain("(login_unusable)");
    expect(damaged.stderr).not.toContain(TOKEN);
  });

  it("names the server where it is the only one; of several, or none, somebody has to say which", async () => {
    const { url } = await listening(memoryWatch(), {}, { access: access() });
    const nobody = await remoteUser().run("stacks", "list");
    expect(nobody.stderr).toContain("anchorwatch login --server URL");
    const user = await loggedIn(url);
    expect(await user.run("stacks", "list")).toMatchObject({ status: 0 });
    await loggedIn("https://anchorwatch.example.com", user);
    const several = await user.run("stacks", "list");
    expect(several.stderr).toContain(`${url}, https://anchorwatch.example.com`);
    expect(several.status).toBe(1);
  });

  it("gives way to the environment, whose token goes to the environment's server alone", async () => {
    const own = await listening(memoryWatch(), {}, { access: access() });
    const other = await hostile((_, response) => response.end());
    const environment = { ANCHORWATCH_TOKEN: TOKEN, ANCHORWATCH_SERVER_URL: own.url };
    const pipeline = remoteUser({ environment });
    expect(await pipeline.run("stacks", "list")).toMatchObject({ status: 0 });
    const elsewhere = await pipeline.run("stacks", "list", "--server", other.url);
    expect(elsewhere.stderr).toContain("(login_missing)");
    const homeless = remoteUser({ environment: { ANCHORWATCH_TOKEN: TOKEN } });
    const ran = await homeless.run("stacks", "list", "--server", other.url);
    expect(ran.stderr).toContain("Set ANCHORWATCH_SERVER_URL");
    expect(other.asked).toEqual([]);
  });

  it("is none when it is broken, and is not printed then", async () => {
    const { url } = await listening(memoryWatch(), {}, { access: access() });
    const environment = { ANCHORWATCH_TOKEN: `${TOKEN}\nx`, ANCHORWATCH_SERVER_URL: url };
    const user = await loggedIn(url);
    const [name = ""] = files(user);
    const file = join(user.configFolder, "logins", name);
    writeFileSync(file, readFileSync(file, "utf8").replace(TOKEN, `${TOKEN}\\n`));
    for (const broken of [remoteUser({ environment }), user])
      for (const argv of [
        ["stacks", "list"],
        ["ledger", "verify", `${url}/ledger/`, "--key", "k"],
      ]) {
        const ran = await broken.run(...argv, ...(argv[0] === "stacks" ? ["--server", url] : []));
        expect(ran.status).toBe(1);
        expect(ran.stderr).not.toContain(TOKEN);
      }
  });

  it("is asked for again when the server knows it no more", async () => {
    const { url } = await listening(memoryWatch(), {}, { access: memoryAccess(knowing({})) });
    const ran = await (await loggedIn(url)).run("drifts", "list");
    expect(ran).toEqual({
      status: 1,
      stdout: "",
      stderr: `anchorwatch: ${url} does not know this login, or not any more\n  Log in again: anchorwatch login --server ${url}\n  (sign_in_required)\n`,
    });
  });

  it("is not even tried over the network without TLS", async () => {
    const ran = await remoteUser().run("login", "--server", "http://anchorwatch.example.com");
    expect(ran.stderr).toContain("(server_url_invalid)");
  });

  it("is not kept when what was given is no token", async () => {
    const server = await hostile((_, response) => response.end());
    const user = remoteUser({}, { readSecret: async () => "hunter2" });
    const ran = await user.run("login", "--token", "--server", server.url);
    expect([ran.status, server.asked.length]).toEqual([1, 0]);
    expect(ran.stderr).not.toContain("hunter2");
  });
});

const judged: Classification = {
  ...{ class: "operational", severity: "high", isComplete: true, problems: [], policy: "sha256:22" },
  rules: [
    {
      ...{ id: "team.delay", title: "Another delay", origin: "operator", class: "operational" },
      ...{ severity: "medium", explanation: "kim made it wait.", controls: [] },
      values: [{ expression: "live.delay_seconds", value: 5 }],
    },
  ],
  adjustments: [
    {
      ...{ id: "context.production", origin: "builtin", from: "medium", to: "high", because: "It is prod." },
      values: [],
    },
  ],
};

describe("what a server is asked", () => {
  const stacks = [
    stackNamed("dns", { health: "failed", error: { code: "x", message: "no state" } }),
    stackNamed("network", { openDrifts: 2, lastCompleteAt: NOW }),
  ];
  const drifts = [1, 2].map((number) => driftNumber(number));
  let user: RemoteUser;
  let server: Awaited<ReturnType<typeof listening>>;
  beforeEach(async () => {
    const ended = driftNumber(3, {
      ...{ status: "closed", end: "reverted", closedAt: NOW },
      classification: judged,
    });
    server = await listening(memoryWatch({ stacks, drifts: [...drifts, ended] }), {}, { access: access() });
    user = await loggedIn(server.url);
  });

  it("its stacks, in columns for people and as the API gives them for programs", async () => {
    const text = await user.run("stacks", "list");
    expect(text.stdout).toBe(
      [
        "STACK    HEALTH  DRIFTS  RESOURCES  CHECKED      LABELS",
        "dns      failed  ?                  3 hours ago",
        "network  ok      2                  3 hours ago",
        "",
      ].join("\n"),
    );
    const json = await user.run("stacks", "list", "--format", "json", "--health", "failed");
    expect(JSON.parse(json.stdout)).toMatchObject({
      schema: "anchorwatch.stacks/v1",
      stacks: [{ name: "dns" }],
    });
    const one = await user.run("stacks", "show", "dns");
    expect(one.stdout).toMatch(/^ {2}stack {8}dns\n.*problem {6}no state \(x\)\n/s);
    expect(await user.run("stacks", "show", "none")).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/There is no stack "none" that you may see\n.*stacks list/),
    });
    const none = await user.run("stacks", "list", "--prefix", "zz");
    expect(none).toEqual({
      status: 0,
      stdout: "",
      stderr: "No stack is like that, of those that you may see.\n",
    });
  });

  it("its drifts: 2 while one like that is open, with who did it", async () => {
    const open = await user.run("drifts", "list");
    expect(open.status).toBe(2);
    expect(open.stdout).toMatch(
      /^SINCE +SEVERITY +DRIFT +STACK +RESOURCE +BY +ID\n3 hours ago +\? +changed +network +aws_sqs_queue\.q\d /,
    );
    expect(open.stdout.split("\n")).toHaveLength(4);
    const cut = await user.run("drifts", "list", "--limit", "1", "--status", "all");
    expect(cut.stdout.split("\n")).toHaveLength(3);
    expect(cut.stderr).toContain("There are more");
    const closed = await user.run("drifts", "list", "--status", "closed", "--format", "json");
    expect(closed.status).toBe(0);
    expect(JSON.parse(closed.stdout).drifts).toMatchObject([{ id: "drift-3", end: "reverted" }]);
    const one = await user.run("drifts", "show", "drift-1");
    expect(one.stdout).toContain('"delay_seconds": 5');
  });

  it("what the rules there said of a drift, and which values made them", async () => {
    const text = await user.run("policy", "explain", "drift-3", "--server", server.url);
    expect(text).toMatchObject({ status: 0, stderr: "" });
    expect(text.stdout).toContain("aws_sqs_queue.q3  changed  operational, high\n");
    expect(text.stdout).toContain("fired   team.delay  operational, medium\n");
    expect(text.stdout).toContain("live.delay_seconds = 5\n");
    expect(text.stdout).toContain("adjust  context.production  medium → high\n");
    const json = await user.run("policy", "explain", "drift-3", "--server", server.url, "--format", "json");
    expect(JSON.parse(json.stdout)).toMatchObject({
      schema: "anchorwatch.policy-explanation/v1",
      drifts: [{ address: "aws_sqs_queue.q3", classification: { policy: "sha256:22" } }],
    });
    const none = await user.run("policy", "explain", "drift-1", "--server", server.url);
    expect([none.status, none.stderr]).toEqual([1, expect.stringContaining("(policy_subject_missing)")]);
    const all = await user.run("policy", "explain", "drift-3", "--server", server.url, "--all");
    expect([all.status, all.stderr]).toEqual([1, expect.stringContaining("(server_flag_unfit)")]);
  });

  it("what is in force there, as its file would say it", async () => {
    const text = await user.run("config", "show");
    expect(text.status).toBe(0);
    expect(text.stdout).toMatch(/^ {2}file +\S+.*\n {2}in force +since /);
    const json = await user.run("config", "show", "--format", "json");
    expect(JSON.parse(json.stdout)).toMatchObject({ schema: "anchorwatch.configuration-in-force/v1" });
  });

  it("lists longer than what a function takes as arguments", () => {
    const rows = Array.from({ length: 300_000 }, () => ["a", "b"]);
    const text = table(["X", "Y"], rows, ledgerPaint(false));
    expect(text.length).toBe(300_001 * 5);
  });

  it("what no stack has, with what is unknown, and accepts it with a reason", async () => {
    const content = {
      accounts: [searchedAccount("prod", ALL_LABELS)],
      unmanaged: [
        unmanagedNamed("ada", { classification: saidSecurity("high") }),
        unmanagedNamed("old", { status: "accepted" }),
      ],
    };
    const { url } = await listening(memoryWatch(content), {}, { access: access() });
    const me = await loggedIn(url);
    const open = await me.run("unmanaged", "list", "--account", "prod");
    expect(open).toMatchObject({
      status: 2,
      stderr: "In prod not everything could be looked at: iam in global.\n",
    });
    expect(open.stdout).toMatch(
      /^SINCE +SEVERITY +ACCOUNT .*\n3 hours ago +high security +prod +global +aws_iam_user +ada /,
    );
    const low = await me.run(
      "unmanaged",
      "list",
      "--severity",
      "low",
      "--class",
      "security",
      "--sort",
      "severity",
    );
    expect(low).toMatchObject({ status: 0, stdout: "" });
    const accepted = await me.run("unmanaged", "list", "--status", "accepted", "--format", "json");
    expect(accepted.status).toBe(0);
    expect(JSON.parse(accepted.stdout).unmanaged).toMatchObject([{ id: "old" }]);
    const none = await me.run("unmanaged", "list", "--account", "elsewhere");
    expect([none.status, none.stderr]).toEqual([
      0,
      expect.stringContaining("No account elsewhere is searched."),
    ]);
    const why = ["--reason", "reviewed"];
    expect((await me.run("unmanaged", "accept", "prod", ...why)).stdout).toMatch(/^1 accepted\. /);
    const nothing = await me.run("unmanaged", "withdraw", "prod", "--id", "ada", ...why);
    expect(nothing).toMatchObject({ status: 0, stdout: "There is nothing like that to withdraw.\n" });
    expect((await me.run("unmanaged", "accept", "prod")).status).toBe(1);
    const hidden = await me.run("unmanaged", "accept", "hidden", ...why);
    expect([hidden.status, hidden.stderr]).toEqual([1, expect.stringContaining("(request_not_found)")]);
  });

  it("follows all pages", async () => {
    const many = Array.from({ length: 1201 }, (_, i) => driftNumber(i));
    const { url } = await listening(memoryWatch({ stacks, drifts: many }), {}, { access: access() });
    const ran = await (await loggedIn(url)).run("drifts", "list", "--format", "json");
    expect(new Set(JSON.parse(ran.stdout).drifts.map(({ id }: DriftRecord) => id)).size).toBe(1201);
  });

  it("names cannot paint the terminal", async () => {
    const evil = driftNumber(1, { address: "aws_x.\u001b]0;owned\u0007" });
    const { url } = await listening(memoryWatch({ stacks, drifts: [evil] }), {}, { access: access() });
    const me = await loggedIn(url);
    for (const argv of [
      ["drifts", "list"],
      ["drifts", "show", "drift-1"],
      ["drifts", "list", "--format", "json"],
    ])
      expect((await me.run(...argv)).stdout).not.toMatch(/\p{Cc}(?<!\n)/u);
  });

  it("its status, and its events", async () => {
    const status = await user.run("status");
    expect(status.stdout).toContain(`server         ${server.url}\n`);
    expect(status.stdout).toContain("open drifts    2\n");
    expect(await user.run("events", "list")).toMatchObject({ status: 0, stdout: "" });
  });

  it("to add a stack of a repository, and to remove it", async () => {
    const repository = ["--repository", "https://git.example.com/infra.git", "--path", "web"];
    const added = await user.run(
      "stacks",
      "add",
      "web",
      ...repository,
      "--label",
      "team=web",
      "--every",
      "15m",
      "--format",
      "json",
    );
    expect(JSON.parse(added.stdout)).toMatchObject({
      name: "web",
      labels: { team: "web" },
      sweepEveryMs: 900_000,
      origin: { kind: "repository", url: "https://git.example.com/infra.git", ref: "main", path: "web" },
    });
    expect(await user.run("stacks", "remove", "web")).toMatchObject({ status: 0 });
  });

  it("to check a stack now, and waits for what that check found", async () => {
    const at = NOW.getTime();
    const check = { stackId: "id-network" as StackId, trigger: "manual", outcome: "complete" } as const;
    const before = { ...check, id: "c1", startedAt: new Date(at - 60_000), finishedAt: new Date(at + 5) };
    const ours = { ...check, id: "c2", startedAt: new Date(at), finishedAt: new Date(at + 9) };
    const late = { ...check, id: "c3", startedAt: new Date(at + 5), finishedAt: new Date(at + 99) };
    const checks: CheckRecord[] = [];
    const addresses: unknown[] = [];
    const checkNow: MemoryWatch["checkNow"] = async (_, wanted) => {
      addresses.push(wanted);
      // One was under way, and another is asked for by somebody else soon.
      checks.push(...[before, ours, late].map((one) => ({ ...one, id: `${one.id}-${addresses.length}` })));
      return "queued";
    };
    const content = { stacks, drifts, checks };
    const done = await listening(memoryWatch(content, { checkNow }), {}, { access: access() });
    const me = await loggedIn(done.url);
    const drifted = await me.run("check", "network", "--server", done.url, "--target", "aws_sqs_queue.q1");
    expect(drifted.status).toBe(2);
    expect(drifted.stdout).toContain("2 open drifts.");
    expect(addresses).toEqual([["aws_sqs_queue.q1"]]);
    const json = await me.run("check", "network", "--server", done.url, "--format", "json");
    expect(JSON.parse(json.stdout)).toMatchObject({ check: { id: "c2-2" }, drifts: [{}, {}] });
  });

  it("and does not wait for ever, nor take flags of a check on this machine", async () => {
    let now = NOW.getTime();
    const clock = () => {
      now += 60_000;
      return new Date(now);
    };
    const late = await user
      .with({ lasting: { ...lasting, clock } })
      .run("check", "network", "--server", server.url, "--timeout", "5m");
    expect(late).toMatchObject({ status: 1, stderr: expect.stringContaining("(server_check_late)") });
    for (const flag of [
      ["--state", "x"],
      ["--var", "a=b"],
      ["--read-role", "arn:aws:iam::123456789012:role/r"],
      ["--format", "sarif"],
    ]) {
      const ran = await user.run("check", "network", "--server", server.url, ...flag);
      expect(ran.stderr).toContain("(server_flag_unfit)");
      expect(ran.stderr).toContain(flag[0]);
    }
    expect((await user.run("check", "--server", server.url)).stderr).toContain("(stack_not_chosen)");
  });

  it("what happens there, live, until Ctrl-C", async () => {
    const signals = manualSignals();
    const [stdout, stderr] = [memoryStream(), memoryStream()];
    const running = user
      .with({ onInterrupt: signals.onInterrupt, stdout, stderr })
      .run("watch", "--server", server.url);
    while (!stderr.text().includes(`Listening to ${server.url}`)) await setImmediate();
    server.watch.tell({ kind: "drift", step: "opened", drift: driftNumber(1), labelSet: ALL_LABELS });
    const ended = driftNumber(1, { status: "closed", end: "reverted" });
    server.watch.tell({ kind: "drift", step: "closed", drift: ended, labelSet: ALL_LABELS });
    while (!stdout.text().includes("closed")) await setImmediate();
    signals.send("SIGINT");
    expect((await running).status).toBe(130);
    expect(stdout.text().replaceAll(/\d\d:\d\d:\d\d/g, "TIME")).toMatch(
      /^TIME {2}network aws_sqs_queue\.q1 {2}drift opened: changed {2}by \S+\nTIME {2}network aws_sqs_queue\.q1 {2}drift closed: reverted {2}by \S+\n$/,
    );
  });

  it("its drifts and then what happens to those that are meant, until nobody reads any more", async () => {
    const [stdout, stderr] = [memoryStream(), memoryStream()];
    const running = user
      .with({ stdout, stderr })
      .run("drifts", "list", "--watch", "--format", "json", "--address", "aws_sqs_queue.q1");
    while (!stdout.text().includes("anchorwatch.drifts/v1")) await setImmediate();
    for (const number of [1, 2, 11]) {
      const drift = driftNumber(number);
      server.watch.tell({ kind: "drift", step: "opened", drift, labelSet: ALL_LABELS });
    }
    const told = () =>
      stdout
        .text()
        .split("\n")
        .filter((line) => line.startsWith('{"kind"'));
    while (told().length < 2) await setImmediate();
    expect(told().map((line) => JSON.parse(line).drift.id)).toEqual(["drift-1", "drift-11"]);
    stdout.destroy();
    server.watch.tell({ kind: "drift", step: "opened", drift: driftNumber(1), labelSet: ALL_LABELS });
    expect((await running).status).toBe(0);
  });

  it("its ledger, which only those who are logged in may read", async () => {
    const log = await logOf(3);
    const { url } = await listening(
      memoryWatch({ ledger: Object.fromEntries(log.files) }),
      {},
      { access: access() },
    );
    const me = await loggedIn(url);
    const key = formatVerifierKey(log.key);
    expect(await me.run("ledger", "verify", "--server", url, "--key", key)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("3 entries, authenticated and whole"),
    });
    expect(await me.run("ledger", "show", "1", "--server", url)).toMatchObject({ status: 0 });
    expect(await me.run("ledger", "verify", `${url}/ledger/`, "--key", key)).toMatchObject({ status: 0 });
    const stranger = await remoteUser().run("ledger", "verify", "--server", url, "--key", key);
    expect(stranger).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(`anchorwatch login --server ${url}\nanchorwatch: `),
    });
    const thief = await hostile((_, response) => response.writeHead(404).end());
    await me.run("ledger", "verify", `${thief.url}/ledger/`, "--key", key);
    expect(thief.asked.map(({ headers }) => headers.authorization)).not.toContain(`Bearer ${TOKEN}`);
    expect(thief.asked.length).toBeGreaterThan(0);
  });
});

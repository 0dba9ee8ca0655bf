/** `anchorwatch exceptions …` against a real server of HTTP, whose watch is in memory. */
import { expect, it } from "vitest";
import { KIM, knowing, memoryAccess } from "../../server/memoryAccess.fixture.ts";
import { driftNumber, memoryWatch, NOW, stackNamed } from "../../server/memoryWatch.fixture.ts";
import { listening } from "../../server/testServer.fixture.ts";
import type { ExceptionId, ExceptionRecord } from "../../watch/exception.ts";
import type { StackId } from "../../watch/stack.ts";
import { stillSurroundings } from "../testSurroundings.fixture.ts";
import { keepLogin } from "./logins.ts";
import { remoteUser } from "./remoteRun.fixture.ts";

const TOKEN = "awt_Q7c2mJxkzq0Vt1rA9nE4hYbLw8sPfDuG3oKiXeTjRvM";
const HOUR_MS = 3_600_000;
const NET = "id-net" as StackId;
const lasting = { ...stillSurroundings().lasting, clock: () => NOW };

function exception(id: string, more: object = {}): ExceptionRecord {
  return {
    ...{ id: id as ExceptionId, stackId: NET, kind: "ignore", pattern: { type: "aws_*", path: "tags" } },
    ...{ evenCritical: true, until: new Date(NOW.getTime() + 48 * HOUR_MS), reason: "scanner\u001b[2J" },
    ...{ by: "user-kim", byName: "kim", at: NOW, updatedAt: NOW, state: "active", version: 3 },
    ...more,
  } as ExceptionRecord;
}

/** Somebody who is logged in to a server, and what was asked of its watch. */
async function user() {
  const asked: unknown[] = [];
  const exceptions = [
    exception("e1"),
    exception("e2", { kind: "escalate", pattern: {}, raise: { severity: "high", class: "security" } }),
    exception("e3", { kind: "accept", driftId: "drift-1", digest: "sha256:01", state: "rearmed" }),
  ];
  const content = {
    stacks: [stackNamed("net")],
    drifts: [{ ...driftNumber(1), stackId: NET }],
    exceptions,
  };
  const memory = memoryWatch(content);
  const watch = memoryWatch(content, {
    addException: (wanted, requester) => {
      asked.push(wanted);
      return memory.addException(wanted, requester);
    },
    revokeException: (id, version, requester) => {
      asked.push([id, version]);
      return memory.revokeException(id, version, requester);
    },
  });
  const access = memoryAccess(knowing({ [TOKEN]: { principal: KIM } }));
  const { url } = await listening(watch, {}, { access });
  const me = remoteUser({ lasting });
  const place = { configFolder: me.configFolder, userId: process.getuid?.() };
  await keepLogin({ server: url, token: TOKEN, login: "kim" }, place);
  return { asked, run: (...argv: readonly string[]) => me.run("exceptions", ...argv) };
}

const WHY = ["--reason", "known"] as const;

it("accepts a drift as it is at this moment, until a time that has to be said", async () => {
  const { run, asked } = await user();
  expect(await run("add", "--drift", "drift-1", "--until", "7d", ...WHY)).toEqual({
    ...{ status: 0, stdout: "Added: exception-1\n", stderr: "" },
  });
  const digest = driftNumber(1).digest;
  const until = new Date(NOW.getTime() + 7 * 24 * HOUR_MS);
  expect(asked).toEqual([
    {
      ...{ kind: "accept", stackId: NET, driftId: "drift-1", digest, until },
      ...{ reason: "known", evenCritical: false },
    },
  ]);
  const loud = await run("add", "--drift", "drift-1", "--until", "12h", "--even-critical", ...WHY);
  expect(loud.stderr).toMatch(/^warning {2}Nobody is told of critical drift that it covers, until /);
  const json = await run("add", "--drift", "drift-1", "--until", "7d", "--format", "json", ...WHY);
  expect(JSON.parse(json.stdout)).toMatchObject({ id: "exception-1", kind: "accept", stackId: NET });
});

it("ignores and escalates what is like that in one stack", async () => {
  const { run, asked } = await user();
  const ignored = await run("add", "--stack", "net", "--path", "tags.*", "--until", "30d", ...WHY);
  expect(ignored).toMatchObject({ status: 0, stderr: "" });
  const all = await run("add", "--stack", "net", "--until", "1d", ...WHY);
  expect(all.stderr).toContain("It covers everything of the stack that is not critical");
  const raised = await run(
    ...["add", "--stack", "net", "--type", "aws_iam_*", "--severity", "high", "--security", ...WHY],
  );
  expect(raised).toMatchObject({ status: 0, stderr: "" });
  expect(asked).toMatchObject([
    { kind: "ignore", stackId: NET, pattern: { path: "tags.*" }, evenCritical: false },
    { kind: "ignore", pattern: {} },
    { kind: "escalate", pattern: { type: "aws_iam_*" }, raise: { severity: "high", class: "security" } },
  ]);
});

it.each([
  [["--until", "7d", ...WHY], "neither --drift nor --stack"],
  [["--drift", "drift-1", ...WHY], "until when"],
  [["--stack", "net", ...WHY], "until when"],
  [["--drift", "drift-1", "--until", "7d", "--path", "tags", ...WHY], "--path does not go with --drift"],
  [["--drift", "drift-1", "--until", "7d", "--security", ...WHY], "--security does not go with --drift"],
  [["--drift", "drift-1", "--until", "7d"], "--reason"],
  [["--drift", "drift-1", "--until", "soon", ...WHY], "--until"],
  [["--drift", "none", "--until", "7d", ...WHY], "(request_not_found)"],
  [["--stack", "none", "--until", "7d", ...WHY], "(request_not_found)"],
])("does not take %j, and says what is missing", async (flags, problem) => {
  const { run, asked } = await user();
  const ran = await run("add", ...flags);
  expect(ran).toMatchObject({ status: 1, stdout: "" });
  expect(ran.stderr).toContain(problem);
  expect(asked).toEqual([]);
});

it("lists those that count, or all, for people and for programs", async () => {
  const { run } = await user();
  const listed = await run("list");
  expect(listed).toMatchObject({ status: 0, stderr: "" });
  const [head, ...rows] = listed.stdout.trimEnd().split("\n");
  expect(head).toMatch(/^EXCEPTION +STACK +OF +UNTIL +BY +REASON +ID$/);
  expect(rows).toHaveLength(2);
  expect(rows.find((row) => row.endsWith("e1"))).toMatch(
    /^ignore +net +aws_\* tags, even critical +in 2 days \(\S+\) +kim +scanner\\u001b\[2J +e1$/,
  );
  expect(rows.find((row) => row.endsWith("e2"))).toMatch(/everything: at least high, security/);
  const all = await run("list", "--state", "all", "--stack", "net", "--kind", "accept");
  expect(all.stdout).toMatch(/accept, rearmed +net +drift drift-1/);
  const json = await run("list", "--format", "json", "--limit", "1");
  expect(JSON.parse(json.stdout)).toMatchObject({ schema: "anchorwatch.exceptions/v1" });
  expect(json.stderr).toBe("There are more: raise --limit.\n");
  const none = await run("list", "--kind", "accept");
  expect(none).toMatchObject({ status: 0, stdout: "", stderr: expect.stringContaining("No exception") });
});

it("takes one back in the version that was read, and knows none that may not be seen", async () => {
  const { run, asked } = await user();
  expect(await run("revoke", "e1")).toEqual({
    ...{ status: 0, stdout: "It is taken back. What it silenced is told again.\n", stderr: "" },
  });
  expect(asked).toEqual([["e1", 3]]);
  const none = await run("revoke", "e9");
  expect([none.status, none.stderr]).toEqual([1, expect.stringContaining("(request_not_found)")]);
});

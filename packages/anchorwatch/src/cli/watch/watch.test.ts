import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CheckRequest } from "../../app/checkRequest.ts";
import type { CheckResult } from "../../domain/check.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import { checkResult, resource } from "../formats/checkResult.fixture.ts";
import { runProgram } from "../program.ts";
import { manualSignals, manualTimer, memoryStream, stillSurroundings } from "../testSurroundings.fixture.ts";
import type { WarmChecks } from "./warmChecks.ts";

/** On a busy machine everything takes its time. */
const until = <T>(ask: () => T | Promise<T>) => expect.poll(ask, { timeout: 25_000 });

let folder: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "anchorwatch-watch-")));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** A watch whose rounds pass when the test says so. */
function watching(
  argv: readonly string[],
  check: (name: string, request: CheckRequest, round: number) => CheckResult | Promise<CheckResult>,
  terminal = false,
) {
  const timer = manualTimer();
  const signals = manualSignals();
  const stdout = memoryStream(terminal ? { isTTY: true, columns: 80 } : {});
  const stderr = memoryStream();
  const rounds = new Map<string, number>();
  let isClosed = false;
  let press = (_: string) => {};
  const checks: WarmChecks = {
    check: async (name, request) => {
      const round = (rounds.get(name) ?? 0) + 1;
      rounds.set(name, round);
      return await check(name, request, round);
    },
    close: async () => {
      isClosed = true;
    },
  };
  const still = stillSurroundings();
  const ended = runProgram(["watch", ...argv], {
    ...still,
    stdout,
    stderr,
    workingDirectory: folder,
    every: timer.every,
    onInterrupt: signals.onInterrupt,
    lasting: {
      ...still.lasting,
      openWarmChecks: async () => checks,
      onKey: (listener) => {
        press = listener;
        return () => {};
      },
    },
  });
  const roundsOf = async (count: number) => {
    await until(() => {
      timer.tick();
      return Math.min(...rounds.values(), Number.POSITIVE_INFINITY) >= count && rounds.size > 0;
    }).toBe(true);
  };
  return {
    ended,
    stdout,
    stderr,
    signals,
    rounds,
    roundsOf,
    press: (key: string) => press(key),
    closed: () => isClosed,
  };
}

const DRIFTED = checkResult([resource("aws_vpc.a", { verdict: "changed" })]);
const IN_SYNC = checkResult([resource("aws_vpc.a")]);

describe("anchorwatch watch", () => {
  it("looks again and again, and writes a line for each change where it is no terminal", async () => {
    await mkdir(join(folder, "net"));
    const live = watching(["net"], (_, __, round) => (round === 2 ? DRIFTED : IN_SYNC));
    await live.roundsOf(4);
    live.signals.send("SIGTERM");
    expect(await live.ended).toBe(0);
    const lines = live.stdout.text().trimEnd().split("\n");
    expect(lines.map((line) => line.replace(/^\d\d:\d\d:\d\d/, "TIME"))).toEqual([
      "  net  1 resource  no drift",
      "TIME net aws_vpc.a drifted",
      "  net  1 resource  1 drifted",
      "TIME net aws_vpc.a back in order",
      "  net  1 resource  no drift",
    ]);
    expect(live.closed()).toBe(true);
  });

  it("watches all stacks of the folder's anchorwatch.yaml, and goes on with them while it is broken", async () => {
    await mkdir(join(folder, "a"));
    await mkdir(join(folder, "b"));
    const file = join(folder, "anchorwatch.yaml");
    const two = "version: 1\nstacks: [{ name: one, path: a }, { name: two, path: b, workspace: prod }]\n";
    await writeFile(file, two);
    const asked = new Map<string, CheckRequest>();
    const live = watching([], (name, request) => {
      asked.set(name, request);
      return IN_SYNC;
    });
    await live.roundsOf(1);
    expect([...asked.keys()].sort()).toEqual(["one", "two"]);
    expect(asked.get("two")).toMatchObject({ dir: join(folder, "b"), workspace: "prod", stackName: "two" });
    await writeFile(file, "version: 1\nstakcs: []\n");
    await until(async () => {
      await live.roundsOf(1 + (live.rounds.get("one") ?? 0));
      return live.stdout.text();
    }).toContain("anchorwatch.yaml:2:1");
    await writeFile(file, `${two.replace("]", ", { name: three, path: a, workspace: x }]")}`);
    await until(async () => {
      await live.roundsOf(1);
      return asked.has("three");
    }).toBe(true);
    // Over and forgotten: the same fault, made again, is told again; and what it quotes draws nothing.
    await writeFile(file, 'version: 1\nstakcs: []\n"\\e[2J": 1\n');
    await until(async () => {
      await live.roundsOf(1 + (live.rounds.get("one") ?? 0));
      return live.stdout.text().split("anchorwatch.yaml:2:1").length;
    }).toBe(3);
    expect(live.stdout.text()).not.toContain("\u001b[2J");
    live.press("q");
    expect(await live.ended).toBe(0);
  });

  it("watches the stacks further down where the folder itself is none", async () => {
    for (const name of ["network", "shop"]) {
      await mkdir(join(folder, "infra", name), { recursive: true });
      await writeFile(join(folder, "infra", name, "main.tf"), 'terraform {\n  backend "local" {}\n}\n');
    }
    const live = watching(["infra"], (name) => checkResult([resource(`aws_vpc.${name.split("/").at(-1)}`)]));
    await live.roundsOf(1);
    live.signals.send("SIGINT");
    await live.ended;
    expect([...live.rounds.keys()].sort()).toEqual(["infra/network", "infra/shop"]);
  });

  it("shows what cannot be read, and goes on with the rest", async () => {
    const live = watching([], () => {
      throw new AnchorwatchError("state_missing", "there is no state");
    });
    await live.roundsOf(2);
    live.signals.send("SIGINT");
    expect(await live.ended).toBe(0);
    expect(live.stdout.text()).toContain("cannot be read: there is no state");
  });

  it.each(["q", "Q", "\u0003", "\u0004"])(
    "ends with the key %j, and gives the terminal back",
    async (key) => {
      const live = watching([], () => DRIFTED, true);
      await live.roundsOf(1);
      live.press("x");
      live.press(key);
      expect(await live.ended).toBe(0);
      const text = live.stdout.text();
      expect(text.startsWith("\u001b[?1049h\u001b[?25l")).toBe(true);
      expect(text).toContain("\u001b[?25h\u001b[?1049l");
      expect(text.slice(text.indexOf("\u001b[?1049l"))).toMatch(/1 resource.*1 drifted/);
    },
  );

  it("says at once that there is nothing to watch", async () => {
    const live = watching(["nothing"], () => IN_SYNC);
    expect(await live.ended).toBe(1);
    expect(live.stderr.text()).toContain("stack_folder_missing");
  });

  it.each(["0s", "10", "999ms", "fast"])("does not look every %s", async (every) => {
    const live = watching(["--every", every], () => IN_SYNC);
    expect(await live.ended).toBe(1);
    expect(live.stderr.text()).toContain("at least 1s");
  });
});

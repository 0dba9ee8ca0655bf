import { describe, expect, it } from "vitest";
import { AnchorwatchError } from "../../../domain/errors.ts";
import { parseServerConfiguration } from "./parse.ts";
import { Reloading } from "./reloading.ts";
import type { ServerConfiguration } from "./serverConfiguration.ts";

const FILE = "anchorwatch.server.yaml";
const parse = (text: string) => parseServerConfiguration(text, FILE, "/etc");

/** A file whose text a test changes, and a clock that counts its readings. */
async function reloadingOf(text: string) {
  const parsed = await parse(text);
  if (!parsed.ok) throw new TypeError("the first form has to be right");
  const file = { text };
  let minutes = 0;
  const reloading = new Reloading({
    initial: { text, configuration: parsed.configuration },
    read: async () => ({ text: file.text, parsed: await parse(file.text) }),
    now: () => new Date(Date.UTC(2026, 0, 1, 0, minutes++)),
  });
  const heard: ServerConfiguration[] = [];
  reloading.onChange((configuration) => heard.push(configuration));
  return { file, reloading, heard };
}

const good = "version: 1\nwatch: { sweepEvery: 5m }\n";
const better = "version: 1\nwatch: { sweepEvery: 2m }\n";
const broken = "version: 1\nwatch:\n  swepEvery: 2m\n";

describe("the operator's file while the program runs", () => {
  it("counts as soon as it has changed", async () => {
    const { file, reloading, heard } = await reloadingOf(good);
    expect(reloading.current.watch.sweepEveryMs).toBe(300_000);
    file.text = better;
    expect(await reloading.reload()).toEqual({ kind: "changed", atNextStart: [] });
    expect(reloading.current.watch.sweepEveryMs).toBe(120_000);
    expect(heard.map(({ watch }) => watch.sweepEveryMs)).toEqual([120_000]);
    expect(reloading.status).toEqual({ file: FILE, inForceSince: new Date("2026-01-01T00:01:00Z") });
  });

  it("changes nothing while it is broken, and shows the line until it is right again", async () => {
    const { file, reloading, heard } = await reloadingOf(good);
    file.text = broken;
    expect(await reloading.reload()).toMatchObject({
      kind: "refused",
      problems: [{ location: { file: FILE, line: 3 } }],
    });
    expect(await reloading.reload()).toEqual({ kind: "same" });
    expect(reloading.current.watch.sweepEveryMs).toBe(300_000);
    expect(heard).toEqual([]);
    expect(reloading.status).toMatchObject({
      inForceSince: new Date("2026-01-01T00:00:00Z"),
      // The first time, not the last: for how long it has been so is what counts.
      refused: {
        at: new Date("2026-01-01T00:01:00Z"),
        problems: [{ message: expect.stringContaining("swepEvery") }],
      },
    });
    file.text = good;
    expect(await reloading.reload()).toEqual({ kind: "restored" });
    expect(reloading.status).not.toHaveProperty("refused");
    expect(reloading.status.inForceSince).toEqual(new Date("2026-01-01T00:00:00Z"));
  });

  it.each([
    ["ledger", "ledger:\n  place: http://elsewhere/log"],
    ["ledger.anchors", "ledger:\n  place: a\n  anchors: [{ witness: not-an-address, keys: [x] }]", 4],
    ["database", "database:\n  foldr: a"],
    ["database.keep", "database:\n  keep: { candidates: 1d }"],
    ["server", "server:\n  port: 70000"],
    ["watch", "watch:\n  stacks: [{ repository: 'https://u:p@g/x', ref: main }]"],
    ["events", "events:\n  - { name: bus, queue: 'arn:aws:sqs:eu-west-1:1:q' }"],
    ["identities", "identities:\n  - { person: Kim }"],
    ["providers", "providers:\n  - { source: aws, hashes: [] }"],
    ["limits", "limits:\n  checks: 0"],
    ["its YAML", "limits:\n  checks: [1"],
  ])("changes nothing while %s is wrong, and shows where", async (_, wrong, line = 3) => {
    const { file, reloading, heard } = await reloadingOf(good);
    const before = reloading.current;
    file.text = `version: 1\n${wrong}\n`;
    expect(await reloading.reload()).toMatchObject({ kind: "refused" });
    const lines = reloading.status.refused?.problems.map(({ location }) => location?.line);
    expect(lines?.[0]).toBeGreaterThanOrEqual(line);
    expect(lines?.[0]).toBeLessThanOrEqual(line + 1);
    expect(reloading.current).toBe(before);
    expect(heard).toEqual([]);
  });

  it("tells of each status once", async () => {
    const { file, reloading } = await reloadingOf(good);
    const told: string[] = [];
    reloading.onStatus(({ refused }) => told.push(refused === undefined ? "well" : "refused"));
    for (const text of [good, broken, broken, good, better]) {
      file.text = text;
      await reloading.reload();
    }
    expect(told).toEqual(["refused", "well", "well"]);
  });

  it("stays in force when it is gone", async () => {
    const parsed = await parse(good);
    if (!parsed.ok) throw new TypeError("right");
    const reloading = new Reloading({
      initial: { text: good, configuration: parsed.configuration },
      read: () => Promise.reject(new AnchorwatchError("config_unreadable", "it does not exist")),
      now: () => new Date(0),
    });
    expect(await reloading.reload()).toMatchObject({
      kind: "refused",
      problems: [{ code: "config_unreadable" }],
    });
    expect(reloading.current).toBe(parsed.configuration);
  });

  it("is the same where nothing has changed", async () => {
    const { reloading, heard } = await reloadingOf(good);
    expect(await reloading.reload()).toEqual({ kind: "same" });
    expect(heard).toEqual([]);
  });

  it("says what counts only after the next start, compared with this one", async () => {
    const { file, reloading } = await reloadingOf(good);
    file.text =
      "version: 1\nserver: { port: 1 }\ndatabase: { folder: d }\nledger: { place: a }\nlimits: { checks: 1 }\n";
    const all = ["ledger", "database.folder", "server.port", "limits"];
    expect(await reloading.reload()).toEqual({ kind: "changed", atNextStart: all });
    file.text = `${file.text}# a word\n`;
    expect(await reloading.reload()).toEqual({ kind: "changed", atNextStart: all });
    file.text = better;
    expect(await reloading.reload()).toEqual({ kind: "changed", atNextStart: [] });
  });

  it("searches accounts as it said at the start, and says so; a rule that moved to another line is the same", async () => {
    const section = (reason: string) =>
      `unmanaged:\n  accounts: [{ name: prod, regions: [eu-central-1] }]\n  ignore:\n    - { type: aws_vpc, reason: ${reason} }\n`;
    const { file, reloading } = await reloadingOf(`${good}\n${section("ours")}`);
    file.text = `${good}\n# a word\n${section("ours")}`;
    expect(await reloading.reload()).toEqual({ kind: "changed", atNextStart: [] });
    file.text = `${good}\n${section("theirs")}`;
    expect(await reloading.reload()).toEqual({ kind: "changed", atNextStart: ["unmanaged"] });
    expect(reloading.inForce.watch.unmanaged?.ignore).toMatchObject([{ reason: "ours" }]);
  });

  it("is read once at a time, so that the newest form wins", async () => {
    const { file, reloading } = await reloadingOf(good);
    const first = reloading.reload();
    file.text = better;
    const [, second] = await Promise.all([first, reloading.reload()]);
    expect(reloading.current.watch.sweepEveryMs).toBe(120_000);
    expect(["changed", "same"]).toContain(second.kind);
  });

  it("goes on after a reading that failed for a reason of ours", async () => {
    const parsed = await parse(good);
    if (!parsed.ok) throw new TypeError("right");
    let fails = true;
    const reloading = new Reloading({
      initial: { text: good, configuration: parsed.configuration },
      read: async () => {
        if (fails) throw new RangeError("a defect");
        return { text: better, parsed: await parse(better) };
      },
      now: () => new Date(0),
    });
    await expect(reloading.reload()).rejects.toThrow("a defect");
    fails = false;
    expect(await reloading.reload()).toMatchObject({ kind: "changed" });
  });
});

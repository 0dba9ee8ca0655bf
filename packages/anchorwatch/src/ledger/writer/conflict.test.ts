import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseCheckpoint, parseNote } from "tlog";
import { expect, it } from "vitest";
import type { AnchorwatchError } from "../../domain/errors.ts";
import type { Anchor } from "../anchors/anchor.ts";
import { folderAnchor } from "../anchors/folderAnchor.ts";
import { AnchorConflict } from "../anchors/seen.ts";
import { directoryStorage } from "../storage/directory/directoryStorage.ts";
import { machineFiles } from "../storage/directory/fileLayer.ts";
import { evidenceFolder } from "./evidence.ts";
import { freshLogFolder } from "./logFolder.fixture.ts";
import { type TestLog, testEntry, testLog } from "./writer.fixture.ts";

const place = freshLogFolder();
const unique = () => crypto.randomUUID();
const kept = () => join(place.base, "log.private", "evidence");
const keepEvidence = () => evidenceFolder(machineFiles, kept(), unique);

async function evidenceFiles(): Promise<readonly Readonly<Record<string, string | null>>[]> {
  const names = await readdir(kept());
  return await Promise.all(names.map(async (name) => JSON.parse(await readFile(join(kept(), name), "utf8"))));
}

/** A log with these entries, and the note that covers them. */
async function written(log: TestLog, ids: readonly string[]): Promise<string> {
  const writer = await log.open();
  for (const id of ids) await writer.append(testEntry(id));
  await writer.close();
  return writer.checkpoint;
}

/** Another log with the same key. */
const twin = (ids: readonly string[]) =>
  written(testLog(directoryStorage(join(place.base, `twin-${ids.join("-")}`))), ids);

/** As a witness is: it shows nothing, and refuses. */
const witness = (name: string, refuses: () => boolean): Anchor => ({
  name,
  latest: async () => undefined,
  publish: async () => {
    if (refuses())
      throw new AnchorConflict(name, "it has cosigned a tree of 9 entries", { reason: "rolled_back" });
  },
});

const refusal = (work: Promise<unknown>) =>
  work.catch((error: unknown) => error) as Promise<AnchorwatchError>;

it("keeps what two witnesses refuse at the start, each in a file that its message names", async () => {
  const log = testLog(place.storage);
  const own = await written(log, ["a"]);
  const anchors = ["one", "two"].map((name) => witness(name, () => true));
  const error = await refusal(log.open({ anchors, keepEvidence: keepEvidence() }));
  expect(error.code).toBe("ledger_anchor_conflict");
  const found = await evidenceFiles();
  expect(found).toHaveLength(2);
  for (const evidence of found) {
    expect(evidence).toMatchObject({ reason: "rolled_back", own, anchored: null });
    expect(evidence["said"]).toContain("has cosigned a tree of 9 entries");
  }
  const named = (await readdir(kept())).filter((name) => error.hint?.includes(join(kept(), name)));
  expect(named).toHaveLength(1);
});

it("keeps both checkpoints when an anchor shows another history while the log is open", async () => {
  const share = join(place.base, "share");
  await mkdir(join(share, "history"), { recursive: true });
  const log = testLog(place.storage);
  const writer = await log.open({ anchors: [folderAnchor(share, unique)], keepEvidence: keepEvidence() });
  const theirs = await twin(["not-a"]);
  await writeFile(join(share, "history", "1"), theirs);
  await writer.append(testEntry("a"));
  const later = async () => {
    for (let at = 0; at < 1000; at++) await writer.append(testEntry(`later-${at}`));
  };
  const error = await refusal(later());
  await writer.close();
  const [evidence] = await evidenceFiles();
  expect(evidence).toMatchObject({ reason: "forked", anchor: share, anchored: theirs });
  const { size, origin } = parseCheckpoint(parseNote(evidence?.["own"] ?? "").text);
  expect({ size, origin }).toEqual({ size: 1, origin: writer.origin });
  const [name = "none"] = await readdir(kept());
  expect(error).toMatchObject({
    code: "ledger_anchor_conflict",
    hint: expect.stringContaining(join(kept(), name)),
  });
  const warned = log.warnings.find(({ code }) => code === "ledger_anchor_conflict");
  expect(warned?.hint).toContain(join(kept(), name));
});

it("tells a conflict that the last checkpoint meets, when nothing is appended any more", async () => {
  let refuses = false;
  const log = testLog(place.storage);
  const writer = await log.open({
    anchors: [witness("late", () => refuses)],
    keepEvidence: keepEvidence(),
  });
  await writer.append(testEntry("a"));
  refuses = true;
  await writer.append(testEntry("b"));
  await writer.close();
  const warned = log.warnings.find(({ code }) => code === "ledger_anchor_conflict");
  expect(warned?.hint).toContain(`${kept()}/rolled_back-`);
});

it("tells the conflict with both checkpoints when the evidence cannot be kept", async () => {
  const theirs = await twin(["not-a"]);
  const log = testLog(place.storage);
  const own = await written(log, ["a"]);
  const anchor: Anchor = { name: "vault", latest: async () => theirs, publish: async () => {} };
  const full = () => Promise.reject(new Error("ENOSPC: no space left on device"));
  const error = await refusal(log.open({ anchors: [anchor], keepEvidence: full }));
  expect(error.code).toBe("ledger_forked");
  expect(error.hint).toContain("no space left on device");
  expect(error.hint).toContain(own);
  expect(error.hint).toContain(theirs);
});

it("keeps the signed checkpoint that the log's own tiles do not lead to", async () => {
  const theirs = await twin(["not-a"]);
  const log = testLog(place.storage);
  await written(log, ["a", "b"]);
  await writeFile(join(place.folder, "checkpoint"), theirs);
  const error = await refusal(log.open({ keepEvidence: keepEvidence() }));
  expect(error.code).toBe("ledger_forked");
  const [evidence] = await evidenceFiles();
  expect(evidence).toMatchObject({ reason: "forked", anchored: theirs });
  expect(parseCheckpoint(evidence?.["own"] ?? "").size).toBe(2);
  expect(error.hint).toContain(`${kept()}/forked-`);
});

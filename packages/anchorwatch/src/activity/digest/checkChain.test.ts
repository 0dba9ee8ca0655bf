import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { type FilePlace, nameOf } from "../envelope/filePlace.ts";
import { newKeyPair, type WrittenTrail, writeTrail } from "./chain.fixture.ts";
import { checkChain, type StoredFile } from "./checkChain.ts";

const begin = new Date("2026-01-02T00:00:00Z");
const end = new Date("2026-01-02T04:00:00Z");

function check(trail: WrittenTrail, { from = begin, to = end } = {}) {
  const digests = trail.digests.filter((place) => trail.files.has(nameOf(place)));
  return checkChain({
    files: { digests, fetch: async (place) => trail.files.get(nameOf(place)) },
    keys: trail.keys,
    from,
    to,
    signal: new AbortController().signal,
  });
}

const at = (places: readonly FilePlace[], index: number) => nameOf(places[index] ?? { bucket: "", key: "" });

test("a chain that is whole has nothing to tell", async () => {
  expect(await check(writeTrail(begin, 4))).toEqual({ digests: 4, logFiles: 8, findings: [] });
});

test("only the time in question is looked at", async () => {
  const from = new Date("2026-01-02T02:30:00Z");
  expect(await check(writeTrail(begin, 4), { from })).toEqual({ digests: 2, logFiles: 4, findings: [] });
});

test("a log file that was taken away is missing, one that was changed is invalid", async () => {
  const trail = writeTrail(begin, 4);
  trail.files.delete(at(trail.logs, 1));
  trail.files.set(at(trail.logs, 2), { bytes: gzipSync('{"Records":[]}'), signature: undefined });
  trail.files.set(at(trail.logs, 3), { bytes: Buffer.of(0x1f, 0x8b, 1), signature: undefined });
  expect(await check(trail)).toMatchObject({
    digests: 4,
    logFiles: 5,
    findings: [
      { kind: "invalid", what: "log", file: at(trail.logs, 2) },
      { kind: "invalid", what: "log", file: at(trail.logs, 3), why: expect.stringContaining("damaged") },
      { kind: "missing", what: "log", file: at(trail.logs, 1) },
    ],
  });
});

test("a digest that was taken away is missing, and what lies before it is still looked at", async () => {
  const trail = writeTrail(begin, 4);
  trail.files.delete(at(trail.digests, 1));
  expect(await check(trail)).toEqual({
    digests: 3,
    logFiles: 6,
    findings: [
      { kind: "missing", what: "digest", file: at(trail.digests, 1), why: "it is not in the bucket" },
    ],
  });
});

test("a digest that was put elsewhere is moved", async () => {
  const trail = writeTrail(begin, 1);
  const [place] = trail.digests;
  const moved = { bucket: "copy", key: place?.key ?? "" };
  const copy = { ...trail, digests: [moved], files: new Map(trail.files) };
  const stored = trail.files.get(at(trail.digests, 0));
  if (stored !== undefined) copy.files.set(nameOf(moved), stored);
  expect((await check(copy)).findings).toMatchObject([
    { kind: "moved", what: "digest", file: nameOf(moved), why: `it was written to ${at(trail.digests, 0)}` },
  ]);
});

test("a digest that was changed, or is signed by somebody else, is invalid", async () => {
  const trail = writeTrail(begin, 3);
  const foreign = writeTrail(begin, 3);
  put(trail, 1, { bytes: gzipSync("{}"), signature: stored(trail, 1).signature });
  put(trail, 2, stored(foreign, 2));
  expect((await check(trail, { to: new Date("2026-01-02T03:00:00Z") })).findings).toMatchObject([
    { kind: "invalid", file: at(trail.digests, 1), why: expect.stringContaining("digestStartTime") },
    { kind: "invalid", file: at(trail.digests, 2), why: "its signature is not valid" },
  ]);
});

test("a digest that is signed rightly, and is not the one that the next one names, is invalid", async () => {
  const pair = newKeyPair();
  const trail = writeTrail(begin, 2, 2, pair);
  put(trail, 1, stored(writeTrail(begin, 1, 1, pair), 0));
  expect((await check(trail, { to: new Date("2026-01-02T02:00:00Z") })).findings).toEqual([
    {
      kind: "invalid",
      what: "digest",
      file: at(trail.digests, 1),
      why: "it is not the one that the digest after it names",
    },
  ]);
});

test("a key that CloudTrail does not know signs nothing", async () => {
  const trail = { ...writeTrail(begin, 1), keys: async () => undefined };
  expect((await check(trail)).findings).toMatchObject([
    { kind: "invalid", why: "the public key ours is not known" },
  ]);
});

test("a signature that is missing, or none, is told", async () => {
  const trail = writeTrail(begin, 2);
  put(trail, 0, { ...stored(trail, 0), signature: undefined });
  put(trail, 1, { ...stored(trail, 1), signature: "zz" });
  expect((await check(trail, { to: new Date("2026-01-02T02:00:00Z") })).findings).toMatchObject([
    { kind: "invalid", why: "it has no signature in its metadata" },
    { kind: "invalid", why: "its signature is not written in hexadecimal digits" },
  ]);
});

test("time that no digest covers is a gap: at the end, at the beginning, and all of it", async () => {
  const trail = writeTrail(begin, 2);
  const late = new Date("2026-01-02T05:00:00Z");
  expect((await check(trail, { to: late })).findings).toMatchObject([
    { kind: "gap", from: new Date("2026-01-02T02:00:00Z"), to: late },
  ]);
  const early = new Date("2026-01-01T22:00:00Z");
  expect((await check(trail, { from: early, to: new Date("2026-01-02T02:00:00Z") })).findings).toMatchObject([
    { kind: "gap", from: early, to: begin },
  ]);
  expect(await check({ ...trail, digests: [] })).toEqual({
    digests: 0,
    logFiles: 0,
    findings: [{ kind: "gap", from: begin, to: end, why: "there is no digest at all" }],
  });
});

test("where logging was switched off and on, a new chain begins, and the time between is a gap", async () => {
  const pair = newKeyPair();
  const before = writeTrail(begin, 2, 1, pair);
  const after = writeTrail(new Date("2026-01-02T03:00:00Z"), 1, 1, pair);
  const trail = {
    ...before,
    digests: [...after.digests, ...before.digests],
    files: new Map([...before.files, ...after.files]),
  };
  expect(await check(trail)).toMatchObject({
    digests: 3,
    findings: [{ kind: "gap", from: new Date("2026-01-02T02:00:00Z"), to: new Date("2026-01-02T03:00:00Z") }],
  });
});

function stored(trail: WrittenTrail, index: number): StoredFile {
  return trail.files.get(at(trail.digests, index)) ?? { bytes: Buffer.of(), signature: undefined };
}

function put(trail: WrittenTrail, index: number, file: StoredFile): void {
  trail.files.set(at(trail.digests, index), file);
}

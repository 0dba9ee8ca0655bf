import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serveLog } from "../../packages/anchorwatch/src/ledger/read/serve.ts";
import { directoryStorage } from "../../packages/anchorwatch/src/ledger/storage/directory/directoryStorage.ts";
import { editLive } from "../check/workbench.ts";
import { buildLog, entryOf500 } from "./builtLog.ts";
import { isIncluded, leafOf, openCheckpoint, verifyIndependently } from "./independentVerifier.ts";
import { anchorwatch, type LedgerBench, ledgerBench } from "./ledgerBench.ts";

const MINUTE = 60_000;
let place: LedgerBench;
let key: string;
const cleaning: (() => void)[] = [];
const at = (...names: readonly string[]) => join(place.bench.folder, ...names);

beforeAll(async () => {
  place = await ledgerBench((clean) => cleaning.push(clean));
  const check = () => place.bench.check([place.stack.dir, "--ledger", place.ledger]);
  await check();
  mkdirSync(at("anchor"));
  copyFileSync(join(place.ledger, "checkpoint"), at("anchor", "checkpoint"));
  editLive(place.stack, "reference_topic.orders", (live) => ({
    ...live,
    name: "\u001b[2J\u009b31mstranger",
  }));
  await check();
  key = await place.key();
}, 2 * MINUTE);

afterAll(() => {
  for (const clean of cleaning) clean();
});

/** A copy of the ledger's folder, without what is private. */
function copy(name: string): string {
  cpSync(place.ledger, at(name), { recursive: true });
  return at(name);
}

function flip(path: string, byte: number): void {
  const bytes = readFileSync(path);
  bytes[byte] = (bytes[byte] as number) ^ 1;
  writeFileSync(path, bytes);
}

describe("ledger verify", () => {
  it("says 0 and “authenticated and whole” with the key", async () => {
    const verified = await place.run("verify", place.ledger, "--key", key);
    expect(verified).toMatchObject({ status: 0, stderr: "" });
    expect(verified.stdout).toMatch(/^\S+audit: 4 entries, authenticated and whole\n/);
  });

  it("says 3 and “self-consistent, not authenticated” without, also by --ledger", async () => {
    const verified = await place.run("verify", "--ledger", place.ledger);
    expect(verified.status).toBe(3);
    expect(verified.stdout).toContain("4 entries, self-consistent, not authenticated\n");
  });

  it("takes the key from a file, and refuses another log's", async () => {
    place.bench.write("audit.vkey", `${key}\n`);
    expect((await place.here("verify", place.ledger, "--key", at("audit.vkey"))).status).toBe(0);
    const other = "example.com/built+83e392af+ARijAnkEATuKcK1ZsVG33ko9iPQelK9bo8jl1pN/M8yr";
    const refused = await place.here("verify", place.ledger, "--key", other);
    expect(refused).toMatchObject({
      status: 1,
      stdout: "",
      stderr: expect.stringContaining("(ledger_key_unknown)"),
    });
  });

  it("names file, entry and byte of one flipped bit, and exits with 1", async () => {
    const log = copy("flipped");
    const bundle = join(log, "tile/entries/000.p/4");
    const begin = 2 + readFileSync(bundle).readUInt16BE(0);
    flip(bundle, begin + 100);
    const verified = await place.run("verify", log, "--key", key);
    expect(verified).toMatchObject({ status: 1, stdout: "" });
    expect(verified.stderr).toContain(
      `tile/entries/000.p/4: entry 1, which begins at byte ${begin}, is damaged`,
    );
    expect(verified.stderr).toContain("(ledger_corrupt)");
    const tail = await place.here("tail", log);
    expect(tail).toMatchObject({ status: 1, stdout: expect.stringMatching(/^0 .*Ledger created.*\n$/) });
    const fsck = await place.here("fsck", log, "--key", key);
    expect(fsck.status).toBe(1);
    expect(fsck.stdout).toContain("Everything before entry 1 can be read and proven");
  });

  it("accepts an anchor in place of a key where it has seen everything", async () => {
    const behind = await place.here("verify", place.ledger, "--anchor", at("anchor"));
    expect(behind.status).toBe(3);
    expect(behind.stdout).toContain(
      "The anchors vouch for the first 2 entries; the other 2 could be anybody's",
    );
    mkdirSync(at("new-anchor"));
    copyFileSync(join(place.ledger, "checkpoint"), at("new-anchor", "checkpoint"));
    const whole = await place.here("verify", place.ledger, "--anchor", at("new-anchor"));
    expect(whole).toMatchObject({ status: 0, stdout: expect.stringContaining("authenticated and whole") });
  });

  it("refuses a log that is older than what was seen, and shows both checkpoints", async () => {
    const since = at("anchor", "checkpoint");
    const grown = await place.here("verify", place.ledger, "--key", key, "--since", since);
    expect(grown).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("begins with the 2 entries of"),
    });
    const old = copy("restored");
    copyFileSync(since, join(old, "checkpoint"));
    const latest = join(place.ledger, "checkpoint");
    const refused = await place.here("verify", old, "--key", key, "--since", latest);
    expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining("(ledger_rolled_back)") });
    for (const path of [since, latest]) {
      const [, , root = "nothing"] = readFileSync(path, "utf8").split("\n");
      expect(refused.stderr).toContain(root);
    }
  });

  it("still knows the log by the old key after a rotation, and by the new one", {
    timeout: MINUTE,
  }, async () => {
    const ledger = at("rotated");
    cpSync(place.ledger, ledger, { recursive: true });
    cpSync(`${place.ledger}.private`, `${ledger}.private`, { recursive: true });
    const rotated = await place.here("rotate", ledger);
    expect(rotated.status).toBe(0);
    const keys = (await place.here("key", ledger)).stdout.trim().split("\n");
    expect(keys).toHaveLength(2);
    expect(keys).toContain(key);
    for (const each of keys) expect((await place.here("verify", ledger, "--key", each)).status).toBe(0);
    expect((await place.here("fsck", ledger)).status).toBe(0);
    // After one more the first key has had its time.
    expect((await place.here("rotate", ledger)).stdout).toContain("cannot sign any more");
    const refused = await place.here("verify", ledger, "--key", key);
    expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining("(ledger_key_unknown)") });
    expect((await place.here("verify", ledger, "--key", keys[0] ?? "")).status).toBe(0);
  });

  it.each([
    [["verify"], "ledger_name_invalid"],
    [["verify", "a", "--ledger", "b"], "ledger_name_invalid"],
    [["verify", "nowhere"], "ledger_missing"],
    [["verify", "http://127.0.0.1:9/"], "ledger_unreachable"],
    [["show", "audit", "4"], "ledger_range_invalid"],
    [["show", "audit", "01"], "ledger_range_invalid"],
    [["show", "audit"], "ledger_range_invalid"],
    [["verify", "audit", "--key", "nowhere.vkey"], "ledger_file_unreadable"],
    [["verify", "audit", "--key", "audit.private/signing.key"], "ledger_verifier_key_invalid"],
    [["verify-proof", "audit/checkpoint"], "ledger_proof_invalid"],
    [["rotate", "https://example.com/"], "ledger_not_a_folder"],
    [["fsck", "s3://bucket/log"], "ledger_not_a_folder"],
  ])("answers %j with its own message", async (args, code) => {
    const { status, stdout, stderr } = await place.here(...args);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain(`(${code})`);
    expect(stderr).not.toMatch(/PRIVATE\+KEY\+an/);
  });
});

describe("ledger prove and verify-proof", () => {
  it("needs nothing but the file", async () => {
    const log = copy("to-be-deleted");
    const proved = await place.here("prove", log, "3", "--key", key, "--output", "three.tlog-proof");
    expect(proved).toMatchObject({ status: 0, stdout: "" });
    const text = readFileSync(at("three.tlog-proof"), "utf8");
    expect((await place.here("prove", "3", "--ledger", log)).stdout).toBe(text);
    const verified = await place.here("verify-proof", "three.tlog-proof", "--key", key);
    expect(verified).toMatchObject({ status: 0, stderr: "" });
    expect(verified.stdout).toMatch(/^three\.tlog-proof: entry 3 among 4 entries, authenticated\n/);
    expect(verified.stdout).toContain("Drift opened");
    expect((await place.here("verify-proof", "three.tlog-proof")).status).toBe(3);
    // As anybody else reads it.
    const [head = "", checkpoint = ""] = [
      text.slice(0, text.indexOf("\n\n")),
      text.slice(text.indexOf("\n\n") + 2),
    ];
    const [format, extra = "", index, ...hashes] = head.split("\n");
    expect([format, index]).toEqual(["c2sp.org/tlog-proof@v1", "index 3"]);
    const { size, root } = openCheckpoint(checkpoint, key);
    const entry = Buffer.from(extra.slice("extra ".length), "base64");
    const path = hashes.map((hash) => Buffer.from(hash, "base64"));
    expect(isIncluded(leafOf(entry), 3, size, path, root)).toBe(true);
  });

  it("refuses another entry, and a proof in which anything was changed", async () => {
    const proof = (await place.here("prove", place.ledger, "3")).stdout;
    place.bench.write("other-entry", (await place.here("show", place.ledger, "2", "--raw")).stdout);
    place.bench.write("good.tlog-proof", proof);
    const other = await place.here("verify-proof", "good.tlog-proof", "--entry", "other-entry", "--key", key);
    expect(other).toMatchObject({ status: 1, stderr: expect.stringContaining("(ledger_proof_invalid)") });
    place.bench.write("moved.tlog-proof", proof.replace("index 3\n", "index 2\n"));
    const moved = await place.here("verify-proof", "moved.tlog-proof", "--key", key);
    expect(moved).toMatchObject({ status: 1, stderr: expect.stringContaining("(ledger_proof_invalid)") });
  });
});

describe("a log of ours, read by others", () => {
  it("verifies with a verifier that knows the specifications only", async () => {
    const log = await verifyIndependently(async (path) => readFileSync(join(place.ledger, path)), key);
    expect(log).toMatchObject({ size: 4, origin: key.split("+")[0] });
    const kinds = log.entries.map((entry) => (JSON.parse(entry.toString("utf8")) as { kind: string }).kind);
    expect(kinds).toEqual(["ledger.created", "check.completed", "check.completed", "drift.opened"]);
  });

  it("does so with two levels of tiles and more", async () => {
    const { folder, key: built } = await buildLog(at("levels"), 66_000, (index) =>
      Buffer.from(`entry ${index}`),
    );
    const log = await verifyIndependently(async (path) => readFileSync(join(folder, path)), built);
    expect(log).toMatchObject({ size: 66_000, origin: "example.com/built" });
    expect((await place.here("verify", folder, "--key", built)).status).toBe(0);
  });

  it("exports lines whose proofs hold by the RFC alone", async () => {
    const [head = "", ...lines] = (await place.run("export", place.ledger, "--key", key)).stdout
      .trim()
      .split("\n");
    const { checkpoint } = JSON.parse(head) as { checkpoint: string };
    const { size, root } = openCheckpoint(checkpoint, key);
    expect(lines).toHaveLength(size);
    for (const line of lines) {
      const { index, entry, leaf, proof } = JSON.parse(line) as ExportedLine;
      // Canonical JSON: the keys of an entry stand in order, so that it is written as it was hashed.
      expect(leafOf(Buffer.from(JSON.stringify(entry))).toString("base64")).toBe(leaf);
      const path = proof.map((hash) => Buffer.from(hash, "base64"));
      expect(isIncluded(Buffer.from(leaf, "base64"), index, size, path, root)).toBe(true);
    }
  });

  it("is served over HTTP as it lies there", { timeout: MINUTE }, async () => {
    const handle = serveLog(directoryStorage(place.ledger), { onError: () => {} });
    const server = createServer((request, response) => void handle(request, response)).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    try {
      expect((await place.run("verify", url, "--key", key)).status).toBe(0);
      expect((await place.here("tail", "-n", "1", url)).stdout).toMatch(/^3 .*Drift opened/);
      const keys = await place.here("key", url);
      expect(keys).toMatchObject({
        status: 0,
        stdout: `${key}\n`,
        stderr: expect.stringContaining("of itself"),
      });
      const local = await place.here("prove", place.ledger, "1");
      expect((await place.here("prove", url, "1")).stdout).toBe(local.stdout);
      const read = async (path: string) => Buffer.from(await (await fetch(`${url}${path}`)).arrayBuffer());
      expect((await verifyIndependently(read, key)).size).toBe(4);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

interface ExportedLine {
  readonly index: number;
  readonly entry: unknown;
  readonly leaf: string;
  readonly proof: readonly string[];
}

describe("what the ledger prints", () => {
  it("never holds a control character of a live value", async () => {
    for (const args of [
      ["tail"],
      ["show", "3"],
      ["export", "--format", "csv"],
      ["export", "--format", "ocsf"],
      ["export"],
    ]) {
      const { stdout, status } = await place.here(...args, "--ledger", place.ledger);
      expect(status).toBe(0);
      if (args[0] !== "tail") expect(stdout).toContain("stranger");
      expect(stdout).not.toMatch(/[^\P{Cc}\r\n]/u);
    }
  });

  it("selects entries by kind, stack, index and time", async () => {
    const exported = async (...args: readonly string[]) => {
      const { stdout } = await place.here("export", place.ledger, "--key", key, ...args);
      const lines = stdout.trim().split("\n").slice(1);
      return lines.map((line) => (JSON.parse(line) as ExportedLine).index);
    };
    expect(await exported("--kind", "drift")).toEqual([3]);
    expect(await exported("--stack", "stack", "--from", "2")).toEqual([2, 3]);
    expect(await exported("--from", "1", "--to", "3")).toEqual([1, 2]);
    expect(await exported("--from", "2020-01-01", "--to", "2021-01-01T00:00:00Z")).toEqual([]);
    expect(await exported("--address", "reference_topic.orders")).toEqual([3]);
  });

  it("goes on with what is appended, until it is told to end", { timeout: MINUTE }, async () => {
    const ledger = at("followed");
    const check = () => place.bench.check([place.stack.dir, "--ledger", ledger]);
    await check();
    let appended: Promise<unknown> | undefined;
    const followed = await anchorwatch(place.bench, ["ledger", "tail", "-f", "-n", "1", ledger], {
      onLine: (lines, child) => {
        if (lines === 1) appended = check();
        if (lines === 2) child.kill("SIGINT");
      },
    });
    // It looks at what was left behind, and would find the processes of the next test.
    await appended;
    expect(followed).toMatchObject({ status: 130, stderr: "" });
    expect(followed.stdout.split("\n").map((line) => line.split("  ")[0])).toEqual(["2", "3", ""]);
  });

  it("ends quietly when nobody reads on", async () => {
    const { folder, key: built } = await buildLog(at("long"), 20_000, entryOf500);
    const args = ["ledger", "export", folder, "--key", built];
    const head = await anchorwatch(place.bench, args, { readLines: 2 });
    expect(head).toMatchObject({ status: 0, stderr: "" });
    expect(head.stdout.length).toBeLessThan(10_000_000);
  });
});

import { createHash } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { formatVerifierKey } from "tlog";
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { asOrdinaryUser } from "../../../../../test/support/ordinaryUser.ts";
import { encodeEntry } from "../../ledger/entry/entry.ts";
import { entryInput, logOf, type MemoryLog } from "../../ledger/read/log.fixture.ts";
import { contentPath } from "../../ledger/storage/servedFile.ts";
import { runProgram } from "../program.ts";
import { memoryStream, stillSurroundings } from "../testSurroundings.fixture.ts";

let log: MemoryLog;
let longer: MemoryLog;
let key: string;
let base: string;
let folder: string;

beforeAll(async () => {
  log = await logOf(600);
  longer = await logOf(700);
  key = formatVerifierKey(log.key);
});

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "aw-verify-"));
  onTestFinished(() => rmSync(base, { recursive: true }));
  folder = join(base, "log");
  for (const [path, bytes] of log.files) put(path, bytes);
});

function put(path: string, bytes: Uint8Array | string, into = folder): void {
  mkdirSync(dirname(join(into, path)), { recursive: true });
  writeFileSync(join(into, path), bytes);
}

async function verify(...args: readonly string[]) {
  const [stdout, stderr] = [memoryStream(), memoryStream()];
  const still = stillSurroundings();
  const ledgerMachine = { ...still.ledgerMachine, stateFolder: join(base, "state") };
  const surroundings = { ...still, ledgerMachine, stdout, stderr, workingDirectory: base };
  const status = await runProgram(["ledger", "verify", "log", "--key", key, ...args], surroundings);
  return { status, stdout: stdout.text(), stderr: stderr.text() };
}

/** The beginning of a tile or bundle, as it was when the log was smaller. */
function earlier(path: string, width: number): Buffer {
  const bytes = Buffer.from(log.files.get(path) as Uint8Array);
  if (!path.startsWith("tile/entries/")) return bytes.subarray(0, 32 * width);
  let end = 0;
  for (let at = 0; at < width; at++) end += 2 + bytes.readUInt16BE(end);
  return bytes.subarray(0, end);
}

const LEFT_OVER: readonly (readonly [path: string, of: string, width: number])[] = [
  ["tile/entries/000.p/7", "tile/entries/000", 7],
  ["tile/0/000.p/9", "tile/0/000", 9],
  ["tile/0/002.p/3", "tile/0/002.p/88", 3],
  ["tile/1/000.p/1", "tile/1/000.p/2", 1],
];

describe("ledger verify of a folder", () => {
  it("says how many files it looked at, and nothing else of a log that has no others", async () => {
    const { status, stdout, stderr } = await verify();
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/files +7 of the tree\n/);
  });

  it("counts left-over partial tiles that say the same", async () => {
    for (const [path, of, width] of LEFT_OVER) put(path, earlier(of, width));
    const { status, stdout, stderr } = await verify();
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain("7 of the tree; 4 left over of smaller trees, which say the same\n");
  });

  it.each(LEFT_OVER)(
    "refuses %s when a bit of it is another, when it is cut off, and when it goes on",
    async (path, of, width) => {
      const right = earlier(of, width);
      const flipped = Buffer.from(right);
      flipped[flipped.length - 3] = (flipped.at(-3) as number) ^ 4;
      for (const wrong of [
        flipped,
        right.subarray(0, -1),
        Buffer.concat([right, Buffer.of(0)]),
        Buffer.of(),
      ]) {
        put(path, wrong);
        const { status, stdout, stderr } = await verify();
        expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
        expect(stderr).toContain(path);
        expect(stderr).toContain("(ledger_corrupt)");
      }
    },
  );

  it("tells files of a larger tree, and refuses those that do not go on from this one", async () => {
    for (const path of ["tile/entries/002.p/188", "tile/0/002.p/188"]) {
      put(path, longer.files.get(path) as Uint8Array);
    }
    put("tile/entries/009", "anything");
    const { status, stdout } = await verify();
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /3 of a larger tree, for which nothing vouches \(tile\/\S+, tile\/\S+, tile\/\S+\)\n/,
    );
    const other = Buffer.from(longer.files.get("tile/0/002.p/188") as Uint8Array);
    other[5] = (other[5] as number) ^ 1;
    put("tile/0/002.p/188", other);
    expect(await verify()).toMatchObject({ status: 1, stderr: expect.stringContaining("tile/0/002.p/188") });
  });

  it.each([
    "README",
    ".hidden",
    "tile/README",
    "tile/0/1",
    "tile/0/000.p/0",
    "tile/0/000.p/256",
    "tile/0/000.P/3",
    "tile/64/000",
    "tile/entries/x1/000",
    "tile/entries/000.tmp",
    "checkpoint.old",
    "content/notes.txt",
    `content/sha256/ab/${"AB".repeat(32)}`,
  ])("warns of %s by name, and stays with its verdict", async (path) => {
    put(path, "hello");
    const { status, stdout, stderr } = await verify();
    expect(status).toBe(0);
    expect(stdout).toContain("authenticated and whole");
    expect(stderr).toContain(`warning: ${path} in the ledger log: no file of a log\n`);
    expect(stderr).toContain("(ledger_file_foreign)");
  });

  it("warns of a private key, of links and of names that would write on a terminal", async () => {
    put("tile/signing.key", "PRIVATE+KEY+x+01234567+AAAA\n");
    put("\u001b[2Jname", "");
    symlinkSync("nowhere", join(folder, "tile/0/000.p"));
    symlinkSync("/", join(folder, "everything"));
    const { status, stderr } = await verify();
    expect(status).toBe(0);
    expect(stderr).toContain(
      "tile/signing.key in the ledger log: a private key lies in the folder that is served",
    );
    expect(stderr).toContain("everything in the ledger log: no regular file");
    expect(stderr).toContain("tile/0/000.p in the ledger log: no regular file");
    expect(stderr).not.toContain("\u001b");
    expect(stderr.match(/warning:/g)).toHaveLength(4);
  });

  it("names the first of very many, and counts the others", async () => {
    for (let at = 0; at < 30; at++) put(`more/${at}`, "");
    const { status, stderr } = await verify();
    expect(status).toBe(0);
    expect(stderr.match(/no file of a log/g)).toHaveLength(20);
    expect(stderr).toContain("10 more files in the ledger log belong to no log");
  });

  it("does not speak of the writer's own files", async () => {
    for (const path of [".tree", ".lock", ".lock-journal", ".tmp/7"]) put(path, "x");
    expect(await verify()).toMatchObject({ status: 0, stderr: "" });
  });

  it("refuses content that does not have its digest, and accepts what has", async () => {
    const path = contentPath(createHash("sha256").update("the plan").digest("hex"));
    put(path, "the plan");
    expect(await verify()).toMatchObject({ status: 0, stderr: "" });
    put(path, "the plot");
    const { status, stdout, stderr } = await verify();
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain(path);
    expect(stderr).toContain("(ledger_corrupt)");
  });

  it("refuses a log of which content is missing", async () => {
    const digest = createHash("sha256").update("the plan").digest("hex");
    const content = [{ digest: `sha256:${digest}`, bytes: 8, mediaType: "text/plain", role: "plan" }];
    const speaking = await logOf(600, (at) =>
      encodeEntry({ ...entryInput(at), ...(at === 300 || at === 301 ? { content } : {}) }),
    );
    for (const [path, bytes] of speaking.files) put(path, bytes);
    const { status, stdout, stderr } = await verify();
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain(`${contentPath(digest)}: content of entry 300 is missing`);
    put(contentPath(digest), "the plan");
    expect(await verify()).toMatchObject({ status: 0, stderr: "" });
    put(contentPath(digest), "the plot");
    expect((await verify()).stderr).not.toContain("more of its contents");
  });

  it.skipIf(process.getuid?.() !== 0)("warns of a folder that it may not look into", async () => {
    mkdirSync(join(folder, "lost+found"), { mode: 0o700 });
    chmodSync(base, 0o755);
    const { status, stderr } = await asOrdinaryUser(() => verify());
    expect(status).toBe(0);
    expect(stderr).toContain("warning: lost+found/ in the ledger log: it cannot be looked into");
  });
});

describe("ledger verify against what was seen elsewhere", () => {
  it("refuses a log as its own anchor, by whatever name", async () => {
    symlinkSync("log", join(base, "link"));
    mkdirSync(join(folder, "tile/anchor"));
    for (const anchor of ["log", "./log/../log/", "link", "log/tile/anchor", folder]) {
      const { status, stdout, stderr } = await verify("--anchor", anchor);
      expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
      expect(stderr).toContain("(ledger_anchor_invalid)");
    }
    const url = "https://logs.example.com/audit/";
    const stderr = memoryStream();
    const args = ["ledger", "verify", url, "--anchor", url.slice(0, -1)];
    expect(await runProgram(args, { ...stillSurroundings(), stderr })).toBe(1);
    expect(stderr.text()).toContain("(ledger_anchor_invalid)");
  });

  it("says of an anchor that has nothing that it vouches for nothing", async () => {
    mkdirSync(join(base, "log-anchor"));
    const { status, stdout } = await verify("--anchor", "log-anchor");
    expect(status).toBe(0);
    expect(stdout).toContain("log-anchor has no checkpoint yet, so it vouches for nothing");
  });

  it.each<[string, () => string, string]>([
    ["is none", () => "shopping list\n", "ledger_checkpoint_invalid"],
    [
      "was changed after it was signed",
      () => log.note.replace("\n600\n", "\n599\n"),
      "ledger_checkpoint_invalid",
    ],
    ["begins with a byte order mark", () => `\ufeff${log.note}`, "ledger_checkpoint_invalid"],
    [
      "is signed by others only",
      () => log.note.replaceAll("— example.com/log", "— example.com/other"),
      "ledger_key_unknown",
    ],
  ])("names the file, or the anchor, whose checkpoint %s", async (_what, note, code) => {
    put("seen.checkpoint", note(), base);
    put("anchor/checkpoint", note(), base);
    for (const [args, name] of [
      [["--since", "seen.checkpoint"], "The checkpoint seen.checkpoint: "],
      [["--anchor", "anchor"], "The anchor "],
    ] as const) {
      const { status, stdout, stderr } = await verify(...args);
      expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
      expect(stderr).toContain(`anchorwatch: ${name}`);
      expect(stderr).toContain(`(${code})`);
    }
  });
});

describe("ledger verify of a log that contradicts what was seen", () => {
  const evidence = (path: string) => {
    const [name = "none"] = readdirSync(path);
    return { file: join(path, name), stored: JSON.parse(readFileSync(join(path, name), "utf8")) };
  };

  it("keeps both checkpoints with the user's own things, and names the file", async () => {
    put("seen.checkpoint", longer.note, base);
    const { status, stderr } = await verify("--since", "seen.checkpoint");
    const { file, stored } = evidence(join(base, "state", "evidence"));
    expect(status).toBe(1);
    expect(stderr).toContain(`Both checkpoints are kept in ${file}.`);
    expect(stderr).toContain("(ledger_rolled_back)");
    expect(stored).toMatchObject({
      schema: "anchorwatch.evidence/v1",
      reason: "rolled_back",
      own: log.note,
      anchor: "seen.checkpoint",
      anchored: longer.note,
    });
  });

  it("keeps a fork that an anchor has seen in the folder that was named", async () => {
    const other = await logOf(500, (at) => Buffer.from(`other ${at}`));
    put("anchor/checkpoint", other.note, base);
    const { status, stderr } = await verify("--anchor", "anchor", "--evidence", "kept");
    const { file, stored } = evidence(join(base, "kept"));
    expect(status).toBe(1);
    expect(stderr).toContain(`Both checkpoints are kept in ${file}.`);
    expect(stored).toMatchObject({ reason: "forked", anchor: "anchor", own: log.note, anchored: other.note });
  });

  it("keeps them beside a log of one's own", async () => {
    mkdirSync(join(base, "log.private"), { mode: 0o700 });
    put("seen.checkpoint", longer.note, base);
    const { stderr } = await verify("--since", "seen.checkpoint");
    expect(stderr).toContain(evidence(join(base, "log.private", "evidence")).file);
  });

  it("refuses to keep anything in the log, before it reads", async () => {
    const before = readdirSync(folder, { recursive: true });
    const { status, stderr } = await verify("--evidence", "log/evidence");
    expect(status).toBe(1);
    expect(stderr).toContain("(ledger_evidence_served)");
    expect(readdirSync(folder, { recursive: true })).toEqual(before);
  });
});

import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { entry } from "../entry/entries.fixture.ts";
import { encodeEntry } from "../entry/entry.ts";
import type { EntryActor, EntryInput } from "../entry/form.ts";
import { idHash } from "./idHash.ts";
import type { LedgerIndex } from "./ledgerIndex.ts";
import { openLedgerIndex } from "./open.ts";
import type { LedgerQuery } from "./query.ts";

let folder: string;
let path: string;
let open: LedgerIndex[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "anchorwatch-index-"));
  path = join(folder, "private", "index.sqlite");
  open = [];
});

afterEach(async () => {
  for (const index of open) index.close();
  await rm(folder, { recursive: true });
});

async function opened(agrees: () => Promise<boolean> = async () => true): Promise<LedgerIndex> {
  const index = await openLedgerIndex({ path, agrees });
  open.push(index);
  return index;
}

const stack = { name: "network", kind: "terraform", workspace: "default" };
const EVE: EntryActor = { type: "actor", id: "arn:aws:iam::1:user/eve", name: "eve" };
const ADA: EntryActor = { type: "user", id: "u-1", name: "Ada" };

function encoded(entries: readonly Partial<EntryInput>[], first = 0) {
  return entries.map((given, i) => ({
    index: first + i,
    bytes: encodeEntry(entry({ id: `entry-${first + i}`, ...given })),
  }));
}

const ENTRIES: readonly Partial<EntryInput>[] = [
  { kind: "check.completed", stack, time: "2026-01-01T00:00:00.000Z" },
  { stack, address: "aws_vpc.main", actor: EVE, time: "2026-01-02T00:00:00.000Z" },
  { stack: { ...stack, workspace: "prod" }, address: "aws_vpc.main", time: "2026-01-03T00:00:00.000Z" },
  {
    kind: "review.given",
    actor: ADA,
    time: "2026-01-02T12:00:00.000Z",
    data: { plan: `sha256:${"0".repeat(64)}`, answer: "reject", comment: "Wait for the Ferry 50% off" },
  },
  { kind: "session.started", actor: ADA, time: "2026-01-05T00:00:00.000Z" },
];

describe("search", () => {
  test.each<[string, LedgerQuery, readonly number[]]>([
    ["nothing in particular", {}, [0, 1, 2, 3, 4]],
    ["a stack in all workspaces", { stack: "network" }, [0, 1, 2]],
    ["a stack in one workspace", { stack: "network", workspace: "prod" }, [2]],
    ["a stack that is not there", { stack: "shop" }, []],
    ["an address", { address: "aws_vpc.main" }, [1, 2]],
    ["an actor by id", { actor: EVE.id }, [1]],
    ["an actor by name", { actor: "eve" }, [1]],
    ["a user by name", { user: "Ada" }, [3, 4]],
    ["a user who is an actor only", { user: "eve" }, []],
    ["an actor who is a user as well", { actor: "eve", user: "Ada" }, []],
    ["a kind", { kind: "drift.opened" }, [1, 2]],
    ["kinds by their beginning", { kind: "drift" }, [1, 2]],
    ["kinds by half a word", { kind: "dri" }, []],
    ["several things at once", { stack: "network", address: "aws_vpc.main", workspace: "default" }, [1]],
    ["a time", { from: new Date("2026-01-02T00:00:00Z"), to: new Date("2026-01-03T00:00:00Z") }, [1, 3]],
    ["a time before everything", { to: new Date("2025-01-01T00:00:00Z") }, []],
    ["text in any case", { text: "fErRy" }, [3]],
    ["text with signs that databases read", { text: "50%" }, [3]],
    ["text that is not there", { text: "ferry%off" }, []],
    ["text of an address", { text: "vpc.main" }, [1, 2]],
    ["indexes", { fromIndex: 1, toIndex: 3 }, [1, 2]],
    ["the newest first", { stack: "network", newestFirst: true }, [2, 1, 0]],
  ])("finds %s", async (_, query, wanted) => {
    const index = await opened();
    index.add(encoded(ENTRIES));
    expect([...index.search(query)]).toEqual(wanted);
  });

  test("pages through many in order, also while more are added", async () => {
    const index = await opened();
    const many = Array.from({ length: 1300 }, (_, i) => ({ address: `a.b${i % 2}` }));
    index.add(encoded(many));
    const found: number[] = [];
    for (const at of index.search({ address: "a.b1" })) {
      if (found.length === 600) index.add(encoded([{ address: "a.b1" }], 1300));
      found.push(at);
    }
    expect(found).toEqual(Array.from({ length: 650 }, (_, i) => 2 * i + 1));
    expect([...index.search({ kind: "drift", newestFirst: true })]).toEqual(
      Array.from({ length: 1301 }, (_, i) => 1300 - i),
    );
  });

  test("finds exactly the entries of a time whose clock went back", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(20), { maxLength: 30 }),
        fc.nat(20),
        fc.nat(20),
        async (days, from, to) => {
          await rm(path, { force: true });
          const index = await opened();
          const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n));
          index.add(encoded(days.map((n) => ({ time: day(n).toISOString() }))));
          const wanted = [...days.entries()].filter(([, n]) => n >= from && n < to).map(([i]) => i);
          expect([...index.search({ from: day(from), to: day(to) })]).toEqual(wanted);
          index.close();
        },
      ),
      { numRuns: 20 },
    );
  });

  test("shows what is no entry only to those who look for everything", async () => {
    const index = await opened();
    index.add([{ index: 0, bytes: Uint8Array.of(1, 2, 3) }, ...encoded(ENTRIES.slice(1, 2), 1)]);
    expect([...index.search({})]).toEqual([0, 1]);
    expect([...index.search({ to: new Date("2030-01-01") })]).toEqual([1]);
    expect(index.size()).toBe(2);
  });
});

describe("the first entry with an id", () => {
  test("is the one that counts, over restarts", async () => {
    const index = await opened();
    index.add(encoded([{ id: "a" }, { id: "b" }, { id: "a" }]));
    index.close();
    const again = await opened();
    expect(again.indexOf("a")).toBe(0);
    expect(again.indexOf("b")).toBe(1);
    expect(again.indexOf("c")).toBeUndefined();
  });
});

describe("two ids with one hash", () => {
  // Found by trying about 2^26 ids.
  const [one, other] = ["entry-16a85889c4b97", "entry-bef106d96dd93"] as const;

  test("are told apart, and the first entry of each counts", async () => {
    expect(idHash(other)).toBe(idHash(one));
    const index = await opened();
    index.add(encoded([{ id: one }]));
    expect(index.indexOf(other)).toBeUndefined();
    index.add(encoded([{ id: other }, { id: one }, { id: other }], 1));
    expect([index.indexOf(one), index.indexOf(other)]).toEqual([0, 1]);
  });

  test("do not close each other's drift", async () => {
    const index = await opened();
    const resolved = { resource: { type: "a", provider: "p" }, how: "reverted" };
    const refs = [{ type: "drift", id: other }];
    index.add(
      encoded([
        { id: one, stack, address: "a.x" },
        { id: other, stack, address: "a.y" },
        { kind: "drift.resolved", stack, address: "a.y", refs, data: resolved },
      ]),
    );
    expect(index.openDrifts(stack).map(({ drift }) => drift)).toEqual([one]);
  });
});

describe("open drifts", () => {
  const drifted = (digit: string) => ({ ...entry().data, digest: `sha256:${digit.repeat(64)}` });
  const ref = (id: string) => [{ type: "drift", id }];

  test("are those that were opened and not resolved, as they were found last", async () => {
    const index = await opened();
    const lineage = { ...stack, lineage: "l-1" };
    index.add(
      encoded([
        { stack: lineage, address: "a.x", id: "d-1", data: drifted("1") },
        { stack: lineage, address: "a.y", id: "d-2" },
        { stack: lineage, address: "a.x", kind: "drift.updated", refs: ref("d-1"), data: drifted("2") },
        {
          stack: lineage,
          address: "a.y",
          kind: "drift.resolved",
          refs: ref("d-2"),
          data: { resource: { type: "a", provider: "p" }, how: "reverted" },
        },
        { stack: { ...stack, workspace: "prod" }, address: "a.x", id: "d-3" },
      ]),
    );
    expect(index.openDrifts(stack)).toEqual([
      {
        drift: "d-1",
        resource: '["a.x",null]',
        digest: `sha256:${"2".repeat(64)}`,
        lineage: "l-1",
        serial: 42,
        entry: 2,
      },
    ]);
    expect(index.openDrifts({ name: "network", kind: "terraform" })).toEqual([]);
  });
});

describe("the file", () => {
  test("can be read by its owner only", async () => {
    await opened();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, "private"))).mode & 0o777).toBe(0o700);
  });

  test("says up to where it goes, and of which tree", async () => {
    const index = await opened();
    expect(index.covered()).toEqual({ size: 0, root: undefined });
    index.add(encoded(ENTRIES), "cm9vdA==");
    expect(index.covered()).toEqual({ size: 5, root: "cm9vdA==" });
  });

  test("is thrown away when the log disagrees", async () => {
    const index = await opened();
    index.add(encoded(ENTRIES), "cm9vdA==");
    index.close();
    const again = await openLedgerIndex({
      path,
      agrees: async (covered) => {
        expect(covered).toEqual({ size: 5, root: "cm9vdA==" });
        return false;
      },
    });
    open.push(again);
    expect(again.size()).toBe(0);
    expect([...again.search({})]).toEqual([]);
  });

  test("is given back when nobody can say whether the log agrees", async () => {
    const index = await opened();
    index.add(encoded(ENTRIES), "cm9vdA==");
    index.close();
    await expect(opened(() => Promise.reject(new RangeError("no disk")))).rejects.toThrow("no disk");
    // Only who is alone with the file can change that.
    const alone = new DatabaseSync(path);
    onTestFinished(() => alone.close());
    expect(alone.prepare("PRAGMA journal_mode = DELETE").get()).toEqual({ journal_mode: "delete" });
  });

  test("is thrown away when it is none", async () => {
    (await opened()).close();
    await writeFile(path, "this is no database, but it is long enough to be taken for one".repeat(100));
    expect((await opened()).size()).toBe(0);
  });

  test("is thrown away when another version made it", async () => {
    const index = await opened();
    index.add(encoded(ENTRIES));
    index.close();
    const database = new DatabaseSync(path);
    database.exec("PRAGMA user_version = 999");
    database.close();
    expect((await opened()).size()).toBe(0);
  });

  test.each([
    ["a column has another name", "ALTER TABLE drifts RENAME COLUMN serial TO number"],
    ["a table is missing", "DROP TABLE texts"],
    ["there is one more", "CREATE TABLE more (one INTEGER)"],
    ["an index is missing", "DROP INDEX drifts_by_stack"],
    ["it does not say how far it goes", "DELETE FROM covered"],
    ["it says that it is of no version", "PRAGMA user_version = 0"],
  ])("is thrown away and made again when %s", async (_, change) => {
    const index = await opened();
    index.add(encoded(ENTRIES));
    index.close();
    const database = new DatabaseSync(path);
    database.exec(change);
    database.close();
    const again = await opened();
    expect(again.size()).toBe(0);
    again.add(encoded(ENTRIES));
    again.close();
    expect((await opened()).size()).toBe(ENTRIES.length);
  });

  test("is thrown away when its tables are damaged", async () => {
    const index = await opened();
    index.add(encoded(ENTRIES));
    index.close();
    const bytes = await readFile(path);
    await writeFile(path, bytes.fill(0, 4096));
    expect((await opened()).size()).toBe(0);
  });

  test("that cannot be made is an error with a hint", async () => {
    await writeFile(join(folder, "private"), "a file where a folder should be");
    await expect(opened()).rejects.toMatchObject({ code: "ledger_index_unusable", hint: expect.any(String) });
    expect(await readFile(join(folder, "private"), "utf8")).toContain("a file");
  });
});

describe("adding", () => {
  test("passes over what is covered already", async () => {
    const index = await opened();
    index.add(encoded(ENTRIES.slice(0, 3)));
    index.add(encoded(ENTRIES));
    index.add(encoded(ENTRIES.slice(0, 2)), "b2xk");
    expect(index.covered()).toEqual({ size: 5, root: undefined });
    expect([...index.search({})]).toEqual([0, 1, 2, 3, 4]);
  });

  test("refuses a gap and keeps what was there", async () => {
    const index = await opened();
    index.add(encoded(ENTRIES.slice(0, 2)));
    expect(() => index.add([...encoded([{ address: "new.one" }], 2), ...encoded([{}], 4)])).toThrow(
      "was given entry 4",
    );
    expect(index.size()).toBe(2);
    index.add(encoded([{ address: "new.one" }, {}], 2));
    expect([...index.search({ address: "new.one" })]).toEqual([2]);
  });
});

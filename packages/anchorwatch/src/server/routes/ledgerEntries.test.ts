import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseCheckpoint, parseNote, type VerifierKey, verifyConsistency } from "tlog";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ledgerFolder } from "../../app/ledger/ledgerFolder.ts";
import { withLedger } from "../../app/ledger/openLedger.ts";
import { type ServedLedger, servedLedger } from "../../app/ledger/servedLedger.ts";
import { thisLedgerMachine } from "../../cli/ledger/thisLedgerMachine.ts";
import type { LabelSetKey } from "../../domain/labels.ts";
import { verifierKeysIn } from "../../ledger/keys/kmsKeys.ts";
import { verifyProof } from "../../ledger/read/proofFile.ts";
import { testEntry } from "../../ledger/writer/writer.fixture.ts";
import type { StackId, StackStatus } from "../../watch/stack.ts";
import { ALL_LABELS, memoryAccess } from "../memoryAccess.fixture.ts";
import { driftNumber, memoryWatch, stackNamed } from "../memoryWatch.fixture.ts";
import { testServer } from "../testServer.fixture.ts";

let base: string;
let ledger: ServedLedger;
let keys: readonly VerifierKey[];

const ADDED = new Date("2026-02-01T00:00:00.000Z");
const FAR = 2 as LabelSetKey;
const EARLIER = "2026-01-31T23:59:59.999Z";
const LATER = "2026-02-02T00:00:00.000Z";

/** A log of six: its beginning, an older stack of the same name, three of `network` and one of `far`. */
beforeAll(async () => {
  const machine = thisLedgerMachine();
  base = mkdtempSync(join(tmpdir(), "aw-ledger-routes-"));
  const written = await ledgerFolder({ kind: "folder", name: "log", path: join(base, "log") }, machine);
  await withLedger(
    written,
    machine,
    () => {},
    async ({ writer }) => {
      await writer.append(testEntry("old", EARLIER));
      for (const id of ["entry-1", "entry-2", "entry-3"]) await writer.append(testEntry(id, LATER));
      await writer.append({ ...testEntry("far-1", LATER), stack: { name: "far", kind: "terraform" } });
    },
  );
  const { storage, privateFolder, keeper } = written;
  keys = await verifierKeysIn(privateFolder, keeper);
  ledger = servedLedger({
    source: { name: storage.name, read: (path) => storage.read(path) },
    keys: async () => keys,
    indexFile: join(privateFolder, "index.sqlite"),
    onWarning: ({ message }) => expect(message).toBe(""),
  });
}, 60_000);
afterAll(() => rmSync(base, { recursive: true }));

async function server(access = memoryAccess(), others: readonly StackStatus[] = []) {
  const network = stackNamed("network");
  const far = stackNamed("far", { labelSet: FAR });
  const watch = memoryWatch(
    {
      stacks: [
        { ...network, stack: { ...network.stack, addedAt: ADDED } },
        { ...far, stack: { ...far.stack, addedAt: ADDED } },
        ...others,
      ],
      drifts: [
        driftNumber(1),
        driftNumber(2, { entryId: "not-there-yet" }),
        driftNumber(3, { stackId: "id-far" as StackId, entryId: "far-1" }),
      ],
    },
    { ledger },
  );
  const { api } = await testServer(watch, {}, { access });
  return (url: string) => api.inject({ url: `/api/v1/${url}`, headers: { host: "localhost" } });
}

const idsOf = (answer: { json: () => { entries: { entry: { id: string } }[] } }) =>
  answer.json().entries.map(({ entry }) => entry.id);

describe("the ledger by API", () => {
  it("tells its newest checkpoint, and which of its keys signed it", async () => {
    const { origin, size, root, note, signedBy } = (await (await server())("ledger/checkpoint")).json();
    const checkpoint = parseCheckpoint(parseNote(note).text);
    expect([origin, size, root]).toEqual([
      checkpoint.origin,
      6,
      Buffer.from(checkpoint.root).toString("base64"),
    ]);
    expect(signedBy).toEqual([expect.stringContaining(keys[0]?.name ?? "none")]);
  });

  it("lists entries, the newest first, in pages, by what is asked for", async () => {
    const get = await server();
    const all = ["far-1", "entry-3", "entry-2", "entry-1", "old", "ledger.created"];
    expect(idsOf(await get("ledger/entries"))).toEqual(all);
    expect(idsOf(await get("ledger/entries?order=asc"))).toEqual(all.toReversed());
    const first = await get("ledger/entries?limit=4");
    const second = await get(`ledger/entries?limit=4&cursor=${first.json().next}`);
    expect([...idsOf(first), ...idsOf(second)]).toEqual(all);
    expect(second.json().next).toBeUndefined();
    for (const [query, ids] of [
      ["stack=far", ["far-1"]],
      ["kind=ledger", ["ledger.created"]],
      ["kind=detector.dead&limit=2", ["far-1", "entry-3"]],
      [`from=${LATER}&kind=detector`, ["far-1", "entry-3", "entry-2", "entry-1"]],
      [`stack=network&to=${LATER}`, ["old"]],
      ["id=entry-2", ["entry-2"]],
      ["id=none", []],
      ["id=entry-2&stack=network&kind=detector", ["entry-2"]],
      ["id=entry-2&stack=far", []],
      ["text=NO%20SIGN&order=asc&limit=1", ["old"]],
      ["user=nobody", []],
      ["address=aws_vpc.main", []],
    ] as const) {
      expect([query, idsOf(await get(`ledger/entries?${query}`))]).toEqual([query, ids]);
    }
  });

  it("gives one entry, and the proof that verify-proof takes", async () => {
    const get = await server();
    const entry = (await get("ledger/entries/2")).json();
    expect(entry).toMatchObject({
      schema: "anchorwatch.ledger-entry/v1",
      index: 2,
      entry: { schema: "anchorwatch.entry/v1", id: "entry-1" },
    });
    const answer = await get("ledger/entries/2/proof");
    expect([answer.statusCode, answer.headers["content-type"]]).toEqual([200, "text/plain; charset=utf-8"]);
    const proven = await verifyProof("proof", answer.body, { keys });
    expect(proven).toMatchObject({ index: 2, checkpoint: { size: 6 }, signedBy: [{}] });
    expect(JSON.parse(Buffer.from(proven.entry).toString())).toEqual(entry.entry);
  });

  it("proves that it only grew", async () => {
    const get = await server();
    const { proof, ...said } = (await get("ledger/consistency?old=3")).json();
    expect(said).toMatchObject({ old: 3, new: 6, note: expect.any(String) });
    const bytes = (text: string) => new Uint8Array(Buffer.from(text, "base64"));
    await verifyConsistency({
      older: 3,
      newer: 6,
      olderRoot: bytes(said.oldRoot),
      newerRoot: bytes(said.newRoot),
      proof: proof.map(bytes),
    });
    expect((await get("ledger/consistency?old=2&new=3")).json()).toMatchObject({
      new: 3,
      newRoot: said.oldRoot,
    });
    for (const query of ["old=7", "old=3&new=7", "old=4&new=3"]) {
      expect((await get(`ledger/consistency?${query}`)).json()).toMatchObject({
        status: 422,
        code: "ledger_range_invalid",
      });
    }
  });

  it("answers what is not there, or is no place in it, as a problem", async () => {
    const get = await server();
    for (const path of ["6", "999999999999999", "6/proof"]) {
      const answer = await get(`ledger/entries/${path}`);
      expect([answer.statusCode, answer.headers["content-type"]]).toEqual([
        404,
        "application/problem+json; charset=utf-8",
      ]);
      expect(answer.json().code).toBe("request_not_found");
    }
    for (const path of ["-1", "01", "1e3", "0x1", "1.0", "9".repeat(16), "NaN", "..%2f1"]) {
      expect((await get(`ledger/entries/${path}`)).statusCode).toBe(400);
    }
    for (const query of ["old=0", "old=", "old=1.5", "new=3", "old=1&size=2"]) {
      expect((await get(`ledger/consistency?${query}`)).statusCode).toBe(400);
    }
    for (const query of ["kind=", "from=yesterday", "order=up", "stack=a&stack=b", "entry=1", "limit=501"]) {
      expect((await get(`ledger/entries?${query}`)).statusCode).toBe(400);
    }
  });

  it("is for those who may read all of it", async () => {
    const access = memoryAccess({ allows: async () => false });
    const get = await server(access);
    const urls = ["checkpoint", "entries", "entries/1", "entries/1/proof", "consistency?old=1"];
    for (const url of urls) expect((await get(`ledger/${url}`)).statusCode).toBe(403);
    expect(access.refusals.map(({ action }) => action)).toEqual(urls.map(() => "ledger.view"));
  });
});

describe("the ledger of a stack, for those who may see that", () => {
  const some = () => memoryAccess({ allows: async () => false, visible: async () => [ALL_LABELS] });

  it("is what it says of it since it was added, and does not tell how much else there is", async () => {
    const get = await server(some());
    const answer = await get("stacks/id-network/ledger");
    expect(idsOf(answer)).toEqual(["entry-3", "entry-2", "entry-1"]);
    expect(answer.body).not.toMatch(/"index"|"size"/);
    expect(idsOf(await get("stacks/id-network/ledger?from=2020-01-01T00:00:00Z&order=asc"))).toEqual([
      "entry-1",
      "entry-2",
      "entry-3",
    ]);
    expect(idsOf(await get("stacks/id-network/ledger?kind=drift"))).toEqual([]);
    const first = await get("stacks/id-network/ledger?limit=2");
    const cursor = first.json().next;
    expect(idsOf(await get(`stacks/id-network/ledger?limit=2&cursor=${cursor}`))).toEqual(["entry-1"]);
  });

  it("ends where another stack got its name, which others may see", async () => {
    const { stack, ...successor } = stackNamed("network", { labelSet: FAR });
    const id = "id-successor" as StackId;
    const get = await server(some(), [{ ...successor, stack: { ...stack, id, addedAt: new Date(LATER) } }]);
    expect(idsOf(await get("stacks/id-network/ledger"))).toEqual([]);
    expect(idsOf(await get(`stacks/id-network/ledger?to=2100-01-01T00:00:00Z`))).toEqual([]);
  });

  it("proves the entry that opened a drift of it", async () => {
    const get = await server(some());
    const { body } = await get("drifts/drift-1/proof");
    const { entry } = await verifyProof("proof", body, { keys });
    expect(JSON.parse(Buffer.from(entry).toString())).toMatchObject({ id: "entry-1" });
    expect((await get("drifts/drift-2/proof")).json()).toMatchObject({
      status: 404,
      hint: expect.stringContaining("within a second"),
    });
  });

  it("is not there for others, exactly as what never was", async () => {
    const get = await server(some());
    const shown = async (url: string, id: string) =>
      (await get(url)).body.replaceAll(id, "ID").replace(/"requestId":"[^"]*"/, "");
    expect(await shown("stacks/id-far/ledger", "id-far")).toBe(await shown("stacks/none/ledger", "none"));
    expect(await shown("drifts/drift-3/proof", "drift-3")).toBe(await shown("drifts/none/proof", "none"));
    expect((await get("drifts/drift-3/proof")).statusCode).toBe(404);
  });
});

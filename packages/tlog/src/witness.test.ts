import { describe, expect, test } from "vitest";
import { formatAddCheckpoint } from "./addCheckpoint.ts";
import { verifyCosignature } from "./cosignature.ts";
import { refused } from "./errors.fixture.ts";
import { emptyRoot } from "./hash.ts";
import { MemoryLog, memoryEntry, ORIGIN, otherHistoryFrom } from "./memoryLog.fixture.ts";
import { formatNote, parseNote, signNote } from "./note.ts";
import { testSigner } from "./signer.fixture.ts";
import { add, NOW, NOW_SECONDS, proofOf, requestOf, testWitness } from "./witness.fixture.ts";
import { memoryWitnessState, witness } from "./witness.ts";

describe("a witness", () => {
  test("cosigns the first checkpoint that it sees, and every one that grows out of the last", async () => {
    const { witness, state } = await testWitness();
    const log = await MemoryLog.publish([0]);
    const { key } = await testSigner("witness.example/w1", "cosignature-ed25519");
    let old = 0;
    for (const size of [0, 1, 5, 5, 300, 600]) {
      if (size > log.size) await log.grow(size);
      const response = await add(witness, await requestOf(log, old));
      expect(response).toMatchObject({
        status: 200,
        headers: { "content-type": "text/plain; charset=utf-8" },
      });
      expect(response.body).toMatch(/^— witness\.example\/w1 [A-Za-z0-9+/=]+\n$/);
      const note = parseNote(`${log.checkpoint}${response.body}`);
      const { time } = await verifyCosignature(note, note.signatures[1] ?? expect.fail(), key);
      expect(time).toBe(NOW_SECONDS);
      expect(await state.latest(ORIGIN)).toMatchObject({ size, note: log.checkpoint });
      old = size;
    }
  });

  test("answers 409 with the size that it knows when the old size is another one", async () => {
    const { witness } = await testWitness();
    const log = await MemoryLog.publish([5]);
    const conflict = (size: number) => ({
      status: 409,
      headers: { "content-type": "text/x.tlog.size" },
      body: `${size}\n`,
    });
    expect(await add(witness, await requestOf(log, 3))).toEqual(conflict(0));
    expect(await add(witness, await requestOf(log, 0))).toMatchObject({ status: 200 });
    await log.grow(9);
    expect(await add(witness, await requestOf(log, 0))).toEqual(conflict(5));
    expect(await add(witness, await requestOf(log, 7))).toEqual(conflict(5));
  });

  test("answers 409 to another tree of the same size, and reports both", async () => {
    const { witness, state, forks } = await testWitness();
    const log = await MemoryLog.publish([5]);
    const fork = await MemoryLog.publish([5], otherHistoryFrom(2));
    await add(witness, await requestOf(log, 0));
    const response = await add(witness, await requestOf(fork, 5));
    expect(response).toEqual({ status: 409, headers: { "content-type": "text/x.tlog.size" }, body: "5\n" });
    expect(forks).toEqual([[log.checkpoint, fork.checkpoint]]);
    expect(await state.latest(ORIGIN)).toMatchObject({ note: log.checkpoint });
  });

  test("answers 422 to a proof that does not hold, and remembers nothing of it", async () => {
    const { witness, state } = await testWitness();
    const log = await MemoryLog.publish([5]);
    await add(witness, await requestOf(log, 0));
    const known = log.checkpoint;
    await log.grow(9);
    const fork = await MemoryLog.publish([9], otherHistoryFrom(3));
    const proof = await proofOf(log, 5);
    for (const body of [
      await requestOf(fork, 5),
      formatAddCheckpoint({ old: 5, proof: [], checkpoint: log.checkpoint }),
      formatAddCheckpoint({ old: 5, proof: [...proof, emptyRoot()], checkpoint: log.checkpoint }),
      formatAddCheckpoint({ old: 5, proof: proof.toReversed(), checkpoint: log.checkpoint }),
      formatAddCheckpoint({ old: 5, proof: [emptyRoot()], checkpoint: known }),
    ]) {
      expect(await add(witness, body)).toMatchObject({ status: 422 });
    }
    expect(await state.latest(ORIGIN)).toMatchObject({ note: known });
  });

  test("answers 422 to a proof from the empty tree", async () => {
    const { witness } = await testWitness();
    const log = await MemoryLog.publish([0]);
    const withProof = () => formatAddCheckpoint({ old: 0, proof: [emptyRoot()], checkpoint: log.checkpoint });
    expect(await add(witness, withProof())).toMatchObject({ status: 422 });
    await add(witness, await requestOf(log, 0));
    await log.grow(4);
    expect(await add(witness, withProof())).toMatchObject({ status: 422 });
    expect(await add(witness, await requestOf(log, 0))).toMatchObject({ status: 200 });
  });

  test("answers 404 to a log that it does not watch", async () => {
    const { witness } = await testWitness();
    const log = await MemoryLog.publish([5], memoryEntry, "example.com/other");
    expect(await add(witness, await requestOf(log, 0))).toMatchObject({
      status: 404,
      body: 'this witness does not watch "example.com/other"\n',
    });
  });

  test("answers 403 to a checkpoint that no key of the log signed, or that was changed", async () => {
    const { witness } = await testWitness();
    const log = await MemoryLog.publish([5]);
    const request = await requestOf(log, 0);
    expect(await add(witness, request.replace("\n5\n", "\n6\n"))).toMatchObject({ status: 403 });
    const stranger = await testSigner(ORIGIN, "ed25519", "stranger");
    const note = await signNote(parseNote(log.checkpoint).text, [stranger]);
    expect(await add(witness, `old 0\n\n${formatNote(note)}`)).toMatchObject({ status: 403 });
  });

  test("answers 400 to an old size beyond the checkpoint's", async () => {
    const { witness } = await testWitness();
    const log = await MemoryLog.publish([5]);
    expect(await add(witness, await requestOf(log, 6))).toMatchObject({ status: 400 });
  });

  test.each([
    ["nothing", () => ""],
    ["no empty line", (body: string) => body.replaceAll("\n\n", "\n")],
    ["an old size with a zero before it", (body: string) => body.replace("old 0", "old 00")],
    ["an old size beyond 2^53", (body: string) => body.replace("old 0", "old 9007199254740993")],
    ["CRLF", (body: string) => body.replaceAll("\n", "\r\n")],
    ["64 hashes", (body: string) => body.replace("old 0", `old 0${`\n${"A".repeat(43)}=`.repeat(64)}`)],
    ["a short hash", (body: string) => body.replace("old 0", "old 0\nAAAA")],
    ["no signature", (body: string) => body.slice(0, body.lastIndexOf("—"))],
    ["a checkpoint without root", (body: string) => body.replace(/\n5\n.*\n/, "\n5\n")],
    ["too many bytes", (body: string) => body + "x".repeat(1_100_000)],
  ])("answers 400 to a request with %s", async (_what, change) => {
    const { witness } = await testWitness();
    const body = change(await requestOf(await MemoryLog.publish([5]), 0));
    expect(await add(witness, body)).toMatchObject({ status: 400 });
  });

  test("answers 400 to what is no UTF-8", async () => {
    const { witness } = await testWitness();
    expect(await add(witness, Uint8Array.of(0x6f, 0xff))).toMatchObject({ status: 400 });
  });

  test("knows nothing but POST add-checkpoint", async () => {
    const { witness } = await testWitness();
    const body = new Uint8Array();
    expect(await witness.handle({ method: "GET", path: "/add-checkpoint", body })).toMatchObject({
      status: 405,
      headers: { allow: "POST" },
    });
    expect(await witness.handle({ method: "POST", path: "/add-checkpoints", body })).toMatchObject({
      status: 404,
    });
  });

  test("needs a key for cosigning", async () => {
    const signer = await testSigner("witness.example/w1");
    await refused("note_signer_invalid", () =>
      witness({ signer, keysOf: () => [], state: memoryWitnessState(), now: () => NOW }),
    );
  });
});

describe("requests at the same time", () => {
  test("of two histories: one is cosigned, whichever comes first", async () => {
    const { witness, state } = await testWitness();
    const [one, other] = [await MemoryLog.publish([5]), await MemoryLog.publish([6], otherHistoryFrom(0))];
    const bodies = await Promise.all([requestOf(one, 0), requestOf(other, 0)]);
    const statuses = (await Promise.all(bodies.map((body) => add(witness, body)))).map(
      ({ status }) => status,
    );
    expect(statuses.sort()).toEqual([200, 409]);
    expect(await state.latest(ORIGIN)).toBeDefined();
  });

  test("never set the witness back to a smaller tree", async () => {
    const { witness, state } = await testWitness();
    const log = await MemoryLog.publish([5]);
    await add(witness, await requestOf(log, 0));
    const bodies: string[] = [];
    for (const size of [6, 7, 8, 300]) {
      await log.grow(size);
      bodies.push(await requestOf(log, 5));
    }
    const responses = await Promise.all(bodies.map((body) => add(witness, body)));
    const won = responses.findIndex(({ status }) => status === 200);
    const size = [6, 7, 8, 300][won];
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(responses.filter(({ body }) => body === `${size}\n`)).toHaveLength(3);
    expect(await state.latest(ORIGIN)).toMatchObject({ size });
  });

  test("nothing is cosigned that could not be stored", async () => {
    const failure = new RangeError("the disk is full");
    const state = { ...memoryWitnessState(), compareAndSwap: () => Promise.reject(failure) };
    const { witness } = await testWitness(state);
    await expect(add(witness, await requestOf(await MemoryLog.publish([5]), 0))).rejects.toBe(failure);
  });
});

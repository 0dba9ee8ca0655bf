import {
  cosign,
  formatNote,
  formatSignatureLine,
  memoryWitnessState,
  parseNote,
  type Signer,
  verifyNote,
  witness,
} from "tlog";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type HttpServer, startHttpServer } from "./httpServer.fixture.ts";
import { checkpointOf, consistencyTo, logKey, newSigner, ORIGIN } from "./notes.fixture.ts";
import { witnessAnchor } from "./witnessAnchor.ts";

let server: HttpServer;
let signer: Signer;

/** The library's own witness behind a real server, which watches one log. */
beforeEach(async () => {
  server = await startHttpServer();
  signer = await newSigner("witness.example.com", "cosignature-ed25519");
  const { handle } = witness({
    signer,
    keysOf: (origin) => (origin === ORIGIN ? [logKey] : undefined),
    state: memoryWitnessState(),
    now: () => new Date(1_700_000_000_000),
  });
  server.reply = ({ method, path, body }) => handle({ method, path, body: Buffer.from(body) });
});
afterEach(() => server.close());

const anchor = () =>
  witnessAnchor({ url: `${server.url}/`, keys: [signer.key], fetch, wait: async () => {} });

test("each checkpoint is proven to continue the last, and comes back cosigned", async () => {
  const told = anchor();
  for (const size of [1, 7, 7, 300]) {
    const note = await checkpointOf(size);
    await told.publish(note, consistencyTo(size));
    const { text, signatures } = parseNote(note);
    const cosigned = formatNote({ text, signatures: [...signatures, ...(told.cosignatures?.(note) ?? [])] });
    expect(await verifyNote(parseNote(cosigned), [logKey, signer.key])).toHaveLength(2);
  }
  expect(server.received).toHaveLength(4);
  expect(told.cosignatures?.(await checkpointOf(2))).toEqual([]);
});

test("after a restart the witness says where the proof has to begin", async () => {
  await anchor().publish(await checkpointOf(5), consistencyTo(5));
  server.received.length = 0;
  await anchor().publish(await checkpointOf(9), consistencyTo(9));
  expect(server.received.map(({ body }) => body.split("\n", 1)[0])).toEqual(["old 0", "old 5"]);
});

test("a log that was restored from an old backup is a conflict", async () => {
  await anchor().publish(await checkpointOf(9), consistencyTo(9));
  await expect(anchor().publish(await checkpointOf(5), consistencyTo(5))).rejects.toMatchObject({
    code: "ledger_anchor_conflict",
    message: expect.stringContaining("9 entries"),
  });
});

test("a fork is a conflict, of the same size and of a larger one", async () => {
  await anchor().publish(await checkpointOf(9), consistencyTo(9));
  const conflict = { code: "ledger_anchor_conflict" };
  const same = anchor().publish(await checkpointOf(9, "forged"), consistencyTo(9, "forged"));
  await expect(same).rejects.toMatchObject(conflict);
  const larger = anchor().publish(await checkpointOf(12, "forged"), consistencyTo(12, "forged"));
  await expect(larger).rejects.toMatchObject(conflict);
});

test("a witness that does not know the log refuses it", async () => {
  const note = await checkpointOf(1, "entry", "example.com/other");
  await expect(anchor().publish(note, consistencyTo(1))).rejects.toMatchObject({
    code: "ledger_anchor_refused",
  });
});

test.each<[string, (own: string, foreign: string) => string]>([
  ["nothing", () => ""],
  ["text", () => "thank you\n"],
  ["a line of another key", (_, foreign) => foreign],
  ["a cosignature of another checkpoint", (own) => own],
])("an answer that is %s is no cosignature", async (_, answer) => {
  const stranger = await newSigner("stranger.example.com", "cosignature-ed25519");
  const note = await checkpointOf(2);
  const own = `${formatSignatureLine(await cosign(parseNote(await checkpointOf(1)), signer, 1))}\n`;
  const foreign = `${formatSignatureLine(await cosign(parseNote(note), stranger, 1))}\n`;
  server.reply = () => ({ status: 200, body: answer(own, foreign) });
  const told = anchor();
  await expect(told.publish(note, consistencyTo(2))).rejects.toMatchObject({ code: "ledger_anchor_failed" });
  expect(told.cosignatures?.(note)).toEqual([]);
});

test("a conflict that names no size is not believed", async () => {
  server.reply = () => ({ status: 409, headers: { "content-type": "text/x.tlog.size" }, body: "01\n" });
  await expect(anchor().publish(await checkpointOf(7), consistencyTo(7))).rejects.toMatchObject({
    code: "ledger_anchor_failed",
  });
});

test("no redirect is followed, and a witness that is busy is asked again", async () => {
  const elsewhere = await startHttpServer();
  server.reply = () => ({ status: 307, headers: { location: elsewhere.url } });
  const note = await checkpointOf(7);
  await expect(anchor().publish(note, consistencyTo(7))).rejects.toMatchObject({
    code: "ledger_anchor_failed",
  });
  expect(elsewhere.received).toEqual([]);
  await elsewhere.close();
  const before = server.received.length;
  server.reply = () => ({ status: 503 });
  await expect(anchor().publish(note, consistencyTo(7))).rejects.toMatchObject({
    code: "ledger_anchor_failed",
  });
  expect(server.received.length - before).toBe(3);
});

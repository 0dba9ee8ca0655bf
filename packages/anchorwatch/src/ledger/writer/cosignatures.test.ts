import { cosign, memoryWitnessState, parseNote, type Signer, verifyNote, witness } from "tlog";
import { beforeEach, expect, it } from "vitest";
import type { Anchor } from "../anchors/anchor.ts";
import { newSigner } from "../anchors/notes.fixture.ts";
import { witnessAnchor } from "../anchors/witnessAnchor.ts";
import { cosignaturesOf, withCosignatures } from "./cosignatures.ts";
import { freshLogFolder } from "./logFolder.fixture.ts";
import { ORIGIN, testEntry, testLog, testSigner } from "./writer.fixture.ts";

const place = freshLogFolder();
let cosigner: Signer;
let seconds: number;
beforeEach(async () => {
  cosigner = await newSigner("witness.example.com", "cosignature-ed25519");
  seconds = 1_700_000_000;
});

/** The library's own witness, without a network in between. */
async function testWitness(): Promise<Anchor> {
  const { key } = await testSigner();
  const { handle } = witness({
    signer: cosigner,
    keysOf: (origin) => (origin === ORIGIN ? [key] : undefined),
    state: memoryWitnessState(),
    now: () => new Date(seconds++ * 1000),
  });
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const { pathname: path } = new URL(String(input));
    const body = init?.body as Uint8Array;
    const answer = await handle({ method: init?.method ?? "", path, body });
    return new Response(answer.body, answer);
  };
  return witnessAnchor({
    url: "https://witness.example.com/",
    keys: [cosigner.key],
    fetch,
    wait: async () => {},
  });
}

async function published(): Promise<string> {
  return new TextDecoder().decode(await place.storage.read("checkpoint"));
}

it("publishes the last checkpoint with the signature of each witness", async () => {
  const log = testLog(place.storage);
  const writer = await log.open({ anchors: [await testWitness()] });
  for (const id of ["a", "b", "c"]) await writer.append(testEntry(id));
  await writer.close();
  expect(await published()).toBe(writer.checkpoint);
  const { key } = await testSigner();
  const signedBy = await verifyNote(parseNote(await published()), [key, cosigner.key]);
  expect(signedBy).toEqual([key, cosigner.key]);
  expect(log.warnings).toEqual([]);
});

it("asks no witness to sign again what it has signed", async () => {
  const log = testLog(place.storage);
  const told = await testWitness();
  const writer = await log.open({ anchors: [told] });
  await writer.append(testEntry("a"));
  await writer.close();
  await (await log.open({ anchors: [told] })).close();
  expect(await published()).toBe(writer.checkpoint);
});

it("does not publish a signature that is not the witness's own, or of another checkpoint", async () => {
  const stranger = await newSigner("stranger.example.com", "cosignature-ed25519");
  for (const signer of [stranger, cosigner]) {
    const log = testLog(place.storage);
    const other = parseNote(`${ORIGIN}\n5\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— x AAAAAAA=\n`);
    const line = await cosign(other, signer, 1);
    const liar: Anchor = {
      name: "the liar",
      publish: async () => {},
      latest: async () => undefined,
      cosigners: [cosigner.key],
      cosignatures: () => [line],
    };
    const writer = await log.open({ anchors: [liar] });
    await writer.append(testEntry(signer.key.name));
    await writer.close();
    expect(parseNote(await published()).signatures).toHaveLength(1);
    expect(log.warnings.map(({ message }) => message).join()).toContain("is not published");
    await expect(cosignaturesOf(liar, writer.checkpoint)).rejects.toMatchObject({
      code: "ledger_anchor_failed",
    });
  }
});

it("leaves out what belongs to a checkpoint that was overtaken", async () => {
  const writer = await testLog(place.storage).open();
  await writer.append(testEntry("a"));
  const older = writer.checkpoint;
  await writer.append(testEntry("b"));
  const line = await cosign(parseNote(older), cosigner, 1);
  expect(withCosignatures(writer.checkpoint, older, [line])).toBe(writer.checkpoint);
  expect(parseNote(withCosignatures(older, older, [line])).signatures).toHaveLength(2);
  await writer.close();
});

import { sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { cosign, verifyCosignature } from "./cosignature.ts";
import { refused } from "./errors.fixture.ts";
import { formatNote, parseNote, signNote, verifyNote } from "./note.ts";
import { testKey, testSigner } from "./signer.fixture.ts";

const log = await testSigner("example.com/log");
const witness = await testSigner("witness.example", "cosignature-ed25519");
const other = await testSigner("other.example", "cosignature-ed25519");
const note = await signNote("example.com/log\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", [log]);
const TIME = 1_679_315_147;

/** A cosignature as another program would make it. */
function signatureByHand(time: number): Uint8Array {
  const header = Buffer.alloc(8);
  header.writeBigUInt64BE(BigInt(time));
  const message = Buffer.from(`cosignature/v1\ntime ${time}\n${note.text}`);
  const signature = sign(null, message, testKey("cosignature-ed25519 witness.example "));
  return new Uint8Array(Buffer.concat([header, signature]));
}

test("a cosignature of ours is the one that another program makes", async () => {
  const cosignature = await cosign(note, witness, TIME);
  expect(cosignature).toEqual({
    name: "witness.example",
    keyId: witness.key.keyId,
    signature: signatureByHand(TIME),
  });
});

test.each([0, 1, TIME, Number.MAX_SAFE_INTEGER])(
  "the time %d survives the way through a note",
  async (time) => {
    const cosignature = await cosign(note, witness, time);
    const text = formatNote({ ...note, signatures: [...note.signatures, cosignature] });
    const read = parseNote(text);
    expect(await verifyCosignature(read, read.signatures[1] ?? expect.fail(), witness.key)).toEqual({ time });
    expect(await verifyNote(read, [witness.key])).toEqual([witness.key]);
  },
);

describe("what is refused", () => {
  test("another time, text or key than was signed", async () => {
    const cosignature = await cosign(note, witness, TIME);
    const later = { ...cosignature, signature: cosignature.signature.with(7, 0) };
    await refused("note_signature_invalid", () => verifyCosignature(note, later, witness.key));
    const changed = { ...note, text: `${note.text}more\n` };
    await refused("note_signature_invalid", () => verifyCosignature(changed, cosignature, witness.key));
    await refused("note_signature_invalid", () => verifyCosignature(note, cosignature, other.key));
    const renamed = { ...cosignature, name: "other.example", keyId: other.key.keyId };
    await refused("note_signature_invalid", () => verifyCosignature(note, renamed, other.key));
  });

  test("a signature of the log in the place of a cosignature", async () => {
    const [own] = note.signatures;
    await refused("cosignature_invalid", () => verifyCosignature(note, own ?? expect.fail(), witness.key));
    const cosignature = await cosign(note, witness, TIME);
    await refused("cosignature_invalid", () => verifyCosignature(note, cosignature, log.key));
  });

  test("a time that cannot be represented", async () => {
    const cosignature = await cosign(note, witness, TIME);
    const beyond = { ...cosignature, signature: cosignature.signature.with(1, 0x20) };
    await refused("cosignature_invalid", () => verifyCosignature(note, beyond, witness.key));
    await refused("note_signature_invalid", () =>
      verifyNote({ ...note, signatures: [beyond] }, [witness.key]),
    );
    await refused("number_out_of_range", () => cosign(note, witness, 2 ** 53));
    await refused("number_out_of_range", () => cosign(note, witness, 1.5));
    await refused("number_out_of_range", () => cosign(note, witness, -1));
  });

  test("a signer that is no cosigner, and one that signs with another key", async () => {
    await refused("note_signer_invalid", () => cosign(note, log, TIME));
    await refused("note_signer_invalid", () => cosign(note, { key: witness.key, sign: other.sign }, TIME));
  });
});

import { sign } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { refused, typedErrorOr } from "./errors.fixture.ts";
import { TlogError } from "./errors.ts";
import {
  formatNote,
  MAX_NOTE_BYTES,
  MAX_NOTE_SIGNATURES,
  parseNote,
  type SignedNote,
  signNote,
  verifyNote,
} from "./note.ts";
import type { NoteSignature } from "./signature.ts";
import { testKey, testSigner } from "./signer.fixture.ts";

const log = await testSigner("example.com/log");
const other = await testSigner("example.com/other");
const witness = await testSigner("witness.example", "cosignature-ed25519");
const TEXT = "example.com/log\n\nwith an empty line and ünïcode\n";

/** A note as another program would make it. */
function noteByHand(text: string, name = "example.com/log"): string {
  const id = Buffer.alloc(4);
  id.writeUInt32BE(log.key.keyId);
  const signature = sign(null, Buffer.from(text), testKey("ed25519 example.com/log "));
  return `${text}\n— ${name} ${Buffer.concat([id, signature]).toString("base64")}\n`;
}

const name = fc.stringMatching(/^[!-*,-~é—]{1,12}$/u);
const signature: fc.Arbitrary<NoteSignature> = fc.record({
  name,
  keyId: fc.integer({ min: 0, max: 0xffffffff }),
  signature: fc.uint8Array({ minLength: 1, maxLength: 100 }),
});
const text = fc
  .string({ unit: "binary" })
  .map((value) => `${[...value].filter((character) => character >= " " || character === "\n").join("")}\n`);

test("a note that another program made is read and verified", async () => {
  const note = parseNote(new TextEncoder().encode(noteByHand(TEXT)));
  expect(note.text).toBe(TEXT);
  expect(note.signatures).toMatchObject([{ name: "example.com/log", keyId: log.key.keyId }]);
  expect(note.signatures[0]?.signature).toHaveLength(64);
  expect(await verifyNote(note, [other.key, log.key])).toEqual([log.key]);
});

test("a note of ours is the one that another program makes", async () => {
  expect(formatNote(await signNote(TEXT, [log]))).toBe(noteByHand(TEXT));
});

test("the text ends at the last empty line, even where it looks like a note itself", async () => {
  const inner = noteByHand(TEXT);
  const note = parseNote(noteByHand(inner));
  expect(note.text).toBe(inner);
  expect(await verifyNote(note, [log.key])).toEqual([log.key]);
});

test("every note survives the way to text and back", () => {
  fc.assert(
    fc.property(text, fc.array(signature, { minLength: 1, maxLength: 20 }), (body, signatures) => {
      const note: SignedNote = { text: body, signatures };
      expect(parseNote(formatNote(note))).toEqual(note);
      expect(parseNote(new TextEncoder().encode(formatNote(note)))).toEqual(note);
    }),
  );
});

test("any bytes give a note that is written the same, or a typed error", () => {
  const almost = fc
    .tuple(text, fc.array(fc.tuple(fc.string(), fc.string()), { maxLength: 3 }), fc.string())
    .map(([body, lines, end]) => `${body}\n${lines.map(([a, b]) => `— ${a} ${b}\n`).join("")}${end}`)
    .map((note) => new TextEncoder().encode(note));
  const changed = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })).map(([at, byte]) => {
    const bytes = new TextEncoder().encode(noteByHand(TEXT));
    return bytes.with(at % bytes.length, byte);
  });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), almost, changed), (bytes) => {
      const note = typedErrorOr(() => parseNote(bytes));
      if (!(note instanceof TlogError)) expect(new TextEncoder().encode(formatNote(note))).toEqual(bytes);
    }),
    { numRuns: 1000 },
  );
});

describe("what is no note", () => {
  const line = noteByHand("x\n").slice(3, -1);

  test.each([
    ["", "nothing", 0],
    ["x\n", "no signature", 2],
    [`x\n${line}\n`, "no empty line", undefined],
    ["x\n\n", "no line after the empty one", 3],
    [`x\n\n${line}`, "no newline at the end", undefined],
    [`x\n\n${line}\n\n`, "an empty line at the end", undefined],
    [`x\n\n${line}\nmore\n`, "a line that is no signature", undefined],
    [`x\r\n\r\n${line}\r\n`, "lines as Windows ends them", 1],
    [`x\u0000\n\n${line}\n`, "a control character", 1],
    [`ü\t\n\n${line}\n`, "a tab", 2],
    [`x\n\n${line.replace("—", "-")}\n`, "a short dash", 3],
    [`x\n\n${line.replace("— ", "—")}\n`, "no space after the dash", 3],
    [`x\n\n${line.replace("— ", "—  ")}\n`, "two spaces", 3],
    [`x\n\n${line} \n`, "a space at the end of the line", 3],
    [`x\n\n${line.replace("example", "exa+mple")}\n`, "a plus in the name", 3],
    [`x\n\n${line.replace("example", "exa\u00a0mple")}\n`, "a wide space in the name", 3],
    [`x\n\n— name\n`, "no signature", 3],
    [`x\n\n— name AAAAAA==\n`, "only a key ID", 3],
    [`x\n\n— name AAAA\n`, "less than a key ID", 3],
    [`x\n\n— name AAAAAAB=\n`, "bits that belong to no byte", 3],
    [`x\n\n— name AAAAAAA\n`, "no padding", 3],
    [`x\n\n— name AAAAAAA=\n— name AAA_AAA=\n`, "the other alphabet", 3 + "— name AAAAAAA=\n".length + 2],
    ["\ud800\n\n— name AAAAAAA=\n", "half a character", undefined],
  ])("%j: %s", async (note, _, byte) => {
    const error = await refused("note_invalid", () => parseNote(note));
    if (byte !== undefined) expect(error.location).toEqual({ byte });
  });

  test("bytes that are not UTF-8", async () => {
    const bytes = new TextEncoder().encode(noteByHand(TEXT));
    await refused("note_invalid", () => parseNote(bytes.with(0, 0xff)));
    await refused("note_invalid", () => parseNote(Uint8Array.of(0xc0, 0x8a, ...bytes)));
  });

  test("more than is read", async () => {
    await refused("note_invalid", () => parseNote(new Uint8Array(MAX_NOTE_BYTES + 1)));
    await refused("note_invalid", () => parseNote("a".repeat(MAX_NOTE_BYTES + 1)));
    await refused("note_invalid", () => parseNote("ü".repeat(MAX_NOTE_BYTES / 2 + 1)));
    const lines = (count: number) => "— name AAAAAAA=\n".repeat(count);
    expect(parseNote(`x\n\n${lines(MAX_NOTE_SIGNATURES)}`).signatures).toHaveLength(MAX_NOTE_SIGNATURES);
    await refused("note_invalid", () => parseNote(`x\n\n${lines(MAX_NOTE_SIGNATURES + 1)}`));
  });

  test("what could not be read back is not written", async () => {
    const good = { name: "a", keyId: 1, signature: new Uint8Array(64) };
    await refused("note_invalid", () => formatNote({ text: "x", signatures: [good] }));
    await refused("note_invalid", () => formatNote({ text: "x\r\n", signatures: [good] }));
    await refused("note_invalid", () => formatNote({ text: "x\n", signatures: [] }));
    await refused("note_invalid", () => formatNote({ text: "x\n", signatures: [{ ...good, name: "a b" }] }));
    await refused("note_invalid", () => formatNote({ text: "x\n", signatures: [{ ...good, keyId: -1 }] }));
    await refused("note_invalid", () =>
      formatNote({ text: "x\n", signatures: [{ ...good, keyId: 2 ** 32 }] }),
    );
    await refused("note_invalid", () =>
      formatNote({ text: "x\n", signatures: [{ ...good, signature: new Uint8Array() }] }),
    );
  });
});

test("a byte order mark belongs to the text that was signed", async () => {
  const marked = noteByHand(`\ufeff${TEXT}`);
  const note = parseNote(new TextEncoder().encode(marked));
  expect(note.text).toBe(`\ufeff${TEXT}`);
  expect(await verifyNote(note, [log.key])).toEqual([log.key]);
});

describe("verifying", () => {
  test("a note that no known key signed cannot be believed, and the error names who signed", async () => {
    const note = await signNote(TEXT, [log]);
    const error = await refused("note_unsigned", () => verifyNote(note, [other.key]));
    expect(error.message).toContain("signed by example.com/log");
    expect(error.message).toContain("of example.com/other");
    await refused("note_unsigned", () => verifyNote(note, []));
  });

  test("lines of unknown keys are ignored, also under a known name or a known ID", async () => {
    const note = await signNote(TEXT, [log]);
    const bad = new Uint8Array(64);
    const signatures = [
      { name: "nobody", keyId: 7, signature: bad },
      { name: log.key.name, keyId: log.key.keyId ^ 1, signature: bad },
      { name: "nobody", keyId: log.key.keyId, signature: bad },
      ...note.signatures,
    ];
    expect(await verifyNote({ ...note, signatures }, [log.key])).toEqual([log.key]);
  });

  test("one bad line of a known key rejects the note, whoever else signed it", async () => {
    const note = await signNote(TEXT, [log, other]);
    for (const bit of [0, 8 * 31, 8 * 63 + 4]) {
      const [first, ...rest] = note.signatures as [NoteSignature, ...NoteSignature[]];
      const changed = first.signature.with(
        bit >> 3,
        (first.signature[bit >> 3] as number) ^ (1 << (bit & 7)),
      );
      const signatures = [...rest, { ...first, signature: changed }];
      await refused("note_signature_invalid", () =>
        verifyNote({ ...note, signatures }, [log.key, other.key]),
      );
      await refused("note_signature_invalid", () =>
        verifyNote({ ...note, signatures: [first, ...signatures] }, [log.key, other.key]),
      );
    }
    const short = [{ ...(note.signatures[0] as NoteSignature), signature: new Uint8Array(63) }];
    await refused("note_signature_invalid", () => verifyNote({ ...note, signatures: short }, [log.key]));
  });

  test("one changed letter of the text rejects the note", async () => {
    const note = await signNote(TEXT, [log]);
    await refused("note_signature_invalid", () => verifyNote({ ...note, text: `${TEXT} ` }, [log.key]));
  });

  test("a key that signed twice is named once, and two that share a name are told apart", async () => {
    const renewed = await testSigner("example.com/log", "ed25519", "renewed");
    const note = await signNote(TEXT, [log, renewed]);
    const twice = { ...note, signatures: [...note.signatures, ...note.signatures] };
    expect(await verifyNote(twice, [renewed.key, log.key])).toEqual([log.key, renewed.key]);
  });

  test("a key that only collides in name and ID does not reject the real one's signature", async () => {
    const impostor = { ...other.key, name: log.key.name, keyId: log.key.keyId };
    const note = await signNote(TEXT, [log]);
    expect(await verifyNote(note, [impostor, log.key])).toEqual([log.key]);
    await refused("note_signature_invalid", () => verifyNote(note, [impostor]));
  });
});

describe("signing", () => {
  test("keeps the signatures of others and replaces its own", async () => {
    const old = await signNote(`${TEXT}old\n`, [log]);
    const cosigned = await signNote(TEXT, [other]);
    const note = await signNote(TEXT, [log], [...cosigned.signatures, ...old.signatures]);
    expect(note.signatures.map((line) => line.name)).toEqual(["example.com/log", "example.com/other"]);
    expect(await verifyNote(note, [log.key, other.key])).toEqual([log.key, other.key]);
  });

  test("refuses texts that no note can have", async () => {
    for (const body of ["", "x", "x\r\n", "\u0001\n", "\udc00\n"]) {
      await refused("note_invalid", () => signNote(body, [log]));
    }
  });

  test("refuses a cosigner, whose signature needs a time", async () => {
    await refused("note_signer_invalid", () => signNote(TEXT, [witness]));
  });

  test("refuses what a faulty key store gives", async () => {
    await refused("note_signer_invalid", () => signNote(TEXT, [{ key: log.key, sign: other.sign }]));
    const short = { key: log.key, sign: async () => new Uint8Array(63) };
    await refused("note_signer_invalid", () => signNote(TEXT, [short]));
  });
});

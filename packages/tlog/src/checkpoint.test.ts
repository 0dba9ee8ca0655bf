import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Checkpoint, formatCheckpoint, openCheckpoint, parseCheckpoint } from "./checkpoint.ts";
import { cosign } from "./cosignature.ts";
import { refused, typedErrorOr } from "./errors.fixture.ts";
import { TlogError } from "./errors.ts";
import { emptyRoot } from "./hash.ts";
import { formatNote, signNote } from "./note.ts";
import { testSigner } from "./signer.fixture.ts";

const log = await testSigner("example.com/log");
const other = await testSigner("example.com/other");
const witness = await testSigner("witness.example", "cosignature-ed25519");

const ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
const TEXT = `example.com/log\n20852163\n${ROOT}\n`;

const line = fc.string({ minLength: 1, unit: "binary" }).map((value) => `.${value.replaceAll("\n", "")}`);
const checkpoint: fc.Arbitrary<Checkpoint> = fc.record({
  origin: line,
  size: fc.maxSafeNat().map((size) => Math.max(1, size)),
  root: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  extensions: fc.array(line, { maxLength: 3 }),
});

test("a checkpoint is three lines: origin, size, root", () => {
  const parsed = parseCheckpoint(TEXT);
  expect(parsed).toMatchObject({ origin: "example.com/log", size: 20_852_163, extensions: [] });
  expect(Buffer.from(parsed.root).toString("base64")).toBe(ROOT);
  expect(formatCheckpoint(parsed)).toBe(TEXT);
});

test("the empty tree has the root of the empty tree", async () => {
  const text = "o\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
  expect(parseCheckpoint(text)).toEqual({ origin: "o", size: 0, root: emptyRoot(), extensions: [] });
  await refused("checkpoint_invalid", () => parseCheckpoint(`o\n0\n${ROOT}\n`));
  const root = new Uint8Array(32);
  await refused("checkpoint_invalid", () => formatCheckpoint({ origin: "o", size: 0, root, extensions: [] }));
});

test("every checkpoint survives the way to text and back", () => {
  fc.assert(
    fc.property(checkpoint, (given) => {
      expect(parseCheckpoint(formatCheckpoint(given))).toEqual(given);
    }),
  );
});

test("any text gives a checkpoint that is written the same, or a typed error", () => {
  const almost = fc
    .tuple(
      line,
      fc.oneof(fc.nat().map(String), fc.string()),
      fc.oneof(fc.constant(ROOT), fc.base64String()),
      fc.string(),
    )
    .map((lines) => lines.join("\n"));
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), almost), (text) => {
      const parsed = typedErrorOr(() => parseCheckpoint(text));
      if (!(parsed instanceof TlogError)) expect(formatCheckpoint(parsed)).toBe(text);
    }),
    { numRuns: 500 },
  );
});

describe("what is no checkpoint", () => {
  test.each([
    ["", "nothing"],
    ["o\n", "only an origin"],
    ["o\n1\n", "no root"],
    [`\n1\n${ROOT}\n`, "an empty origin"],
    [`o\n1\n${ROOT}`, "no last newline"],
    [`o\n01\n${ROOT}\n`, "a leading zero"],
    [`o\n-1\n${ROOT}\n`, "a sign"],
    [`o\n+1\n${ROOT}\n`, "a plus"],
    [`o\n\n${ROOT}\n`, "an empty size"],
    [`o\n9007199254740992\n${ROOT}\n`, "2^53"],
    [`o\n18446744073709551616\n${ROOT}\n`, "2^64"],
    [`o\n1\r\n${ROOT}\n`, "a line as Windows ends it"],
    [`o\n1 \n${ROOT}\n`, "a space"],
    [`o\n1\n${ROOT.slice(0, -1)}\n`, "a root without padding"],
    [`o\n1\n${ROOT.replace("2I=", "2J=")}\n`, "a root that is not canonical"],
    [`o\n1\nAAAA\n`, "a short root"],
    [`o\n1\n${ROOT}\n\n`, "an empty extension"],
    [`o\n1\n${ROOT}\nx\n\ny\n`, "an empty line between extensions"],
  ])("%j: %s", async (text) => {
    await refused("checkpoint_invalid", () => parseCheckpoint(text));
  });

  test("what could not be read back is not written", async () => {
    const good = parseCheckpoint(TEXT);
    await refused("checkpoint_invalid", () => formatCheckpoint({ ...good, origin: "" }));
    await refused("checkpoint_invalid", () => formatCheckpoint({ ...good, origin: "a\nb" }));
    await refused("checkpoint_invalid", () => formatCheckpoint({ ...good, extensions: [""] }));
    await refused("number_out_of_range", () => formatCheckpoint({ ...good, size: 2 ** 53 }));
    await refused("number_out_of_range", () => formatCheckpoint({ ...good, size: -1 }));
    await refused("hash_invalid", () => formatCheckpoint({ ...good, root: good.root.subarray(1) }));
  });
});

describe("opening", () => {
  test("gives what is signed, and by whom", async () => {
    const note = await signNote(TEXT, [log]);
    const opened = await openCheckpoint(formatNote(note), [log.key, other.key]);
    expect(opened).toEqual({ checkpoint: parseCheckpoint(TEXT), note, signedBy: [log.key] });
    expect(await openCheckpoint(new TextEncoder().encode(formatNote(note)), [log.key])).toEqual(opened);
  });

  test("lists witnesses, but does not take one for the log", async () => {
    const note = await signNote(TEXT, [log]);
    const cosignature = await cosign(note, witness, 1_700_000_000);
    const both = formatNote({ ...note, signatures: [...note.signatures, cosignature] });
    expect((await openCheckpoint(both, [witness.key, log.key])).signedBy).toEqual([log.key, witness.key]);
    await refused("note_unsigned", () => openCheckpoint(both, [witness.key]));
    const changed = cosignature.signature.with(7, (cosignature.signature[7] as number) ^ 1);
    const signatures = [...note.signatures, { ...cosignature, signature: changed }];
    const bad = formatNote({ ...note, signatures });
    await refused("note_signature_invalid", () => openCheckpoint(bad, [log.key, witness.key]));
  });

  test("refuses the checkpoint of another log", async () => {
    const text = formatNote(await signNote(TEXT, [log, other]));
    await refused("checkpoint_origin_mismatch", () => openCheckpoint(text, [log.key], "example.com/other"));
    const error = await refused("checkpoint_origin_mismatch", () => openCheckpoint(text, [other.key]));
    expect(error.message).toContain('"example.com/log"');
    expect(error.message).toContain('"example.com/other"');
  });

  test("takes an origin that is not the key's name when it is asked for", async () => {
    const text = formatNote(await signNote(TEXT, [other]));
    expect((await openCheckpoint(text, [other.key], "example.com/log")).signedBy).toEqual([other.key]);
  });

  test("refuses signed texts that are no checkpoints", async () => {
    const text = formatNote(await signNote("example.com/log\n1\n", [log]));
    await refused("checkpoint_invalid", () => openCheckpoint(text, [log.key]));
  });
});

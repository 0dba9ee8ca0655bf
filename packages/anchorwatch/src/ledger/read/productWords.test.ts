import { ERROR_CODES as TLOG, TlogError, type TlogErrorCode } from "tlog";
import { expect, it } from "vitest";
import { AnchorwatchError } from "../../domain/errors.ts";
import { inProductWords, speaking } from "./productWords.ts";

/** Of things that reading a log does not do. */
const ELSEWHERE = /^(witness_|crypto_unsupported|note_signer_invalid)/;

it.each(Object.keys(TLOG).filter((code) => !ELSEWHERE.test(code)) as TlogErrorCode[])(
  "%s is said in the product's words, with advice",
  (code) => {
    const said = inProductWords(new TlogError(code, "the message"), "The ledger X");
    expect(said).toBeInstanceOf(AnchorwatchError);
    expect(said).toMatchObject({ message: "The ledger X: the message", hint: expect.stringMatching(/\.$/) });
    expect((said as AnchorwatchError).code).toMatch(/^ledger_/);
  },
);

it("names the file, the entry and the byte, each once", () => {
  const error = new TlogError("bundle_invalid", "tile/entries/000 ends inside entry 3", {
    location: { path: "tile/entries/000", index: 3, byte: 77 },
  });
  expect(String(inProductWords(error, "X"))).toContain("X: tile/entries/000 ends inside entry 3 (byte 77)");
});

it("leaves other errors as they are", async () => {
  const error = new TypeError("a defect");
  expect(inProductWords(error, "X")).toBe(error);
  await expect(speaking("X", () => Promise.reject(error))).rejects.toBe(error);
});

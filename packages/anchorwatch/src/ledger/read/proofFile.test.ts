import { beforeAll, describe, expect, it } from "vitest";
import { AnchorwatchError } from "../../domain/errors.ts";
import { logOf, type MemoryLog } from "./log.fixture.ts";
import { openLog } from "./openLog.ts";
import { proveEntry, verifyProof } from "./proofFile.ts";

const INDEX = 257;
let log: MemoryLog;
let text: string;
let entry: Uint8Array;

beforeAll(async () => {
  log = await logOf(300);
  text = await proveEntry(await openLog(log.source, { keys: [log.key] }), INDEX);
  entry = log.entries[INDEX] as Uint8Array;
});

const verified = (given: string, more: { readonly entry?: Uint8Array } = {}) =>
  verifyProof("the.tlog-proof", given, { keys: [log.key], ...more });
const refused = (code: string) => ({ code, message: expect.stringContaining("the.tlog-proof") });

describe("a proof file", () => {
  it("proves its entry, and says who signed", async () => {
    expect(await verified(text)).toMatchObject({
      index: INDEX,
      signedBy: [log.key],
      checkpoint: { size: 300 },
    });
    expect(Buffer.from((await verified(text)).entry)).toEqual(Buffer.from(entry));
    expect(await verifyProof("x", text, { keys: [] })).toMatchObject({ index: INDEX, signedBy: [] });
  });

  it("is refused wherever one character of it is another", async () => {
    for (let at = 0; at < text.length; at++) {
      const other = `${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${text.slice(at + 1)}`;
      const error = await verified(other).catch((thrown: unknown) => thrown);
      expect(error, `character ${at}`).toBeInstanceOf(AnchorwatchError);
    }
  });

  it("without its entry needs exactly that one", async () => {
    const bare = text.replace(/^extra .*\n/m, "");
    await expect(verified(bare)).rejects.toMatchObject(refused("ledger_proof_invalid"));
    expect(await verified(bare, { entry })).toMatchObject({ index: INDEX });
    const other = log.entries[INDEX - 1] as Uint8Array;
    for (const proof of [bare, text])
      await expect(verified(proof, { entry: other })).rejects.toMatchObject(refused("ledger_proof_invalid"));
  });

  it("of an entry that its checkpoint does not cover is no proof", async () => {
    const beyond = text.replace(`index ${INDEX}\n`, "index 300\n");
    await expect(verified(beyond)).rejects.toMatchObject(refused("ledger_proof_invalid"));
  });
});

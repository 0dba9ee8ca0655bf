import fc from "fast-check";
import { expect, test } from "vitest";
import { formatAddCheckpoint, parseAddCheckpoint } from "./addCheckpoint.ts";
import { refused, typedErrorOr } from "./errors.fixture.ts";
import { TlogError } from "./errors.ts";
import { MemoryLog } from "./memoryLog.fixture.ts";

const hashes = fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { maxLength: 63 });

test("what is written is read back", async () => {
  const { checkpoint } = await MemoryLog.publish([3]);
  fc.assert(
    fc.property(fc.maxSafeNat(), hashes, (old, proof) => {
      const body = formatAddCheckpoint({ old, proof, checkpoint });
      expect(parseAddCheckpoint(body)).toEqual({ old, proof, checkpoint });
      expect(parseAddCheckpoint(new TextEncoder().encode(body))).toEqual({ old, proof, checkpoint });
    }),
  );
});

test("anything else is a typed error", async () => {
  const { checkpoint } = await MemoryLog.publish([3]);
  const pieces = fc.constantFrom(
    "old 0",
    "old",
    "old 7",
    "\n",
    "\n\n",
    `${"A".repeat(43)}=`,
    "AAAA",
    checkpoint,
    "\r",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.string(),
        fc.array(pieces).map((all) => all.join("")),
      ),
      (body) => {
        const read = typedErrorOr(() => parseAddCheckpoint(body));
        if (!(read instanceof TlogError)) expect(formatAddCheckpoint(read)).toBe(body);
      },
    ),
  );
});

test("a request that nobody could read is not written", async () => {
  const { checkpoint } = await MemoryLog.publish([3]);
  const proof = Array.from({ length: 64 }, () => new Uint8Array(32));
  await refused("witness_request_invalid", () => formatAddCheckpoint({ old: 1, proof, checkpoint }));
  await refused("hash_invalid", () =>
    formatAddCheckpoint({ old: 1, proof: [new Uint8Array(31)], checkpoint }),
  );
  await refused("number_out_of_range", () => formatAddCheckpoint({ old: -1, proof: [], checkpoint }));
  await refused("note_invalid", () => formatAddCheckpoint({ old: 0, proof: [], checkpoint: "no note" }));
});

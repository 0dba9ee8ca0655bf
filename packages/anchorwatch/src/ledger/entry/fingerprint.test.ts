import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FINGERPRINT_KEY_BYTES, fingerprint, type SecretPlace } from "./fingerprint.ts";

const KEY = new Uint8Array(FINGERPRINT_KEY_BYTES).fill(7);
const PLACE: SecretPlace = {
  stack: { name: "network", kind: "terraform", workspace: "default" },
  address: "aws_db_instance.main",
  path: ["password"],
};

describe("a fingerprint", () => {
  test("is the same for the same secret in the same place under the same key", () => {
    const first = fingerprint(KEY, PLACE, '"hunter22"');
    expect(first).toMatch(/^hmac-sha256:[0-9a-f]{64}$/);
    expect(fingerprint(Uint8Array.from(KEY), structuredClone(PLACE), '"hunter22"')).toBe(first);
  });

  test.each<[string, SecretPlace, string, Uint8Array]>([
    ["secret", PLACE, '"hunter23"', KEY],
    ["key", PLACE, '"hunter22"', new Uint8Array(FINGERPRINT_KEY_BYTES).fill(8)],
    ["address", { ...PLACE, address: "aws_db_instance.other" }, '"hunter22"', KEY],
    ["path", { ...PLACE, path: ["password", 0] }, '"hunter22"', KEY],
    ["stack", { ...PLACE, stack: { ...PLACE.stack, name: "shop" } }, '"hunter22"', KEY],
    ["workspace", { ...PLACE, stack: { name: "network", kind: "terraform" } }, '"hunter22"', KEY],
    ["engine", { ...PLACE, stack: { ...PLACE.stack, kind: "cloudformation" } }, '"hunter22"', KEY],
  ])("is another one for another %s", (_, place, secret, key) => {
    expect(fingerprint(key, place, secret)).not.toBe(fingerprint(KEY, PLACE, '"hunter22"'));
  });

  test("does not take what belongs to the place for a part of the secret", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string({ minLength: 1 }), (address, secret, moved) => {
        const here = fingerprint(KEY, { ...PLACE, address: address + moved }, secret);
        expect(fingerprint(KEY, { ...PLACE, address }, moved + secret)).not.toBe(here);
      }),
    );
  });

  test("is not made with a key that could be guessed", () => {
    expect(() => fingerprint(new Uint8Array(FINGERPRINT_KEY_BYTES - 1), PLACE, "x")).toThrow(
      expect.objectContaining({ code: "ledger_fingerprint_key_invalid" }),
    );
  });
});

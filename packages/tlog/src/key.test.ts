import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { refused } from "./errors.fixture.ts";
import { TlogError } from "./errors.ts";
import { formatVerifierKey, parseVerifierKey, verifierKey } from "./key.ts";
import { rawPublicKey, testKey } from "./signer.fixture.ts";

const publicKey = rawPublicKey(testKey("a log"));

function keyIdByHand(name: string, type: number): string {
  return createHash("sha256")
    .update(`${name}\n`)
    .update(Uint8Array.of(type))
    .update(publicKey)
    .digest("hex")
    .slice(0, 8);
}

function vkeyByHand(name: string, type: number, id = keyIdByHand(name, type)): string {
  return `${name}+${id}+${Buffer.from([type, ...publicKey]).toString("base64")}`;
}

test.each([
  [1, "ed25519"],
  [4, "cosignature-ed25519"],
] as const)("a verifier key of type %d is written and read as the format says", async (byte, type) => {
  const text = vkeyByHand("example.com/log", byte);
  const key = await parseVerifierKey(text);
  expect(key).toEqual({
    name: "example.com/log",
    keyId: Number.parseInt(keyIdByHand("example.com/log", byte), 16),
    type,
    publicKey,
  });
  expect(formatVerifierKey(key)).toBe(text);
  expect(await verifierKey("example.com/log", publicKey, type)).toEqual(key);
});

test("IDs keep their leading zeros, and the highest bit is no sign", async () => {
  const ids = await Promise.all(
    Array.from({ length: 64 }, async (_, index) => {
      const key = await verifierKey(`log${index}`, publicKey);
      expect(formatVerifierKey(key)).toBe(vkeyByHand(`log${index}`, 1));
      return key.keyId;
    }),
  );
  expect(Math.max(...ids)).toBeGreaterThan(2 ** 31);
  expect(Math.min(...ids)).toBeLessThan(2 ** 28);
});

describe("what is refused", () => {
  const good = vkeyByHand("example.com/log", 1);
  const [, id = "", material = ""] = good.split("+");

  test.each([
    ["", "nothing"],
    ["example.com/log", "only a name"],
    [`example.com/log+${id}`, "no key"],
    [`example.com/log+${id}+`, "an empty key"],
    [`+${id}+${material}`, "no name"],
    [`example.com/other+${id}+${material}`, "the ID of another name"],
    [vkeyByHand("example.com/log", 1, "00000000"), "another ID"],
    [vkeyByHand("example.com/log", 1, keyIdByHand("example.com/log", 4)), "the ID of another type"],
    [vkeyByHand("example.com/log", 6), "a type that is not known"],
    [vkeyByHand("a log", 1), "a space in the name"],
    [vkeyByHand("a\u00a0log", 1), "a wide space in the name"],
    [`example.com/log+${id.toUpperCase()}+${material}`.replace(/\+(\d{8})\+/, "+$1A+"), "an ID in capitals"],
    [`${good} `, "a space at the end"],
    [`${good}\n`, "a newline at the end"],
    [`${good}AAAA`, "a key that is too long"],
    [`example.com/log+${id}+${Buffer.from([1, ...publicKey.subarray(1)]).toString("base64")}`, "a short key"],
    [`PRIVATE+KEY+${good}`, "a private key"],
  ])("%j: %s", async (text) => {
    await refused("verifier_key_invalid", () => parseVerifierKey(text));
  });

  test("names and keys that no note can name", async () => {
    for (const name of ["", " ", "a b", "a+b", "a\nb", "a\u0000b", "a\u2028b", "\ud800"]) {
      await refused("verifier_key_invalid", () => verifierKey(name, publicKey));
    }
    await refused("verifier_key_invalid", () => verifierKey("log", publicKey.subarray(1)));
  });

  test("a private key that is given by mistake is not repeated in the message", async () => {
    const secret = Buffer.from([1, ...new Uint8Array(32).fill(7)]).toString("base64");
    const error = await refused("verifier_key_invalid", () =>
      parseVerifierKey(`PRIVATE+KEY+log+0123abcd+${secret}`),
    );
    expect(error.message).not.toContain(secret);
    expect(error.message).toContain("private");
  });
});

test("any text gives a key that is written the same, or a typed error", async () => {
  const text = fc.oneof(
    fc.string(),
    fc.stringMatching(/^[a-z]{0,3}\+[0-9a-f]{7,9}\+[A-Za-z0-9+/]{0,48}={0,2}$/),
  );
  await fc.assert(
    fc.asyncProperty(text, async (vkey) => {
      const key = await parseVerifierKey(vkey).catch((error: unknown) => error as TlogError);
      if (!(key instanceof TlogError)) expect(formatVerifierKey(key as never)).toBe(vkey);
    }),
  );
});

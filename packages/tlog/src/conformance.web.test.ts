import { afterEach, describe, expect, test, vi } from "vitest";
import { primitives } from "#primitives";
import { hashingConforms, proofsConform, publishedVectorsPass } from "./conformance.fixture.ts";
import { refused } from "./errors.fixture.ts";
import { leafHash } from "./hash.ts";
import { primitives as web } from "./primitives/web.ts";

// What the manifest's `default` condition does in browsers.
vi.mock("#primitives", () => import("./primitives/web.ts"));

test("WebCrypto is what these tests run on", () => {
  expect(primitives).toBe(web);
});

hashingConforms();
proofsConform(20);
publishedVectorsPass();

describe("a page that has no WebCrypto", () => {
  afterEach(() => vi.unstubAllGlobals());

  test("is told so, for hashes and for signatures", async () => {
    vi.stubGlobal("crypto", {});
    await refused("crypto_unsupported", () => leafHash(new Uint8Array()));
    await refused("crypto_unsupported", () =>
      primitives.verifyEd25519(new Uint8Array(32), new Uint8Array(), new Uint8Array(64)),
    );
  });

  test("is told so when only Ed25519 is missing", async () => {
    const importKey = () => Promise.reject(new DOMException("no such algorithm", "NotSupportedError"));
    vi.stubGlobal("crypto", { subtle: { importKey } });
    await refused("crypto_unsupported", () =>
      primitives.verifyEd25519(new Uint8Array(32), new Uint8Array(), new Uint8Array(64)),
    );
  });

  test("does not hide other failures", async () => {
    vi.stubGlobal("crypto", { subtle: { importKey: () => Promise.reject(new TypeError("broken")) } });
    const verified = primitives.verifyEd25519(new Uint8Array(32), new Uint8Array(), new Uint8Array(64));
    await expect(verified).rejects.toThrow(new TypeError("broken"));
  });
});

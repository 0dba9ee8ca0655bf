/** What tests of the writer need besides it: a signer that remembers, an index in memory, entries, and a log opened with them. */
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { type Signer, verifierKey } from "tlog";
import type { Warning } from "../../domain/errors.ts";
import { decodeEntry, type EntryInput } from "../entry/entry.ts";
import type { LogStorage } from "../storage/storage.ts";
import type { Evidence } from "./evidence.ts";
import type { IdIndex } from "./idIndex.ts";
import { type LedgerWriter, type LedgerWriterOptions, openLedgerWriter } from "./ledgerWriter.ts";

export const ORIGIN = "anchorwatch.local/test";

/** DER of a PKCS #8 Ed25519 key before its 32 bytes of seed (RFC 8410). */
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

/** A signer of that seed (one byte, repeated), which hands every text that it signs to `onSign`. */
export async function testSigner(
  seed = 1,
  onSign: (text: string) => void = () => {},
  name = ORIGIN,
): Promise<Signer> {
  const der = Buffer.concat([PKCS8, Buffer.alloc(32, seed)]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const publicKey = Buffer.from(createPublicKey(key).export({ format: "jwk" }).x ?? "", "base64url");
  return {
    key: await verifierKey(name, publicKey),
    sign: async (message) => {
      onSign(new TextDecoder().decode(message));
      return sign(null, message, key);
    },
  };
}

/** Forgets everything when it is closed, so a log that is opened again fills it anew. */
export function memoryIndex(): IdIndex {
  const ids = new Map<string, number>();
  let size = 0;
  return {
    size: () => size,
    add(entries) {
      for (const { index, bytes } of entries) {
        const id = idOf(bytes);
        if (!ids.has(id)) ids.set(id, index);
        size = index + 1;
      }
    },
    indexOf: (id) => ids.get(id),
    close: () => {},
  };
}

export function idOf(bytes: Uint8Array): string {
  const decoded = decodeEntry(bytes);
  return decoded.kind === "entry" ? decoded.entry.id : `unreadable: ${decoded.reason}`;
}

export function testEntry(id: string, time = "2026-01-01T00:00:00.000Z"): EntryInput {
  return {
    id,
    kind: "detector.dead",
    time,
    actor: { type: "system", id: "anchorwatch/check" },
    stack: { name: "network", kind: "terraform" },
    data: { detector: "events", reason: "It gave no sign of life." },
  };
}

export interface TestLog {
  readonly warnings: Warning[];
  readonly evidence: Evidence[];
  open(options?: Partial<LedgerWriterOptions>): Promise<LedgerWriter>;
}

/** A log in that storage, with the usual signer and no anchors. */
export function testLog(storage: LogStorage): TestLog {
  const warnings: Warning[] = [];
  const evidence: Evidence[] = [];
  return {
    warnings,
    evidence,
    open: async (options = {}) =>
      openLedgerWriter({
        storage,
        signers: [await testSigner()],
        origin: ORIGIN,
        anchors: [],
        openIndex: async () => memoryIndex(),
        keepEvidence: async (found) => {
          evidence.push(found);
          return "evidence.json";
        },
        clock: () => new Date("2026-01-02T00:00:00.000Z"),
        onWarning: (warning) => warnings.push(warning),
        ...options,
      }),
  };
}

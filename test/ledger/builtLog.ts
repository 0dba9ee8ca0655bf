/** Logs made quickly, for tests and benchmarks of reading: tiles are written as they come, and nothing is flushed. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { LogFile } from "../../packages/anchorwatch/src/ledger/storage/storage.ts";
import { GrowingTree } from "../../packages/anchorwatch/src/ledger/writer/growingTree.ts";
import {
  formatCheckpoint,
  formatNote,
  formatVerifierKey,
  type Signer,
  signNote,
} from "../../packages/tlog/src/index.ts";
import { testSigner } from "../../packages/tlog/src/signer.fixture.ts";

export interface BuiltLog {
  readonly folder: string;
  readonly origin: string;
  /** Verifier key, as `--key` takes it. */
  readonly key: string;
  readonly signer: Signer;
}

const BATCH = 16_384;

/** A signed log of so many entries in a new folder. */
export async function buildLog(
  folder: string,
  count: number,
  entryAt: (index: number) => Uint8Array,
): Promise<BuiltLog> {
  const origin = "example.com/built";
  const signer = await testSigner(origin);
  const tree = await GrowingTree.load(0, async () => new Uint8Array());
  // Of each level the last partial tile: those in between are full ones a moment later.
  const partials = new Map<string, LogFile>();
  for (let first = 0; first < count; first += BATCH) {
    const entries = Array.from({ length: Math.min(BATCH, count - first) }, (_, at) => entryAt(first + at));
    for (const file of (await tree.grow(entries)).files) {
      if (file.path.includes(".p/")) partials.set(file.path.split("/")[1] ?? "", file);
      else write(join(folder, file.path), file.bytes);
    }
  }
  for (const { path, bytes } of partials.values()) write(join(folder, path), bytes);
  const { size, root } = await tree.state();
  const text = formatCheckpoint({ origin, size, root: Buffer.from(root, "base64"), extensions: [] });
  write(join(folder, "checkpoint"), formatNote(await signNote(text, [signer])));
  return { folder, origin, key: formatVerifierKey(signer.key), signer };
}

/** A real entry of about 500 bytes. */
export function entryOf500(index: number): Uint8Array {
  const head = `{"actor":{"id":"arn:aws:iam::123456789012:user/user-${index % 97}","type":"actor"},"address":"aws_security_group.web[${index % 1009}]"`;
  const tail = `,"id":"entry-${index}","kind":"drift.opened","schema":"anchorwatch.entry/v1","stack":{"kind":"terraform","name":"stack-${index % 31}"},"time":"2026-11-21T13:00:00.000Z"}`;
  const data = `,"data":{"note":"${"x".repeat(Math.max(0, 500 - head.length - tail.length - 18))}"}`;
  return Buffer.from(head + data + tail);
}

const made = new Set<string>();

function write(path: string, bytes: Uint8Array | string): void {
  const folder = dirname(path);
  if (!made.has(folder)) mkdirSync(folder, { recursive: true });
  made.add(folder);
  writeFileSync(path, bytes);
}

/** A signed log in memory, whose files a test may damage. */
import { formatCheckpoint, formatNote, type LogSource, signNote, type VerifierKey } from "tlog";
import { testSigner } from "../../../../tlog/src/signer.fixture.ts";
import { type EntryInput, encodeEntry } from "../entry/entry.ts";
import { GrowingTree } from "../writer/growingTree.ts";

export interface MemoryLog {
  readonly source: LogSource;
  readonly files: Map<string, Uint8Array>;
  readonly entries: readonly Uint8Array[];
  readonly key: VerifierKey;
  readonly note: string;
}

/** An entry that differs by its index; every third is of another stack, person and kind. */
export function entryInput(index: number): EntryInput {
  const other = index % 3 === 0;
  return {
    id: `entry-${index}`,
    kind: other ? "ledger.anchor_failed" : "ledger.checkpoint_anchored",
    time: new Date(Date.UTC(2026, 10, 21, 13, 0, index)).toISOString(),
    actor: other ? { type: "user", id: "ada", name: "Ada" } : { type: "actor", id: "arn:bob" },
    stack: { name: other ? "app" : "network", kind: "terraform", workspace: other ? "prod" : "default" },
    address: `aws_vpc.main[${index % 5}]`,
    data: other
      ? { anchor: "share", size: index, message: `no space ${index}` }
      : { anchor: "share", size: index, root: `${"A".repeat(43)}=` },
  };
}

export async function logOf(
  size: number,
  entryAt: (index: number) => Uint8Array = (index) => encodeEntry(entryInput(index)),
): Promise<MemoryLog> {
  const signer = await testSigner("example.com/log");
  const entries = Array.from({ length: size }, (_, index) => entryAt(index));
  const tree = await GrowingTree.load(0, async () => new Uint8Array());
  const grown = size === 0 ? { files: [] } : await tree.grow(entries);
  const files = new Map(grown.files.map(({ path, bytes }) => [path, bytes.slice()]));
  const { root } = await tree.state();
  const text = formatCheckpoint({
    origin: signer.key.name,
    size,
    root: Buffer.from(root, "base64"),
    extensions: [],
  });
  const note = formatNote(await signNote(text, [signer]));
  files.set("checkpoint", new TextEncoder().encode(note));
  const source: LogSource = {
    name: "memory",
    read: async (path) => files.get(path),
    async *list(prefix) {
      for (const path of [...files.keys()]) if (path.startsWith(prefix)) yield path;
    },
  };
  return { source, files, entries, key: signer.key, note };
}

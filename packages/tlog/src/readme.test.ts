/** The README's examples, compiled and run. Its code blocks must stand in this file word for word. */

import { generateKeyPairSync, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  consistencyProof,
  encodeBundle,
  formatCheckpoint,
  formatNote,
  formatOfflineProof,
  formatVerifierKey,
  inclusionProof,
  LogClient,
  type LogSource,
  leafHashRow,
  memoryWitnessState,
  nodeInTile,
  parseCheckpoint,
  parseNote,
  parseOfflineProof,
  parseVerifierKey,
  requestCosignature,
  type Signer,
  signNote,
  tileNodeReader,
  tilePath,
  tilesForNode,
  treeRoot,
  type VerifierKey,
  verifierKey,
  verifyLog,
  verifyOfflineProof,
  type WitnessState,
  witness,
} from "./index.ts";
import { testSigner } from "./signer.fixture.ts";

const entries = ["one", "two", "three"].map((word) => new TextEncoder().encode(word));

async function aSigner(): Promise<Signer> {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const raw = Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url");
  const signer: Signer = {
    key: await verifierKey("example.com/log", raw),
    sign: async (message) => sign(null, message, privateKey),
  };
  return signer;
}

async function makeLog(signer: Signer): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const width = entries.length; // up to 256 here; `tilesOf` names the files of larger logs
  const tile = await leafHashRow(entries);
  files.set(tilePath({ level: "entries", index: 0, width }), encodeBundle(entries));
  files.set(tilePath({ level: 0, index: 0, width }), tile);

  const root = await treeRoot(width, (nodes) =>
    Promise.all(nodes.map((node) => nodeInTile(tile, tilesForNode(node, width)))),
  );
  const text = formatCheckpoint({ origin: "example.com/log", size: width, root, extensions: [] });
  files.set("checkpoint", new TextEncoder().encode(formatNote(await signNote(text, [signer]))));
  return files;
}

async function prove(files: ReadonlyMap<string, Uint8Array>, index: number, olderSize: number) {
  const readFile = async (path: string) => files.get(path) ?? expect.fail(`the log has no ${path}`);
  const checkpoint = await readFile("checkpoint");
  const { size } = parseCheckpoint(parseNote(checkpoint).text);
  const nodes = tileNodeReader(size, (tile) => readFile(tilePath(tile)));

  const proof = await inclusionProof(index, size, nodes);
  const proofFile = formatOfflineProof({ index, proof, checkpoint: new TextDecoder().decode(checkpoint) });
  const growth = await consistencyProof(olderSize, size, nodes);
  return { proofFile, growth };
}

async function verify(vkey: string, proofFile: string, entry: Uint8Array): Promise<string> {
  const printed: string[] = [];
  const console = { log: (line: string) => printed.push(line) };
  const key = await parseVerifierKey(vkey); // "example.com/log+33d7b496+AeHT…"
  const proof = parseOfflineProof(proofFile);
  const checkpoint = await verifyOfflineProof(proof, entry, [key]);
  console.log(`entry ${proof.index} of ${checkpoint.size} in ${checkpoint.origin}`);
  return printed.join("\n");
}

test("the examples make a log, prove an entry and verify the proof", async () => {
  const signer = await aSigner();
  const files = await makeLog(signer);
  expect([...files.keys()]).toEqual(["tile/entries/000.p/3", "tile/0/000.p/3", "checkpoint"]);
  const { proofFile, growth } = await prove(files, 1, 2);
  expect(growth).toHaveLength(1);
  const vkey = formatVerifierKey(signer.key);
  expect(await verify(vkey, proofFile, entries[1] ?? expect.fail())).toBe("entry 1 of 3 in example.com/log");
  await expect(verify(vkey, proofFile, entries[2] ?? expect.fail())).rejects.toMatchObject({
    code: "proof_hash_mismatch",
  });
});

async function read(source: LogSource, key: VerifierKey, olderCheckpoint: string) {
  const printed: unknown[] = [];
  const console = { log: (...line: readonly unknown[]) => printed.push(line) };
  const log = new LogClient(source, { keys: [key] });
  const { checkpoint } = await log.checkpoint();
  for await (const { index, entry } of log.entries(0, checkpoint.size)) console.log(index, entry);
  await log.consistency(olderCheckpoint); // a fork is an error that carries both checkpoints

  const verified = await verifyLog(source, { keys: [key], since: [olderCheckpoint] });
  console.log(verified.checkpoint.size, verified.authenticated, verified.others.strangers.paths);
  return printed;
}

async function cosigned(log: LogClient, logKey: VerifierKey, cosigner: Signer, state: WitnessState) {
  const { handle } = witness({
    signer: cosigner,
    keysOf: (origin) => (origin === logKey.name ? [logKey] : undefined),
    state,
    now: () => new Date(),
  });
  const fetch = async (url: unknown, init?: { readonly method?: string; readonly body?: unknown }) => {
    const { method = "GET", body } = init ?? {};
    const answer = await handle({ method, path: new URL(String(url)).pathname, body: body as Uint8Array });
    return new Response(answer.body, { status: answer.status, headers: answer.headers });
  };
  const url = "https://witness.example";
  const witnessKey = cosigner.key;
  const { text } = await log.checkpoint();
  const proof = (older: number) => log.consistencyProof(older);
  const request = { url, keys: [witnessKey], checkpoint: text, proof };
  const { checkpoint } = await requestCosignature(request, { fetch });
  return checkpoint;
}

test("the examples read a log, verify it whole and have it cosigned", async () => {
  const signer = await aSigner();
  const files = await makeLog(signer);
  const source = {
    name: "here",
    read: async (path: string) => files.get(path),
    list: async function* () {
      yield* [...files.keys()].filter((path) => path.startsWith("tile/"));
    },
  };
  const checkpoint = new TextDecoder().decode(files.get("checkpoint"));
  const printed = await read(source, signer.key, checkpoint);
  expect(printed).toEqual([...entries.entries(), [3, true, []]]);
  const cosigner = await testSigner("witness.example", "cosignature-ed25519");
  const client = new LogClient(source, { keys: [signer.key] });
  const note = parseNote(await cosigned(client, signer.key, cosigner, memoryWitnessState()));
  expect(note.signatures.map(({ name }) => name)).toEqual(["example.com/log", "witness.example"]);
});

test("the README shows what this file runs", () => {
  const ours = plain(readFileSync(import.meta.filename, "utf8"));
  const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");
  const blocks = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, block = ""]) => block);
  expect(blocks.length).toBeGreaterThanOrEqual(4);
  for (const block of blocks) {
    expect(ours).toContain(plain(block.replace(/^import .*\n/gm, "").trim()));
  }
});

/** Without the indentation. */
function plain(code: string): string {
  return code.replace(/^ +/gm, "");
}

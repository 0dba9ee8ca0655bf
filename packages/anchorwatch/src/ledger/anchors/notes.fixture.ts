/** Checkpoints of a small log, for tests of anchors. */
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import {
  type Checkpoint,
  consistencyProof,
  formatCheckpoint,
  formatNote,
  type Hash,
  type KeyType,
  leafHashes,
  type NodeReader,
  nodeHash,
  type Signer,
  signNote,
  treeRoot,
  verifierKey,
} from "tlog";

export const ORIGIN = "example.com/log";

export async function newSigner(name: string, type?: KeyType): Promise<Signer> {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const key = await verifierKey(name, rawKey(publicKey), type);
  return { key, sign: async (message) => sign(null, message, privateKey) };
}

const logSigner = await newSigner(ORIGIN);
export const logKey = logSigner.key;

/** The checkpoint of the first entries of a log; another `history` has other entries. */
export async function checkpointOf(size: number, history = "entry", origin = ORIGIN): Promise<string> {
  const checkpoint: Checkpoint = { origin, size, root: await rootOf(size, history), extensions: [] };
  return formatNote(await signNote(formatCheckpoint(checkpoint), [logSigner]));
}

/** As the writer gives it to an anchor that is told of the tree of that size. */
export function consistencyTo(size: number, history = "entry"): (older: number) => Promise<readonly Hash[]> {
  return async (older) => consistencyProof(older, size, await nodesOf(size, history));
}

async function rootOf(size: number, history: string): Promise<Hash> {
  return treeRoot(size, await nodesOf(size, history));
}

async function nodesOf(size: number, history: string): Promise<NodeReader> {
  const entries = Array.from({ length: size }, (_, index) => Buffer.from(`${history} ${index}`));
  const leaves = await leafHashes(entries);
  const node = async (level: number, index: number): Promise<Hash> => {
    const leaf = leaves[index];
    if (level === 0 && leaf !== undefined) return leaf;
    return nodeHash(await node(level - 1, 2 * index), await node(level - 1, 2 * index + 1));
  };
  return (ids) => Promise.all(ids.map(({ level, index }) => node(level, index)));
}

function rawKey(key: KeyObject): Uint8Array {
  return Uint8Array.from(Buffer.from(key.export({ format: "jwk" }).x ?? "", "base64url"));
}

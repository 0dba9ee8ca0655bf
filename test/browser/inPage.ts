/**
 * What the browser does; each function gives JSON. Only `tlog` and what every browser has may be used here: this file is served to
 * the page as it is, without its types.
 */
import {
  formatOfflineProof,
  httpSource,
  LogClient,
  parseNote,
  parseOfflineProof,
  parseVerifierKey,
  TlogError,
  verifyConsistency,
  verifyInclusion,
  verifyLog,
  verifyNote,
  verifyOfflineProof,
} from "../../packages/tlog/src/index.ts";
import type { Primitives } from "../../packages/tlog/src/primitives/primitives.ts";

/** How the library refused something. */
export interface Refusal {
  readonly code: string;
  readonly path?: string;
  readonly index?: number;
}

export interface Verified {
  readonly size: number;
  /** Base64. */
  readonly root: string;
  readonly authenticated: boolean;
  readonly entries: readonly string[];
}

/** Whether this browser has what the library needs, and nothing that only Node has. */
export function surroundings() {
  const here = globalThis as Readonly<Record<string, unknown>>;
  return {
    isSecure: here["isSecureContext"],
    ofNode: ["process", "Buffer", "require", "global"].filter((name) => here[name] !== undefined),
  };
}

/** The module that the manifest calls `tlog` is this one, and not a second copy of it. */
export async function isTheSameByName(): Promise<boolean> {
  const name = "tlog";
  return ((await import(name)) as { readonly verifyLog: unknown }).verifyLog === verifyLog;
}

/** Reads and verifies a whole log, or the tree of one of its checkpoints. */
export async function verifyWhole(
  url: string,
  vkey: string,
  checkpointPath = "checkpoint",
): Promise<Verified | Refusal> {
  return orRefusal(async () => {
    const entries: string[] = [];
    const checkpoint = await bytesAt(`${url}/${checkpointPath}`);
    const verified = await verifyLog(httpSource(url), {
      keys: [await parseVerifierKey(vkey)],
      checkpoint,
      onEntries: (_, found) => {
        entries.push(...found.map((entry) => new TextDecoder().decode(entry)));
      },
    });
    const { size, root } = verified.checkpoint;
    return { size, root: toBase64(root), authenticated: verified.authenticated, entries };
  });
}

/** Makes the proof of an entry from a log's tiles: the text of the file, without the entry. */
export async function proveEntry(url: string, vkey: string, index: number) {
  return orRefusal(async () => {
    const log = new LogClient(httpSource(url), { keys: [await parseVerifierKey(vkey)] });
    const { entry, proof, checkpoint } = await log.entry(index);
    const file = formatOfflineProof({ index, proof, checkpoint: checkpoint.text });
    return { entry: new TextDecoder().decode(entry), file };
  });
}

/** That a log grew out of what it was: the number of hashes that prove it. */
export async function proveGrowth(url: string, vkey: string, olderPath: string) {
  return orRefusal(async () => {
    const log = new LogClient(httpSource(url), { keys: [await parseVerifierKey(vkey)] });
    const { older, newer, proof } = await log.consistency(await bytesAt(`${url}/${olderPath}`));
    return { from: older.checkpoint.size, to: newer.checkpoint.size, hashes: proof.length };
  });
}

/** Verifies a proof file that holds its entry, with nothing else. */
export async function verifyProofFile(file: string, vkey: string) {
  return orRefusal(async () => {
    const proof = parseOfflineProof(file);
    const entry = proof.extra ?? new Uint8Array();
    const { size } = await verifyOfflineProof(proof, entry, [await parseVerifierKey(vkey)]);
    return { index: proof.index, size, entry: new TextDecoder().decode(entry) };
  });
}

/** Changes each character of a proof file, one after the other: where that was not refused. */
export async function acceptedChangesOf(file: string, vkey: string): Promise<readonly number[]> {
  const accepted: number[] = [];
  for (let at = 0; at < file.length; at++) {
    const changed = String.fromCharCode(file.charCodeAt(at) ^ 1);
    const verdict = await verifyProofFile(file.slice(0, at) + changed + file.slice(at + 1), vkey);
    if (!("code" in verdict)) accepted.push(at);
  }
  return accepted;
}

/** Names of the keys that signed a note. */
export async function signersOf(note: string, vkeys: readonly string[]) {
  return orRefusal(async () => {
    const keys = await Promise.all(vkeys.map((vkey) => parseVerifierKey(vkey)));
    return (await verifyNote(parseNote(note), keys)).map(({ name }) => name);
  });
}

export interface SignatureCase {
  /** Base64, as all of them. */
  readonly publicKey: string;
  readonly message: string;
  readonly signature: string;
}

/** What the cryptography that the manifest chooses here says of each. */
export async function believedSignatures(cases: readonly SignatureCase[]): Promise<readonly boolean[]> {
  const name = "#primitives";
  const { primitives } = (await import(name)) as { readonly primitives: Primitives };
  return Promise.all(
    cases.map(({ publicKey, message, signature }) =>
      primitives.verifyEd25519(fromBase64(publicKey), fromBase64(message), fromBase64(signature)),
    ),
  );
}

/** Published cases of inclusion proofs: those that were not judged as they say. */
export function misjudgedInclusions(urls: readonly string[]): Promise<readonly string[]> {
  return misjudged(urls, ({ leafIdx, treeSize, root, leafHash, proof }) =>
    verifyInclusion({
      index: leafIdx as number,
      size: treeSize as number,
      root: fromBase64(root),
      leaf: fromBase64(leafHash),
      proof: hashesOf(proof),
    }),
  );
}

/** Published cases of consistency proofs: those that were not judged as they say. */
export function misjudgedConsistencies(urls: readonly string[]): Promise<readonly string[]> {
  return misjudged(urls, ({ size1, size2, root1, root2, proof }) =>
    verifyConsistency({
      older: size1 as number,
      newer: size2 as number,
      olderRoot: fromBase64(root1),
      newerRoot: fromBase64(root2),
      proof: hashesOf(proof),
    }),
  );
}

type Case = Readonly<Record<string, unknown>>;

async function misjudged(urls: readonly string[], judge: (given: Case) => Promise<void>): Promise<string[]> {
  const wrong: string[] = [];
  for (const url of urls) {
    const given = JSON.parse(new TextDecoder().decode(await bytesAt(url))) as Case;
    const verdict = await orRefusal(() => judge(given));
    if ((verdict !== undefined) !== given["wantErr"]) wrong.push(`${url}: ${JSON.stringify(verdict)}`);
  }
  return wrong;
}

/** Anything but a refusal of the library is a failure of the test. */
async function orRefusal<Value>(work: () => Promise<Value>): Promise<Value | Refusal> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof TlogError)) throw error;
    const { path, index } = error.location;
    return {
      code: error.code,
      ...(path === undefined ? {} : { path }),
      ...(index === undefined ? {} : { index }),
    };
  }
}

async function bytesAt(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new RangeError(`${url} is not served: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

function hashesOf(proof: unknown): readonly Uint8Array[] {
  return ((proof ?? []) as readonly unknown[]).map(fromBase64);
}

function fromBase64(text: unknown): Uint8Array {
  return Uint8Array.from(atob((text ?? "") as string), (character) => character.charCodeAt(0));
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

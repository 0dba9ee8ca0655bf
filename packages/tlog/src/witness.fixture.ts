import { formatAddCheckpoint } from "./addCheckpoint.ts";
import type { Hash } from "./hash.ts";
import { type MemoryLog, ORIGIN } from "./memoryLog.fixture.ts";
import { consistencyProof } from "./proof.ts";
import { testSigner } from "./signer.fixture.ts";
import { memoryTree } from "./tree.fixture.ts";
import {
  memoryWitnessState,
  type Witness,
  type WitnessResponse,
  type WitnessState,
  witness,
} from "./witness.ts";

export const NOW = new Date("2026-11-21T12:00:00.900Z");
export const NOW_SECONDS = 1_795_262_400;

export interface TestWitness {
  readonly witness: Witness;
  readonly state: WitnessState;
  /** What the witness reported as proof of two histories. */
  readonly forks: (readonly [string, string])[];
}

/** A witness of the memory log's origin. */
export async function testWitness(state = memoryWitnessState()): Promise<TestWitness> {
  const signer = await testSigner("witness.example/w1", "cosignature-ed25519");
  const { key } = await testSigner(ORIGIN);
  const forks: (readonly [string, string])[] = [];
  const options = {
    signer,
    keysOf: (origin: string) => (origin === ORIGIN ? [key] : undefined),
    state,
    now: () => NOW,
    onFork: (known: string, shown: string) => void forks.push([known, shown]),
  };
  return { witness: witness(options), state, forks };
}

export function add(to: Witness, body: string | Uint8Array): Promise<WitnessResponse> {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return to.handle({ method: "POST", path: "/some/prefix/add-checkpoint", body: bytes });
}

/** The request for the log's newest checkpoint, with a true proof. */
export async function requestOf(log: MemoryLog, old: number): Promise<string> {
  return formatAddCheckpoint({ old, proof: await proofOf(log, old), checkpoint: log.checkpoint });
}

export async function proofOf(log: MemoryLog, old: number): Promise<readonly Hash[]> {
  const { nodes } = await memoryTree(log.entries);
  return old === 0 || old > log.size ? [] : consistencyProof(old, log.size, nodes);
}

/** Transparency logs: names, hashes, proofs and signatures of the C2SP formats. The README has a tour. */

export {
  type AddCheckpoint,
  formatAddCheckpoint,
  MAX_ADD_CHECKPOINT_BYTES,
  parseAddCheckpoint,
} from "./addCheckpoint.ts";
export { encodeBundle, MAX_ENTRY_BYTES, parseBundle } from "./bundle.ts";
export {
  type Checkpoint,
  formatCheckpoint,
  type OpenedCheckpoint,
  openCheckpoint,
  parseCheckpoint,
} from "./checkpoint.ts";
export {
  LogClient,
  type LogClientOptions,
  type LogEntry,
  type ProvenConsistency,
  type ProvenEntry,
  type ProvenInclusion,
} from "./client.ts";
export { cosign, verifyCosignature } from "./cosignature.ts";
export { ERROR_CODES, type TlogErrorCode } from "./error-codes.ts";
export { TlogError, type TlogLocation } from "./errors.ts";
export {
  emptyRoot,
  HASH_BYTES,
  type Hash,
  leafHash,
  leafHashes,
  leafHashRow,
  nodeHash,
  nodeHashes,
  splitRow,
} from "./hash.ts";
export type { HttpOptions } from "./http.ts";
export { httpSource } from "./httpSource.ts";
export {
  formatVerifierKey,
  type KeyType,
  parseVerifierKey,
  type Signer,
  type VerifierKey,
  verifierKey,
} from "./key.ts";
export { type LogCheckpoint, openTrusted, readCheckpoint, type Trust } from "./logCheckpoint.ts";
export {
  formatNote,
  formatSignatureLine,
  MAX_NOTE_BYTES,
  MAX_NOTE_SIGNATURES,
  parseNote,
  type SignedNote,
  signNote,
  verifyNote,
} from "./note.ts";
export {
  formatOfflineProof,
  type OfflineProof,
  parseOfflineProof,
  verifyOfflineProof,
} from "./offlineProof.ts";
export { checkOtherFiles, type FileList, type OtherFiles } from "./otherFiles.ts";
export {
  consistencyProof,
  inclusionProof,
  type NodeReader,
  treeRoot,
  verifyConsistency,
  verifyInclusion,
} from "./proof.ts";
export type { NoteSignature } from "./signature.ts";
export { type LogSource, MAX_FILE_BYTES, type ReadOptions } from "./source.ts";
export {
  MAX_TILE_LEVEL,
  type NodePlace,
  parseTilePath,
  TILE_HEIGHT,
  TILE_WIDTH,
  type TileId,
  tilePath,
  tilesForNode,
  tilesOf,
  tileWidth,
} from "./tile.ts";
export { checkTileBytes, nodeInTile, type TileReader, tileNodeReader } from "./tileReader.ts";
export { consistencyNodes, inclusionNodes, type NodeId, rootNodes } from "./tree.ts";
export type { VerifyProgress } from "./treeCheck.ts";
export { type VerifiedLog, type VerifyLogOptions, verifyLog } from "./verifyLog.ts";
export {
  memoryWitnessState,
  type Witness,
  type WitnessedCheckpoint,
  type WitnessOptions,
  type WitnessRequest,
  type WitnessResponse,
  type WitnessState,
  witness,
} from "./witness.ts";
export { type Cosigned, type CosignRequest, requestCosignature } from "./witnessClient.ts";

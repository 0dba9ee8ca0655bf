/**
 * All the cryptography that the package needs. `#primitives` in the manifest chooses the implementation: node:crypto in Node,
 * WebCrypto elsewhere. Batches, so that Node loops without waiting between two hashes.
 */
export interface Primitives {
  /** SHA-256 of `prefix ‖ message` for each message (of the message alone without a prefix), in one buffer of n·32 bytes. */
  hashMessages(messages: readonly Uint8Array[], prefix?: number): Promise<Uint8Array>;
  /** SHA-256 of `prefix ‖ 64 bytes` for every 64 bytes of `blocks`, in one buffer. `blocks` has a multiple of 64 bytes. */
  hashPairs(blocks: Uint8Array, prefix: number): Promise<Uint8Array>;
  /** Whether the signature (64 bytes) is the key's (32 bytes) over the message. */
  verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean>;
}

/** Every error code of this package, with what it means and what to do. A code is never renamed or reused. */
export const ERROR_CODES = {
  bundle_entry_too_large:
    "An entry has more than 65,535 bytes, which is all that the format's length prefix can say. Store big content beside the log and log its digest.",
  bundle_invalid:
    "An entry bundle does not hold exactly the entries that it should: it is cut off, has bytes left over, or was asked for with an impossible count.",
  checkpoint_invalid:
    "The text is no checkpoint: origin, size in plain decimal, base64 of the root hash, each on a line of its own.",
  checkpoint_origin_mismatch:
    "The checkpoint is of another log than the one that was expected. Check the address, the key and the origin.",
  cosignature_invalid:
    "A cosignature is not eight bytes of time and an Ed25519 signature, or its time is beyond what can be represented.",
  crypto_unsupported:
    "This browser or runtime has no SHA-256 or Ed25519 in its WebCrypto, or the page was not loaded over HTTPS. Use a current one.",
  hash_invalid: "Something that should be a SHA-256 hash does not have 32 bytes.",
  log_corrupt:
    "A file of a log contradicts what the checkpoint vouches for. The message names the file, the entry and the byte. Restore that file from a copy.",
  log_file_missing:
    "A file that the log must have is not there. Restore it from a copy, or ask whoever serves the log.",
  log_forked:
    "Two checkpoints of one log are of two histories. The error carries both as evidence: keep them, and show them to others who use the log.",
  log_rolled_back:
    "A log is smaller than it was: entries were removed, or an old copy was restored. The error carries both checkpoints as evidence.",
  log_root_mismatch:
    "The tiles of a log do not lead to the root hash of its checkpoint, though they agree with one another as far as can be told.",
  node_missing: "A source of tree hashes did not give exactly the hashes that it was asked for.",
  note_invalid:
    "The text is no signed note: a text that ends in a newline, an empty line, then lines `— name base64`.",
  note_signature_invalid:
    "A signature by a key that is known does not belong to this text. The note was changed, or the key is another one of the same name.",
  note_signer_invalid:
    "A signer is not fit for the note, or gave a signature that its own public key does not accept.",
  note_unsigned:
    "No key that is known has signed the note, so nothing in it can be believed. Check that the right verifier key was given.",
  number_out_of_range:
    "A size, index or width is no whole number, is negative, or is beyond 2^53-1, where numbers stop being exact.",
  offline_proof_invalid:
    "The text is no proof in the format c2sp.org/tlog-proof@v1. The message names the line.",
  proof_hash_mismatch:
    "The proof does not lead to the root hash: the entry, the proof or the checkpoint is not what the log published.",
  proof_length_mismatch: "The proof has more or fewer hashes than a proof for these sizes has.",
  proof_range_invalid:
    "There is no proof for these numbers: the index is not below the size, the older size is zero, or it is larger than the newer one.",
  source_address_invalid:
    "An address is not http:// or https://, or has a user, a password, `?` or `#`, which addresses of logs and witnesses do not have.",
  source_failed:
    "A file of a log could not be read, or a server gave no answer in all attempts. The message says why. Try again later.",
  source_path_refused:
    "A path leads out of the log, or is none that a log can have. If it is a link in a folder, put the file itself there.",
  source_refused:
    "A server answered with a status that is neither the file nor its absence. Check the address and your permission to read it.",
  source_too_large: "A file of a log is larger than a file of its kind can be. It was not read further.",
  tile_invalid: "A tile does not have the size that its name and the size of the tree demand.",
  tile_path_invalid: "The text is no path of a tile, such as `tile/0/x001/067.p/8`.",
  verifier_key_invalid:
    "The text is no verifier key, such as `example.com/log+1a2b3c4d+AaBb…`, is of a kind that this library does not know, or its key ID belongs to another key.",
  witness_ahead:
    "A witness has cosigned a larger tree of this log. The log was restored from an old copy, or there are two of it: sign nothing before that is clear.",
  witness_answer_invalid:
    "A witness answered with something that the protocol does not know, or without a cosignature by its key.",
  witness_conflict:
    "A witness has cosigned another history of this log. The log was rewritten, or there are two of it: sign nothing before that is clear.",
  witness_refused:
    "A witness refused the checkpoint: it does not know the log or its key. Ask whoever runs the witness to add the log's verifier key.",
  witness_request_invalid:
    "A request to a witness is not what the protocol says: old size, at most 63 hashes, an empty line, the checkpoint.",
  witness_state_failed:
    "What a witness remembers could not be stored or read for certain. Nothing more is cosigned until it is started again on a sound disk.",
  witness_state_invalid:
    "A file of what a witness remembers is damaged. Restore it; without it the witness could cosign two histories of the log.",
  witness_state_locked: "Another process is using the witness's folder. Only one witness may remember there.",
} as const satisfies Record<string, string>;

export type TlogErrorCode = keyof typeof ERROR_CODES;

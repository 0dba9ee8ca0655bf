import type { Path } from "./path.ts";

/**
 * One drifted place, by fingerprints: what tells later, from a newer record, whether it was put right or written into the
 * record. Positions in lists move and documents are respelled, so a place ends at the list, set or text that it lies in.
 * Fingerprints are bound to an address: `madeAt` is the one that the resource had when it drifted, wherever it moved since.
 */
export type DriftMark =
  | {
      readonly kind: "value";
      readonly path: Path;
      readonly madeAt: string;
      /** Of what was recorded, and of what is live. */
      readonly recorded: string;
      readonly live: string;
    }
  | {
      readonly kind: "members";
      /** Of a set. */
      readonly path: Path;
      readonly madeAt: string;
      /** Fingerprints of what is live and was not recorded, and the other way round. */
      readonly added: readonly string[];
      readonly removed: readonly string[];
    };

/**
 * What a newer record says of a drifted place. `restored`: what was recorded before the drift. `declared`: something else, and
 * the code says so, here or at another resource. `stranger`: something else, and no code says so. `undecided`: the code sets it, to a value that
 * cannot be told.
 */
export type MarkStanding = "restored" | "declared" | "stranger" | "undecided";

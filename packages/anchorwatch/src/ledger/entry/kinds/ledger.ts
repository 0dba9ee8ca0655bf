/** What happens to the ledger itself. */
import { z } from "zod";
import type { KindDefinition } from "./kind.ts";
import { count, prose, text, timestamp } from "./members.ts";

/** Verifier keys as in signed notes: `name+hexid+base64`. */
const keys = z.array(text).min(1);
/** Base64 of the tree's root hash. */
const root = z.string().regex(/^[A-Za-z0-9+/]{43}=$/, "the base64 of a hash");

const created = z.strictObject({ origin: text, keys });

const keyRotated = z.strictObject({ added: keys, retired: z.array(text) });

const checkpointAnchored = z.strictObject({ anchor: text, size: count, root });

const anchorFailed = z.strictObject({ anchor: text, size: count, message: prose });

const retentionRenewed = z.strictObject({
  objects: count,
  /** No object's retention ends before. */
  until: timestamp,
});

/** Stands, under its id, for an entry that could not be written as it was; what it was lies beside the log as the content `entry`. */
const entryRefused = z.strictObject({ kind: text, reason: prose });

export const LEDGER_KINDS = {
  "ledger.created": {
    title: "Ledger created",
    schema: created,
    ocsf: { class: "entity_management", activity: 1 },
  },
  "ledger.key_rotated": {
    title: "Ledger key rotated",
    schema: keyRotated,
    ocsf: { class: "entity_management", activity: 3 },
  },
  "ledger.checkpoint_anchored": {
    title: "Checkpoint anchored",
    schema: checkpointAnchored,
    ocsf: { class: "entity_management", activity: 3, failed: () => false },
  },
  "ledger.anchor_failed": {
    title: "Anchor failed",
    schema: anchorFailed,
    ocsf: { class: "entity_management", activity: 3, failed: () => true, severity: "medium" },
  },
  "ledger.retention_renewed": {
    title: "Retention renewed",
    schema: retentionRenewed,
    ocsf: { class: "entity_management", activity: 3, failed: () => false },
  },
  "ledger.entry_refused": {
    title: "Entry refused",
    schema: entryRefused,
    ocsf: { class: "entity_management", activity: 1, failed: () => true, severity: "medium" },
  },
} as const satisfies Readonly<Record<string, KindDefinition>>;

import { formatVerifierKey, leafHash } from "tlog";
import { z } from "zod";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { OpenedLog } from "../../ledger/read/openedLog.ts";
import type { FoundEntry } from "../../ledger/read/search.ts";
import { count, jsonObject, schemaName } from "./wire.ts";

const hash = (description: string) => z.string().meta({ description: `${description}, base64.` });

export const checkpointShape = z
  .object({
    schema: schemaName("ledger-checkpoint"),
    origin: z.string().meta({ description: "Name of the log." }),
    size: count.meta({ description: "How many entries it has." }),
    root: hash("Hash of all of them (RFC 6962)"),
    note: z.string().meta({ description: "The checkpoint as it was signed (C2SP tlog-checkpoint)." }),
    signedBy: z.array(z.string()).meta({
      description:
        "Keys of the log that signed it. None: this process does not have them, and nothing is authenticated.",
    }),
  })
  .meta({ id: "LedgerCheckpoint" });

const entry = jsonObject("The entry; docs/schema/ledger-entry-v1.schema.json describes it.").optional();
const unreadable = z
  .string()
  .optional()
  .meta({ description: "Why it is no entry that this version can read." });

export const ledgerEntryShape = z
  .object({
    schema: schemaName("ledger-entry"),
    index: count.meta({ description: "Its place in the log, from 0." }),
    leafHash: hash("What the tree has of it"),
    entry,
    unreadable,
    bytes: z.string().optional().meta({ description: "Of what cannot be read: its bytes, base64." }),
  })
  .meta({ id: "LedgerEntry" });

export const listedEntryShape = ledgerEntryShape.omit({ schema: true, bytes: true });

/** Its place in the log would tell how much there is that he may not see. */
export const stackEntryShape = listedEntryShape.omit({ index: true });

export const consistencyShape = z
  .object({
    schema: schemaName("ledger-consistency"),
    old: count,
    new: count,
    oldRoot: hash("Root of the tree of `old` entries"),
    newRoot: hash("Root of the tree of `new` entries"),
    proof: z.array(z.string()).meta({ description: "Hashes, base64 (RFC 6962, section 2.1.2)." }),
    note: z
      .string()
      .meta({ description: "The newest checkpoint; it vouches for `newRoot` where its size is `new`." }),
  })
  .meta({ id: "LedgerConsistency" });

export function presentCheckpoint(log: OpenedLog): z.infer<typeof checkpointShape> {
  const { origin, size, root } = log.checkpoint;
  return {
    schema: "anchorwatch.ledger-checkpoint/v1",
    origin,
    size,
    root: base64(root),
    note: log.note,
    signedBy: log.signedBy.map(formatVerifierKey),
  };
}

export async function presentListed(found: FoundEntry): Promise<z.infer<typeof listedEntryShape>> {
  return { index: found.index, ...(await presentStackEntry(found)) };
}

export async function presentStackEntry({
  bytes,
  decoded,
}: FoundEntry): Promise<z.infer<typeof stackEntryShape>> {
  const leaf = base64(await leafHash(bytes));
  return decoded.kind === "entry"
    ? { leafHash: leaf, entry: decoded.entry }
    : { leafHash: leaf, unreadable: decoded.reason };
}

export async function presentEntry(found: FoundEntry): Promise<z.infer<typeof ledgerEntryShape>> {
  const bytes = found.decoded.kind === "entry" ? {} : { bytes: base64(found.bytes) };
  return { schema: "anchorwatch.ledger-entry/v1", ...(await presentListed(found)), ...bytes };
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

export function noLedger(): AnchorwatchError {
  return new AnchorwatchError("ledger_not_configured", "the server writes no ledger", {
    hint: "Add the section ledger to anchorwatch.server.yaml.",
  });
}

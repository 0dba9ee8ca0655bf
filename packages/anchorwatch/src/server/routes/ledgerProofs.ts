/** What others need to verify the ledger without trusting this server: checkpoints and proofs. */
import { z } from "zod";
import { AnchorwatchError } from "../../domain/errors.ts";
import { proveEntry } from "../../ledger/read/proofFile.ts";
import type { DriftId } from "../../watch/drift.ts";
import type { Api } from "../api.ts";
import type { ServerDependencies } from "../dependencies.ts";
import { base64, checkpointShape, consistencyShape, presentCheckpoint } from "../shapes/ledger.ts";
import { entryIndex, ledgerOf } from "./ledgerEntries.ts";
import { notFound } from "./notFound.ts";
import { problemAnswers } from "./problemAnswers.ts";

const proofFile = {
  description: "A file that `anchorwatch ledger verify-proof` verifies by itself (C2SP tlog-proof).",
  content: { "text/plain": { schema: z.string() } },
};
const PLAIN = "text/plain; charset=utf-8";
const size = z
  .string()
  .regex(/^[1-9][0-9]{0,14}$/, "a number of entries, at least 1")
  .transform(Number);

export function addLedgerProofRoutes(api: Api, { watch }: Pick<ServerDependencies, "watch">): void {
  api.get(
    "/ledger/checkpoint",
    {
      config: { access: "ledger.view" },
      schema: {
        summary: "The newest checkpoint",
        tags: ["ledger"],
        response: { 200: checkpointShape, ...problemAnswers },
      },
    },
    async () => presentCheckpoint(await ledgerOf(watch).newest()),
  );

  api.get(
    "/ledger/entries/:index/proof",
    {
      config: { access: "ledger.view" },
      schema: {
        summary: "The proof that an entry is in the ledger",
        tags: ["ledger"],
        params: z.object({ index: entryIndex }),
        response: { 200: proofFile, ...problemAnswers },
      },
    },
    async ({ params: { index } }, reply) => {
      const log = await ledgerOf(watch).newest();
      if (Number(index) >= log.checkpoint.size) throw notFound("ledger entry", index);
      reply.type(PLAIN);
      return await proveEntry(log, Number(index));
    },
  );

  api.get(
    "/ledger/consistency",
    {
      config: { access: "ledger.view" },
      schema: {
        summary: "The proof that the ledger of `new` entries begins with that of `old`",
        tags: ["ledger"],
        querystring: z.strictObject({
          old: size.meta({ description: "How many entries somebody knows." }),
          new: size.optional().meta({ description: "Absent: all that there are." }),
        }),
        response: { 200: consistencyShape, ...problemAnswers },
      },
    },
    async ({ query: { old, new: wanted } }) => {
      const log = await ledgerOf(watch).newest();
      const newer = wanted ?? log.checkpoint.size;
      if (newer > log.checkpoint.size || old > newer) {
        throw new AnchorwatchError(
          "ledger_range_invalid",
          `there is no proof from ${old} to ${newer} entries: the ledger has ${log.checkpoint.size}`,
          { hint: "old is at most new, and new at most the size of the newest checkpoint." },
        );
      }
      const [proof, oldRoot, newRoot] = await Promise.all([
        log.consistencyProof(old, newer),
        log.rootAt(old),
        log.rootAt(newer),
      ]);
      return {
        schema: "anchorwatch.ledger-consistency/v1" as const,
        old,
        new: newer,
        oldRoot,
        newRoot,
        proof: proof.map(base64),
        note: log.note,
      };
    },
  );

  api.get(
    "/drifts/:id/proof",
    {
      config: { access: "stack.view" },
      schema: {
        summary: "The proof that the ledger has the entry that opened a drift",
        tags: ["drifts", "ledger"],
        params: z.object({ id: z.string().min(1).max(200) }),
        response: { 200: proofFile, ...problemAnswers },
      },
    },
    async ({ params: { id }, access: { visible } }, reply) => {
      const drift = await watch.records.drifts.byId(id as DriftId, { visible });
      if (drift === undefined) throw notFound("drift", id);
      const ledger = ledgerOf(watch);
      const index = await ledger.indexOf(drift.entryId);
      if (index === undefined) {
        throw new AnchorwatchError(
          "request_not_found",
          `the entry of the drift ${JSON.stringify(id)} is not found in the ledger`,
          {
            hint: "A new entry is there within a second. An old one is found where the ledger's search index is: on the machine that writes it.",
          },
        );
      }
      reply.type(PLAIN);
      return await proveEntry(await ledger.newest(), index);
    },
  );
}

/** What is known of a drift at this moment, masked as everything else, as evidence in the ledger. */
import type { Deed, Done } from "./deed.ts";

const MOST_STEPS = 500;

export async function snapshot({ context, playbook, run, found }: Deed): Promise<Done> {
  const { drift, stack, revision } = found;
  const { records } = context;
  const history = await records.drifts.history(drift.id);
  const seen = (await records.drifts.seenOf([drift.id])).get(drift.id);
  const evidence = {
    schema: "anchorwatch.evidence/v1",
    ...{ playbook: playbook.name, run: run.id, event: run.event, takenAt: context.now() },
    stack: { id: stack.id, name: stack.name, labels: stack.labels ?? {}, revision },
    drift,
    // With this entry's proof, and that one's, anybody can check when it was opened.
    openedBy: drift.entryId,
    live: seen?.live,
    recorded: seen?.recorded,
    isCut: seen?.isCut ?? true,
    history: history.slice(-MOST_STEPS),
  };
  const bytes = new TextEncoder().encode(JSON.stringify(evidence));
  return {
    kind: "done",
    message: `${bytes.length} bytes of evidence are in the ledger`,
    content: [{ role: "evidence", mediaType: "application/json", bytes }],
  };
}

/** Which form of the operator's file decides, the ledger knows: from each start on, and from each change. */
import type { AccessContext } from "./accessContext.ts";
import { accessEntry, OURSELVES } from "./entries.ts";

export interface ConfigurationInForce {
  /** As shown to people; empty: the program runs without a file. */
  readonly file: string;
  /** `sha256:…` of all that was read. */
  readonly digest: string;
  /** Of what was in force before; absent at a start. */
  readonly before?: string;
}

/** @throws AnchorwatchError `database_*` */
export async function recordConfiguration(
  context: Pick<AccessContext, "records" | "now" | "newId">,
  { file, digest, before }: ConfigurationInForce,
): Promise<void> {
  const data = {
    name: file === "" ? "none" : file,
    summary: before === undefined ? "In force from this start on." : "Read again, and in force from now on.",
    afterDigest: digest,
    ...(before === undefined ? {} : { beforeDigest: before }),
  };
  await context.records.outbox.put([accessEntry(context, "configuration.changed", OURSELVES, data)]);
}

/** A second read: was what set the playbook in motion only passing by? */
import { ChannelFailure } from "../../../alerts/channel.ts";
import { isBlindSpot } from "../../exitStatus.ts";
import { checkWatched } from "../../watch/checking.ts";
import type { Deed, Done } from "./deed.ts";

/** What cannot be read is tried again until the step's time is over: that nobody can look is no sign that all is well. @throws ChannelFailure */
export async function confirm({ context, found, job }: Deed): Promise<Done> {
  const { drift, stack } = found;
  const status = await context.records.stacks.byId(stack.id);
  if (status === undefined || status.health === "gone")
    return { kind: "stopped", message: "the stack is not watched any more" };
  const outcome = await checkWatched(context.watch, status, {
    trigger: "event",
    ...(drift.address === "" ? {} : { addresses: [drift.address] }),
    job,
  });
  if (outcome.kind === "failed")
    throw new ChannelFailure(`it could not be read: ${outcome.error.message}`, "again");
  const read = outcome.result.resources.find(({ address }) => address === drift.address);
  if (read !== undefined && isBlindSpot(read))
    throw new ChannelFailure(
      `it could not be read: ${read.reason?.message ?? "no reason is known"}`,
      "again",
    );
  const known = await context.records.drifts.byId(drift.id);
  return known?.status === "open"
    ? { kind: "done", message: "read again: it is still there" }
    : {
        kind: "stopped",
        message: `read again: it is gone${known?.end === undefined ? "" : ` (${known.end})`}`,
      };
}

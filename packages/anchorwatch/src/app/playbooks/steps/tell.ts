/** Tells channels of a drift, each once; drifts of one cause are told as one. */
import { ChannelFailure } from "../../../alerts/channel.ts";
import type { PlaybookStep, TellingKind } from "../../../alerts/playbooks/playbook.ts";
import { callMessage } from "../callMessage.ts";
import { callJoined, callOf, callOpened } from "../calls.ts";
import type { Deed, Done } from "./deed.ts";

type Telling = Extract<PlaybookStep, { readonly kind: TellingKind }>;

/** Whoever waits for another run to tell a channel looks again so late. */
const LOOK_AGAIN_MS = 2_000;

/** Those that failed are tried again without those that did not. @throws ChannelFailure */
export async function tell(deed: Deed<Telling>): Promise<Done> {
  const { run, index, step } = deed;
  const failures: ChannelFailure[] = [];
  const said: string[] = [];
  for (const name of step.channels) {
    if (run.steps[index]?.told?.includes(name) === true) {
      said.push(`told ${name}`);
      continue;
    }
    try {
      said.push(await tellOne(deed, name));
    } catch (error) {
      if (!(error instanceof ChannelFailure)) throw error;
      const { retry, afterMs, cause } = error;
      const details = { cause, ...(afterMs === undefined ? {} : { afterMs }) };
      failures.push(new ChannelFailure(`${name}: ${error.message}`, retry, details));
    }
  }
  const [first] = failures;
  if (first === undefined) return { kind: "done", message: said.join("; ") };
  const again = failures.find(({ retry }) => retry === "again");
  throw new ChannelFailure(
    failures.map(({ message: why }) => why).join("; "),
    again === undefined ? "never" : "again",
    { cause: first, ...(again?.afterMs === undefined ? {} : { afterMs: again.afterMs }) },
  );
}

/** @returns what came of it @throws ChannelFailure */
async function tellOne(deed: Deed<Telling>, name: string): Promise<string> {
  const { context, run, found, job } = deed;
  const channel = context.channel(name);
  if (channel === undefined)
    throw new ChannelFailure(`the operator's file has no channel ${name} any more`, "never");
  const call = await callOf(deed, name);
  if (call.run !== run.id) {
    if (call.status === "opening")
      throw new ChannelFailure("another run is telling it of the same cause", "again", {
        afterMs: LOOK_AGAIN_MS,
      });
    await callJoined(deed, name);
    return `${name} knows of the same cause already, by run ${call.run}`;
  }
  if (call.status === "opening") {
    const isOver = run.event === "resolved";
    const message = callMessage({
      ...{ call, drifts: [found], origin: context.origin() },
      counts: { total: 1, open: isOver ? 0 : 1 },
    });
    const { reference } = await channel.deliver({ key: call.id, step: "open", message }, job.signal);
    await callOpened(deed, call, reference);
  }
  return `told ${name}`;
}

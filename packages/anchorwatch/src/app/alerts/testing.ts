/** Whether a channel works: something that says that it is only a test is told, and over at once. */
import type { Channel } from "../../alerts/channel.ts";
import { ChannelFailure } from "../../alerts/channel.ts";
import type { AlertMessage } from "../../alerts/message/message.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import { actorOf } from "../access/entries.ts";
import type { KnownRequester } from "../access/requester.ts";
import type { AlertContext } from "./alertContext.ts";
import { alertEntry } from "./entries.ts";

const DEADLINE_MS = 20_000;

/** @throws AnchorwatchError `channel_failed` */
export async function testChannel(
  context: Pick<AlertContext, "now" | "newId" | "origin" | "records">,
  channel: Channel,
  requester: KnownRequester,
): Promise<void> {
  const message = testMessage(context, requester.principal.name);
  const failure = await tell(channel, message);
  await note(context, channel, requester, failure?.message);
  if (failure !== undefined) throw failure;
}

function testMessage(
  { now, newId, origin }: Pick<AlertContext, "now" | "newId" | "origin">,
  byName: string,
): AlertMessage {
  const at = now();
  return {
    id: `test-${newId()}`,
    ...{ status: "open", severity: "info", class: "operational", drifts: [], total: 0, open: 0 },
    title: `A test by ${byName}: nothing has drifted`,
    ...{ openedAt: at, updatedAt: at },
    actions: [
      { kind: "open", label: "Open in the API", url: `${origin()}/api/v1/status`, isCallback: false },
    ],
  };
}

/** @returns why it did not arrive; undefined: it did */
async function tell(channel: Channel, message: AlertMessage): Promise<AnchorwatchError | undefined> {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  try {
    const open = { key: `${message.id}-open`, step: "open", message } as const;
    const { reference } = await channel.deliver(open, signal);
    if (!channel.updates) return undefined;
    const over: AlertMessage = { ...message, status: "resolved", resolution: "it was a test" };
    await channel.deliver(
      { key: `${message.id}-resolve`, step: "resolve", message: over, reference },
      signal,
    );
    return undefined;
  } catch (error) {
    const why = error instanceof ChannelFailure ? error.message : "nothing that it should answer came back";
    return new AnchorwatchError("channel_failed", `the channel ${channel.name} could not be told: ${why}`, {
      hint: "Correct it in anchorwatch.server.yaml, or look at the service, and test it again.",
      cause: error,
    });
  }
}

async function note(
  { records, now, newId }: Pick<AlertContext, "now" | "newId" | "records">,
  { kind, name }: Channel,
  requester: KnownRequester,
  problem: string | undefined,
): Promise<void> {
  const outcome =
    problem === undefined ? { outcome: "sent" as const } : { outcome: "failed" as const, message: problem };
  const common = { id: newId(), at: now(), actor: actorOf(requester), drifts: [] };
  const data = { channel: kind, recipient: name, ...outcome };
  await records.outbox.put([alertEntry({ ...common, kind: "channel.tested", data })]);
}

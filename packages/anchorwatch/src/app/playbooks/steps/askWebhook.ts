/** Asks a program whether to go on. */
import { ChannelFailure } from "../../../alerts/channel.ts";
import { answerIn } from "../../../alerts/playbooks/answer.ts";
import type { PlaybookStep } from "../../../alerts/playbooks/playbook.ts";
import type { JsonObject } from "../../../domain/jsonValue.ts";
import { presentDrift } from "../../alerts/message/messageOf.ts";
import type { Deed, Done } from "./deed.ts";

/** @throws ChannelFailure */
export async function askWebhook(
  deed: Deed<Extract<PlaybookStep, { readonly kind: "webhook" }>>,
): Promise<Done> {
  const { context, playbook, run, index, step, found, key, job } = deed;
  const channel = context.channel(step.channel);
  if (channel?.ask === undefined)
    throw new ChannelFailure(`the operator's file has no webhook ${step.channel} any more`, "never");
  const data = {
    ...{ playbook: playbook.name, run: run.id, step: index + 1, event: run.event },
    drift: presentDrift(found),
  };
  const question = {
    ...{ key, type: "anchorwatch.playbook.step", source: "/api/v1/playbook-runs", subject: run.id },
    ...{ time: run.startedAt, data: JSON.parse(JSON.stringify(data)) as JsonObject },
  };
  const { decision, reason } = answerIn(await channel.ask(question, job.signal));
  const said = reason === undefined ? "" : `: ${reason}`;
  return decision === "continue"
    ? { kind: "done", message: `${step.channel} says to go on${said}` }
    : { kind: "stopped", message: `${step.channel} says to stop${said}` };
}

/** Somebody answers an alert: he has seen it, or wants to hear of it later. */
import type { Alert, AlertId, Answer } from "../../alerts/alert.ts";
import { nextMoment, stepAlert } from "../../alerts/conversation/stepAlert.ts";
import { causeKey } from "../../alerts/grouping/cause.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import { actorOf } from "../access/entries.ts";
import type { KnownRequester } from "../access/requester.ts";
import type { AlertContext } from "./alertContext.ts";
import { alertEntry } from "./entries.ts";

export type WantedAnswer = { readonly reason?: string } & (
  | { readonly kind: "acknowledge" }
  | { readonly kind: "snooze"; readonly until: Date }
);

/** Nobody forgets for longer. */
const LONGEST_SNOOZE_MS = 30 * 24 * 3_600_000;

/** That alert, and those that one message tells of together with it: they are answered together. */
export async function answeredWith(
  { deliveries }: Pick<AlertContext["records"], "deliveries">,
  id: AlertId,
): Promise<readonly AlertId[]> {
  const told = await deliveries.ofAlert(id);
  const others = await Promise.all(told.map(({ channel }) => deliveries.toldWith(id, channel)));
  return [...new Set([id, ...others.flat()])];
}

/**
 * The same answer twice is one.
 * @returns undefined when there is no such alert
 * @throws AnchorwatchError `alert_over` when there is nothing to answer any more, `alert_snooze_invalid`
 */
export async function answerAlert(
  context: Pick<AlertContext, "records" | "drifts" | "now" | "newId">,
  id: AlertId,
  wanted: WantedAnswer,
  requester: KnownRequester,
): Promise<Alert | undefined> {
  const at = context.now();
  if (wanted.kind === "snooze") assertSnooze(wanted.until, at);
  return await context.records.transaction(async (inside) => {
    const known = await inside.alerts.lock(await answeredWith(inside, id));
    const alert = known.find((one) => one.id === id);
    if (alert === undefined) return undefined;
    if (alert.status === "resolved") throw over(alert);
    const answer = answerOf(wanted, requester, at);
    for (const one of known) {
      const answered = stepped(one, wanted, answer);
      if (answered !== one) await keep(context, inside, { answered, wanted, answer, requester });
    }
    return stepped(alert, wanted, answer);
  });
}

function answerOf({ reason }: WantedAnswer, { principal }: KnownRequester, at: Date): Answer {
  return { at, by: principal.id, byName: principal.name, ...(reason === undefined ? {} : { reason }) };
}

function stepped(alert: Alert, wanted: WantedAnswer, answer: Answer): Alert {
  return wanted.kind === "acknowledge"
    ? stepAlert(alert, { kind: "acknowledged", answer })
    : stepAlert(alert, { kind: "snoozed", answer, until: wanted.until });
}

interface Answered {
  readonly answered: Alert;
  readonly wanted: WantedAnswer;
  readonly answer: Answer;
  readonly requester: KnownRequester;
}

async function keep(
  { drifts, newId }: Pick<AlertContext, "drifts" | "newId">,
  { alerts, deliveries, outbox }: AlertContext["records"],
  { answered, wanted, answer, requester }: Answered,
): Promise<void> {
  const { id, severity, cause } = answered;
  await alerts.save([{ alert: answered, key: causeKey(cause), nextMoment: nextMoment(answered) }]);
  await deliveries.wantAll([id]);
  const ids = (await alerts.members(id, { visible: undefined }, MOST_NAMED)).map((member) => member.id);
  const members = await drifts.byIds(ids);
  const reason = answer.reason === undefined ? {} : { reason: answer.reason };
  const common = {
    ...{ id: newId(), at: answer.at, actor: actorOf(requester) },
    drifts: members.map(({ drift }) => drift.entryId),
  };
  const entry =
    wanted.kind === "acknowledge"
      ? alertEntry({ ...common, kind: "alert.acknowledged", data: { alert: id, severity, ...reason } })
      : alertEntry({
          ...common,
          kind: "alert.snoozed",
          data: { alert: id, severity, until: wanted.until.toISOString(), ...reason },
        });
  await outbox.put([entry]);
}

/** An entry refers to so many. */
const MOST_NAMED = 100;

function over({ id, resolution }: Alert): AnchorwatchError {
  const why = resolution === undefined ? "" : `: ${resolution}`;
  return new AnchorwatchError("alert_over", `the alert ${id} is over${why}`, {
    hint: "There is nothing left to answer. Should it begin again, it is told again.",
  });
}

function assertSnooze(until: Date, now: Date): void {
  const ms = until.getTime() - now.getTime();
  if (ms > 0 && ms <= LONGEST_SNOOZE_MS) return;
  throw new AnchorwatchError(
    "alert_snooze_invalid",
    `an alert cannot be snoozed until ${until.toISOString()}`,
    { hint: "Give a time that is to come, within 30 days. To leave a drift as it is for longer, accept it." },
  );
}

/** Somebody presses a button in a chat: who that is here, whether he may at this moment, and what became of it. */
import type { AlertId } from "../../../alerts/alert.ts";
import type { Press } from "../../../alerts/channels/slack/interaction.ts";
import type { LabelledAction } from "../../../auth/action.ts";
import { TooOftenError } from "../../../auth/attempts/tooOften.ts";
import type { Principal } from "../../../auth/principal.ts";
import type { ErrorCode } from "../../../domain/error-codes.ts";
import { AnchorwatchError } from "../../../domain/errors.ts";
import type { LabelSetKey } from "../../../domain/labels.ts";
import { plural } from "../../../domain/plural.ts";
import type { AccessContext } from "../../access/accessContext.ts";
import { askToLink, chatPrincipal } from "../../access/chatAccounts.ts";
import { noteRefused } from "../../access/noting.ts";
import type { KnownRequester, Requester } from "../../access/requester.ts";
import type { ServedAlerts } from "../servedAlerts.ts";

export interface ChatContext {
  readonly accounts: AccessContext;
  /** Sets of labels with which he may do that. */
  readonly visible: (principal: Principal, action: LabelledAction) => Promise<readonly LabelSetKey[]>;
  readonly alerts: Pick<ServedAlerts, "kept" | "deliveries" | "answeredWith" | "answer" | "accept">;
}

export type Pressed =
  | { readonly kind: "done"; readonly press: Press["kind"]; readonly until?: Date }
  /** Pressed twice, or somebody was faster. */
  | {
      readonly kind: "already";
      readonly press: Press["kind"];
      readonly byName: string;
      readonly until?: Date;
    }
  | { readonly kind: "over"; readonly resolution?: string }
  /** It is more than somebody accepts by a press; in sentences. */
  | { readonly kind: "not_acceptable"; readonly because: string }
  /** The account is nobody's here yet. */
  | { readonly kind: "unlinked"; readonly code: string }
  | { readonly kind: "barred" }
  | { readonly kind: "denied" }
  /** There is no such alert, or none that he may see. */
  | { readonly kind: "unknown" }
  | { readonly kind: "too_often" };

const SNOOZE_MS = 3_600_000;
/** A second press within it wants the same. */
const SAME_MS = 5 * 60_000;

/** @param channel name of the one that it was pressed in. @throws AnchorwatchError `database_*` */
export async function pressed(
  context: ChatContext,
  channel: string,
  press: Press,
  from: Requester,
): Promise<Pressed> {
  try {
    return await pressedBy(context, channel, press, from);
  } catch (error) {
    if (error instanceof TooOftenError) return { kind: "too_often" };
    if (!(error instanceof AnchorwatchError)) throw error;
    if (error.code === "alert_over") return { kind: "over" };
    if (!NOT_ACCEPTABLE.includes(error.code)) throw error;
    return { kind: "not_acceptable", because: `${error.message}. ${error.hint ?? ""}`.trim() };
  }
}

async function pressedBy(
  context: ChatContext,
  channel: string,
  press: Press,
  from: Requester,
): Promise<Pressed> {
  const { accounts } = context;
  const identity = { service: "slack", ...press.by } as const;
  const principal = await chatPrincipal(accounts, identity);
  if (principal === "unlinked") return { kind: "unlinked", code: await askToLink(accounts, identity) };
  if (principal === "barred") return { kind: "barred" };
  const id = press.alert as AlertId;
  if (!(await isSeen(context, channel, id, principal))) return { kind: "unknown" };
  const requester: KnownRequester = { ...from, principal };
  const action = press.kind === "accept" ? "exception.manage" : "drift.acknowledge";
  if (!(await mayAnswer(context, id, principal, action))) {
    await noteRefused(accounts, requester, action, `alert ${id} in ${channel}`);
    return { kind: "denied" };
  }
  return press.kind === "accept"
    ? await accept(context, channel, press, requester)
    : await answer(context, id, press.kind, requester);
}

const NOT_ACCEPTABLE: readonly string[] = [
  "alert_not_acceptable",
  "exception_critical",
  "exception_drift_changed",
  "exception_too_many",
] satisfies readonly ErrorCode[];

/** It was told there, and he may see something of it. */
async function isSeen(
  context: ChatContext,
  channel: string,
  id: AlertId,
  principal: Principal,
): Promise<boolean> {
  const { kept, deliveries } = context.alerts;
  const visible = {
    stacks: await context.visible(principal, "stack.view"),
    accounts: await context.visible(principal, "account.view"),
  };
  if ((await kept.byId(id, { visible })) === undefined) return false;
  return (await deliveries.ofAlert(id)).some((delivery) => delivery.channel === channel);
}

/** An answer counts for all of its drifts: whoever may not answer for each of them answers for none. */
async function mayAnswer(
  { visible, alerts }: ChatContext,
  id: AlertId,
  principal: Principal,
  action: "drift.acknowledge" | "exception.manage",
): Promise<boolean> {
  const together = await alerts.answeredWith(id);
  const sets = (await Promise.all(together.map((one) => alerts.kept.labelSets(one)))).flat();
  const allowed = new Set(await visible(principal, action));
  return sets.every((set) => allowed.has(set));
}

async function answer(
  { accounts, alerts }: ChatContext,
  id: AlertId,
  kind: Exclude<Press["kind"], "accept">,
  requester: KnownRequester,
): Promise<Pressed> {
  const before = await alerts.kept.byId(id);
  if (before === undefined) return { kind: "unknown" };
  const { status, resolution, acknowledged, snoozed } = before;
  if (status === "resolved") return { kind: "over", ...(resolution === undefined ? {} : { resolution }) };
  if (kind === "acknowledge") {
    if (acknowledged !== undefined) return { kind: "already", press: kind, byName: acknowledged.byName };
    await alerts.answer(id, { kind }, requester);
    return { kind: "done", press: kind };
  }
  const until = new Date(accounts.now().getTime() + SNOOZE_MS);
  if (snoozed !== undefined && snoozed.until.getTime() > until.getTime() - SAME_MS) {
    return { kind: "already", press: kind, byName: snoozed.byName, until: snoozed.until };
  }
  await alerts.answer(id, { kind, until }, requester);
  return { kind: "done", press: kind, until };
}

const DAY_MS = 24 * 3_600_000;

/** Pressed again, it is over: what is accepted is told no more. Nothing critical is accepted by a press. */
async function accept(
  { accounts, alerts }: ChatContext,
  channel: string,
  { alert, days, digest }: Extract<Press, { kind: "accept" }>,
  requester: KnownRequester,
): Promise<Pressed> {
  const until = new Date(accounts.now().getTime() + days * DAY_MS);
  const reason = `Accepted for ${plural(days, "day")} from the alert in the channel ${channel}.`;
  const wanted = { until, reason, digest, evenCritical: false };
  const accepted = await alerts.accept(alert as AlertId, wanted, requester);
  return accepted === undefined ? { kind: "unknown" } : { kind: "done", press: "accept", until };
}

/** `anchorwatch alerts …`: what people are told of drift, who answered, and what could not be told. */
import { answerOf } from "../../client/connect.ts";
import { plural } from "../../domain/plural.ts";
import type { LedgerPaint } from "../ledger/paint.ts";
import type { Surroundings } from "../surroundings.ts";
import { connectedServer } from "./namedServer.ts";
import { listed, type Shapes, stackNamed } from "./records.ts";
import { type RemoteFlags, runRemote } from "./run.ts";
import { ageText, type Cell, factsText, table } from "./table.ts";

type Alert = Shapes["Alert"];
type Delivery = Shapes["AlertDelivery"];

export interface AlertListFlags extends RemoteFlags {
  readonly status: "open" | "resolved" | "all";
  readonly severity?: Alert["severity"];
  readonly class?: Alert["class"];
  readonly stack?: string;
  readonly drift?: string;
  readonly limit?: number;
}

/** 0: there is none like that. 2: there is one that is open. */
export function runAlertList(flags: AlertListFlags, surroundings: Surroundings): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson, note, paint, now }) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const { status, severity, class: ofClass, drift, limit, format } = flags;
    const stack = flags.stack === undefined ? undefined : await stackNamed(api, flags.stack);
    const filter = {
      ...(status === "all" ? {} : { status }),
      ...(severity === undefined ? {} : { severity }),
      ...(ofClass === undefined ? {} : { class: ofClass }),
      ...(stack === undefined ? {} : { stack: stack.id }),
      ...(drift === undefined ? {} : { drift }),
    };
    const { items, isCut } = await listed(
      (part) => answerOf(api.GET("/api/v1/alerts", { params: { query: { ...filter, ...part } } })),
      ({ alerts }) => alerts,
      limit,
    );
    if (format === "json") await sayJson({ schema: "anchorwatch.alerts/v1", alerts: items });
    else if (items.length > 0) await say(alertsText(items, paint, now));
    else await note("There is no alert like that, of stacks that you may see.\n");
    if (isCut) await note("There are more: raise --limit.\n");
    return items.some((alert) => alert.status === "open") ? 2 : 0;
  });
}

function alertsText(alerts: readonly Alert[], paint: LedgerPaint, now: Date): string {
  const rows = alerts.map((alert): readonly Cell[] => [
    { text: ageText(alert.begunAt, now), tone: "quiet" },
    severityCell(alert),
    stateOf(alert),
    { text: aboutOf(alert), tone: "strong" },
    { text: alert.id, tone: "quiet" },
  ]);
  return table(["SINCE", "SEVERITY", "STATE", "ABOUT", "ID"], rows, paint);
}

function severityCell({ severity, class: ofClass }: Alert): Cell {
  const text = `${severity} ${ofClass}`;
  return severity === "critical" || severity === "high" ? { text, tone: "bad" } : text;
}

function stateOf({ status, acknowledged, snoozed, escalation }: Alert): string {
  if (status === "resolved") return "resolved";
  if (snoozed !== undefined) return `snoozed by ${snoozed.byName}`;
  if (acknowledged !== undefined) return `acknowledged by ${acknowledged.byName}`;
  return escalation === 0 ? "open" : `open, went up ${plural(escalation, "step")}`;
}

function aboutOf({ cause, drifts, openDrifts }: Alert): string {
  const of = drifts === 1 ? (cause.type ?? "1 drift") : `${plural(drifts, "drift")}, ${openDrifts} open`;
  const by = cause.name ?? cause.principal;
  return by === undefined ? of : `${of} by ${by}`;
}

export function runAlertShow(id: string, flags: RemoteFlags, surroundings: Surroundings): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson, paint, now }) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const found = await answerOf(api.GET("/api/v1/alerts/{id}", { params: { path: { id } } }));
    if (flags.format === "json") {
      await sayJson(found);
      return 0;
    }
    const { alert, driftIds, unmanagedIds, deliveries } = found;
    await say(`${alert.id}\n${factsText(factsOf(alert, now), paint)}`);
    const members = [
      ...driftIds.map((drift) => `  anchorwatch drifts show ${drift}`),
      ...unmanagedIds.map(
        (thing) => `  no stack has ${alert.cause.type ?? "it"}: /api/v1/unmanaged/${thing}`,
      ),
    ];
    await say(`\n${members.join("\n")}\n`);
    if (deliveries.length > 0) await say(`\n${deliveriesText(deliveries, paint, now)}`);
    return 0;
  });
}

function factsOf(alert: Alert, now: Date): readonly (readonly [string, Cell | undefined])[] {
  const { acknowledged, snoozed, resolution, cause } = alert;
  return [
    ["state", stateOf(alert)],
    ["severity", severityCell(alert)],
    ["about", aboutOf(alert)],
    ["event", cause.event],
    ["began", ageText(alert.begunAt, now)],
    ["times", alert.times > 1 ? String(alert.times) : undefined],
    ["acknowledged", acknowledged && `${acknowledged.byName}, ${ageText(acknowledged.at, now)}`],
    ["reason", acknowledged?.reason ?? snoozed?.reason],
    ["snoozed until", snoozed?.until],
    ["over since", resolution === undefined ? undefined : `${resolution}`],
  ];
}

function deliveriesText(deliveries: readonly Delivery[], paint: LedgerPaint, now: Date): string {
  const rows = deliveries.map((one): readonly Cell[] => [
    { text: one.channel, tone: "strong" },
    one.state === "dead" || one.state === "failing" ? { text: one.state, tone: "bad" } : one.state,
    one.step ?? "",
    ageText(one.toldAt, now),
    one.problem ?? "",
  ]);
  return table(["CHANNEL", "STATE", "TOLD LAST", "WHEN", "PROBLEM"], rows, paint);
}

export interface AnswerFlags extends RemoteFlags {
  readonly reason?: string;
}

export function runAcknowledge(id: string, flags: AnswerFlags, surroundings: Surroundings): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson }) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const path = { params: { path: { id } } };
    const alert = await answerOf(
      api.POST("/api/v1/alerts/{id}/acknowledge", { ...path, body: reasonOf(flags) }),
    );
    if (flags.format === "json") await sayJson(alert);
    else await say(`${alert.id} is ${stateOf(alert)}.\n`);
    return 0;
  });
}

export interface SnoozeFlags extends AnswerFlags {
  readonly until: Date;
}

export function runSnooze(id: string, flags: SnoozeFlags, surroundings: Surroundings): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson }) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const body = { until: flags.until.toISOString(), ...reasonOf(flags) };
    const alert = await answerOf(api.POST("/api/v1/alerts/{id}/snooze", { params: { path: { id } }, body }));
    if (flags.format === "json") await sayJson(alert);
    else await say(`${alert.id} is snoozed until ${alert.snoozed?.until ?? body.until}.\n`);
    return 0;
  });
}

function reasonOf({ reason }: AnswerFlags): { readonly reason?: string } {
  return reason === undefined ? {} : { reason };
}

export interface DeadFlags extends RemoteFlags {
  readonly channel?: string;
  readonly limit?: number;
}

/** 0: there is none. 2: there is. */
export function runDeadLetters(flags: DeadFlags, surroundings: Surroundings): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson, note, paint, now }) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const filter = flags.channel === undefined ? {} : { channel: flags.channel };
    const { items, isCut } = await listed(
      (part) =>
        answerOf(api.GET("/api/v1/channels/dead-letters", { params: { query: { ...filter, ...part } } })),
      ({ deadLetters }) => deadLetters,
      flags.limit,
    );
    if (flags.format === "json") await sayJson({ schema: "anchorwatch.dead-letters/v1", deadLetters: items });
    else if (items.length > 0) await say(deadText(items, paint, now));
    else await note("Everything could be delivered, or still may be.\n");
    if (isCut) await note("There are more: raise --limit.\n");
    return items.length > 0 ? 2 : 0;
  });
}

function deadText(dead: readonly Delivery[], paint: LedgerPaint, now: Date): string {
  const rows = dead.map((one): readonly Cell[] => [
    { text: ageText(one.deadAt, now), tone: "quiet" },
    { text: one.channel, tone: "strong" },
    one.alert,
    one.problem ?? "",
  ]);
  return table(["SINCE", "CHANNEL", "ALERT", "PROBLEM"], rows, paint);
}

export interface ResendFlags extends RemoteFlags {
  readonly channel?: string;
  readonly alert?: string;
}

export function runResend(flags: ResendFlags, surroundings: Surroundings): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson }) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const { channel, alert } = flags;
    const body = { ...(channel === undefined ? {} : { channel }), ...(alert === undefined ? {} : { alert }) };
    const told = await answerOf(api.POST("/api/v1/channels/dead-letters/resend", { body }));
    if (flags.format === "json") await sayJson(told);
    else await say(`${plural(told.count, "dead letter")} ${told.count === 1 ? "is" : "are"} sent again.\n`);
    return 0;
  });
}

export function runTestChannel(
  name: string,
  flags: RemoteFlags,
  surroundings: Surroundings,
): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson }) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const told = await answerOf(api.POST("/api/v1/channels/{name}/test", { params: { path: { name } } }));
    if (flags.format === "json") await sayJson(told);
    else await say(`${told.channel} was told that this is a test.\n`);
    return 0;
  });
}

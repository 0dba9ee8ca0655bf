/** What changed in drifts becomes what is to be told: each goes into the one alert of its cause, in the order in which it was stored. */
import type { Alert, AlertId, EscalationStep, Member } from "../../alerts/alert.ts";
import { nextMoment, stepAlert } from "../../alerts/conversation/stepAlert.ts";
import { causeKey, causeOf, type Groupable } from "../../alerts/grouping/cause.ts";
import { groupOf, type RecentAlert } from "../../alerts/grouping/group.ts";
import type { AlertRecords, SavedAlert } from "../../alerts/records.ts";
import { joinLadders, type Routed, routeOf } from "../../alerts/routing/route.ts";
import type { LabelSetKey } from "../../domain/labels.ts";
import type { DriftId } from "../../watch/drift.ts";
import type { SeenResource } from "../../watch/seenResource.ts";
import type { Tellable } from "../../watch/tellable.ts";
import type { AlertContext } from "./alertContext.ts";
import { concernsSomebody, groupable, judgementOf, resolutionOf, routable } from "./seenDrift.ts";

const BATCH = 500;
/** What was over for longer than this, and drifts again, is another story. */
const SAME_STORY_MS = 24 * 3_600_000;

/**
 * One batch, in one transaction.
 * @returns how many changes there were
 * @throws AnchorwatchError `database_*`
 */
export async function noticeChanges(context: AlertContext): Promise<number> {
  return await context.records.transaction(async (inside) => {
    const changes = await inside.alerts.changes(BATCH);
    if (changes.length === 0) return 0;
    const ids = [...new Set(changes.map(({ drift }) => drift))];
    const found = new Map((await context.drifts.byIds(ids)).map((one) => [one.drift.id as string, one]));
    const seen = ids.flatMap((id) => found.get(id) ?? []);
    await new Noticing(context, inside).notice(seen);
    await inside.alerts.seen(changes.map(({ number }) => number));
    return changes.length;
  });
}

const NOWHERE: Routed = { channels: [], ladder: [], failed: [] };

interface Touched {
  alert: Alert;
  readonly isNew: boolean;
  readonly first?: { readonly stack: string; readonly principal?: string };
  readonly key: string;
  readonly members: Map<string, Member>;
  readonly resolutions: Set<string>;
  hasJoined: boolean;
  /** Labels of those that have joined. */
  readonly joined: Set<LabelSetKey>;
  hasCriticalJoined: boolean;
}

class Noticing {
  readonly #context: AlertContext;
  readonly #inside: AlertRecords;
  readonly #at: Date;
  readonly #touched = new Map<AlertId, Touched>();
  #recent: readonly RecentAlert[] = [];
  #seen: ReadonlyMap<string, SeenResource> = new Map();

  constructor(context: AlertContext, inside: AlertRecords) {
    this.#context = context;
    this.#inside = inside;
    this.#at = context.now();
  }

  async notice(drifts: readonly Tellable[]): Promise<void> {
    const { alerts } = this.#inside;
    const { grouping, routing } = this.#context.settings();
    // Values are large, and most routes ask for none.
    if (routing.routes?.some(({ when }) => when.holds !== undefined) === true)
      this.#seen = await this.#context.seenOf(
        drifts.flatMap(({ drift, seen }) => (seen === undefined ? [drift.id as DriftId] : [])),
      );
    this.#recent = await alerts.recent(new Date(this.#at.getTime() - grouping.windowMs));
    const last = await alerts.ofDrifts(drifts.map(({ drift }) => drift.id));
    const ids = [...new Set([...last.values(), ...this.#recent.map(({ id }) => id as AlertId)])];
    const known = new Map((await alerts.lock(ids)).map((alert) => [alert.id, alert]));
    for (const drift of drifts) {
      const id = last.get(drift.drift.id);
      await this.#take(drift, id === undefined ? undefined : known.get(id), known);
    }
    await this.#save();
  }

  async #take(seen: Tellable, last: Alert | undefined, known: ReadonlyMap<AlertId, Alert>): Promise<void> {
    const isOpen = concernsSomebody(seen.drift);
    // What came and went, or was accepted, before anybody heard of it.
    if (last === undefined && !isOpen) return;
    const about = groupable(seen);
    const goesOn = last !== undefined && (!isOpen || this.#isSameStory(last, about));
    const touched = goesOn ? this.#touch(last) : this.#join(about, known);
    const routed = isOpen ? await this.#routed(seen) : NOWHERE;
    if (isOpen && touched.alert.id !== last?.id) {
      touched.hasJoined = true;
      touched.joined.add(seen.labelSet);
      if (judgementOf(seen.drift).severity === "critical") touched.hasCriticalJoined = true;
    }
    this.#addMember(touched, seen, routed);
  }

  /** It is going on, or was over not long ago, for the same cause. */
  #isSameStory(alert: Alert, about: Groupable): boolean {
    const current = this.#touched.get(alert.id)?.alert ?? alert;
    if (current.status === "open") return true;
    const endedMs = this.#at.getTime() - (current.resolvedAt ?? current.updatedAt).getTime();
    return endedMs <= SAME_STORY_MS && causeKey(current.cause) === causeKey(causeOf(about));
  }

  #join(about: Groupable, known: ReadonlyMap<AlertId, Alert>): Touched {
    const grouped = groupOf(about, this.#recent, this.#context.settings().grouping);
    const joined = grouped.kind === "joins" ? known.get(grouped.alert as AlertId) : undefined;
    if (joined !== undefined) return this.#touch(joined);
    if (grouped.kind === "joins") {
      const begun = this.#touched.get(grouped.alert as AlertId);
      if (begun !== undefined) return begun;
    }
    return this.#begin(grouped.kind === "begins" ? grouped.cause : causeOf(about), about);
  }

  #begin(cause: Alert["cause"], { stack, principal }: Groupable): Touched {
    const at = this.#at;
    const id = `alert-${this.#context.newId()}` as AlertId;
    const alert: Alert = {
      ...{ id, cause, status: "open", severity: "info", class: "operational" },
      ...{ openedAt: at, begunAt: at, updatedAt: at, joinedAt: at },
      ...{ times: 1, raised: 0, escalation: 0, ladder: [] },
    };
    const first = { stack: stack.id, ...(principal === undefined ? {} : { principal }) };
    const key = causeKey(cause);
    this.#recent = [{ id, key, isNew: true, ...first }, ...this.#recent];
    return this.#remember({ alert, isNew: true, first, key });
  }

  #touch(alert: Alert): Touched {
    return this.#touched.get(alert.id) ?? this.#remember({ alert, isNew: false, key: causeKey(alert.cause) });
  }

  #remember(given: Pick<Touched, "alert" | "isNew" | "first" | "key">): Touched {
    const none = {
      members: new Map<string, Member>(),
      resolutions: new Set<string>(),
      joined: new Set<LabelSetKey>(),
      hasCriticalJoined: false,
    };
    const touched: Touched = { ...given, ...none, hasJoined: given.isNew };
    this.#touched.set(given.alert.id, touched);
    return touched;
  }

  async #routed(seen: Tellable): Promise<Routed> {
    const { routing, channels } = this.#context.settings();
    const owners = routing.owners.size === 0 ? [] : await this.#context.ownersOf(seen);
    const routed = routeOf(
      routable(
        seen,
        owners,
        seen.seen ?? this.#seen.get(seen.drift.id),
        this.#at,
        this.#context.isBreakGlass,
      ),
      routing,
      channels.map(({ name }) => name),
    );
    for (const name of routed.failed) this.#warnOf(name, seen);
    return routed;
  }

  #warnOf(route: string, { drift, stack }: Tellable): void {
    this.#context.onWarning({
      code: "alert_condition_failed",
      message: `the condition of the route ${route} failed for a drift of ${stack.name}; its channels are told of it all the same`,
      hint: "Correct it: has(…) asks whether something is there.",
      location: { address: drift.address },
    });
  }

  #addMember(touched: Touched, { drift }: Tellable, { channels, ladder }: Routed): void {
    const { severity, class: kind } = judgementOf(drift);
    const isOpen = concernsSomebody(drift);
    if (!isOpen) touched.resolutions.add(resolutionOf(drift));
    touched.members.set(drift.id, {
      ...{ drift: drift.id, joinedAt: this.#at, isOpen, severity, class: kind },
      channels,
      further: [...new Set(ladder.flatMap(({ to }) => to))],
    });
    touched.alert = withLadder(touched.alert, ladder);
  }

  async #save(): Promise<void> {
    const { alerts, deliveries } = this.#inside;
    const touched = [...this.#touched.values()].filter(({ members }) => members.size > 0);
    const beyond = await this.#beyondAnswer(touched);
    await alerts.save(touched.filter(({ isNew }) => isNew).map((one) => savedOf(one)));
    await alerts.saveMembers(
      touched.flatMap(({ alert, members }) =>
        [...members.values()].map((one) => ({ ...one, alert: alert.id })),
      ),
    );
    const counts = await alerts.counts(touched.map(({ alert }) => alert.id));
    const stepped = touched.map((one) => ({ ...one, alert: this.#stepped(one, counts, beyond) }));
    await alerts.save(stepped.map((one) => savedOf(one)));
    await deliveries.wantAll(touched.map(({ alert }) => alert.id));
    await deliveries.want(
      stepped.map(({ alert, members }) => ({
        alert: alert.id,
        channels: [...new Set([...members.values()].flatMap(({ channels }) => channels))],
      })),
    );
  }

  /**
   * Whoever answered was asked whether he may for the labels that were in it then: those of another team may not be silenced so. And
   * nobody has answered for something critical that was not there.
   */
  async #beyondAnswer(touched: readonly Touched[]): Promise<ReadonlySet<AlertId>> {
    const beyond = new Set<AlertId>();
    for (const { alert, joined, hasCriticalJoined } of touched) {
      if (joined.size === 0 || (alert.acknowledged === undefined && alert.snoozed === undefined)) continue;
      const known = new Set(await this.#inside.alerts.labelSets(alert.id));
      if (hasCriticalJoined || [...joined].some((labels) => !known.has(labels))) beyond.add(alert.id);
    }
    return beyond;
  }

  #stepped(
    { alert, resolutions, hasJoined }: Touched,
    counts: Awaited<ReturnType<AlertRecords["alerts"]["counts"]>>,
    beyond: ReadonlySet<AlertId>,
  ): Alert {
    const counted = counts.get(alert.id);
    if (counted === undefined) return alert;
    const [only] = resolutions;
    const resolution = resolutions.size > 1 ? "all of them are over" : only;
    const isBeyondAnswer = beyond.has(alert.id);
    return stepAlert(alert, {
      ...{ kind: "drifts", counts: counted, resolution },
      ...{ hasJoined, isBeyondAnswer, at: this.#at },
    });
  }
}

/** Steps that were taken stay taken. */
function withLadder(alert: Alert, added: readonly EscalationStep[]): Alert {
  if (added.length === 0) return alert;
  const ladder = joinLadders([alert.ladder, added]);
  const reached = alert.ladder[alert.escalation - 1]?.afterMs ?? -1;
  return { ...alert, ladder, escalation: ladder.filter(({ afterMs }) => afterMs <= reached).length };
}

function savedOf({ alert, key, first }: Pick<Touched, "alert" | "key" | "first">): SavedAlert {
  return { alert, key, ...(first === undefined ? {} : { first }), nextMoment: nextMoment(alert) };
}

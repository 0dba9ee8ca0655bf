/** `anchorwatch drifts …`. */
import { answerOf } from "../../client/connect.ts";
import type { LiveChange } from "../../client/liveChanges.ts";
import { problemText } from "../../domain/classification.ts";
import { escapeJson, escapeText } from "../../domain/escape.ts";
import type { LedgerPaint } from "../ledger/paint.ts";
import type { Surroundings } from "../surroundings.ts";
import { followed } from "./live.ts";
import { connectedServer } from "./namedServer.ts";
import { type Api, listed, type Shapes, stackNamed, stackNames, whoOf } from "./records.ts";
import { type RemoteFlags, type RemoteRun, runRemote } from "./run.ts";
import { ageText, type Cell, factsText, table } from "./table.ts";
import { weightCell } from "./weightCell.ts";

type Drift = Shapes["Drift"];
type Weight = Shapes["Classification"];

export interface DriftListFlags extends RemoteFlags {
  readonly stack?: string;
  readonly status: "open" | "closed" | "all";
  readonly verdict?: Drift["verdict"];
  readonly class?: Weight["class"];
  readonly severity?: Weight["severity"];
  readonly sort: "change" | "severity";
  readonly type?: string;
  readonly address?: string;
  readonly actor?: string;
  readonly since?: Date;
  readonly limit?: number;
  readonly watch: boolean;
}

/** 0: there is none like that. 2: there is. */
export function runDriftList(flags: DriftListFlags, surroundings: Surroundings): Promise<number> {
  return runRemote(surroundings, flags, async (run) => {
    const client = await connectedServer(flags.server, surroundings);
    const stack = flags.stack === undefined ? undefined : await stackNamed(client.api, flags.stack);
    const show = async () => {
      const { items, isCut } = await driftsLike(client.api, flags, stack?.id);
      await sayDrifts(items, client.api, flags, run);
      if (isCut) await run.note("There are more: raise --limit.\n");
      return items.some(({ status }) => status === "open") ? 2 : 0;
    };
    if (!flags.watch) return await show();
    const wanted = {
      ...(stack && { stack: stack.id }),
      wants: (change: LiveChange) => change.kind === "drift" && isLike(change.drift, flags),
      onReady: async () => void (await show()),
    };
    return await followed(client, wanted, flags, run, surroundings);
  });
}

/** The same that the server's list goes by, of a drift that is told of; whether it is open is what is told. */
function isLike(drift: Drift, { verdict, class: ofClass, severity, type, address, actor }: Filter): boolean {
  const who = drift.attributions.flatMap((one) => [
    one.actor.principal,
    ...(one.person.kind === "mapped" ? [one.person.name] : []),
  ]);
  return (
    (verdict === undefined || drift.verdict === verdict) &&
    (ofClass === undefined || drift.classification?.class === ofClass) &&
    (severity === undefined || drift.classification?.severity === severity) &&
    (type === undefined || drift.type === type) &&
    (address === undefined || drift.address.startsWith(address)) &&
    (actor === undefined || who.includes(actor))
  );
}

type Filter = Pick<
  DriftListFlags,
  "status" | "verdict" | "class" | "severity" | "type" | "address" | "actor" | "since" | "limit"
> &
  Partial<Pick<DriftListFlags, "sort">>;

export async function driftsLike(
  api: Api,
  { status, verdict, class: ofClass, severity, sort, type, address, actor, since, limit }: Filter,
  stack: string | undefined,
) {
  const filter = {
    ...(stack === undefined ? {} : { stack }),
    ...(status === "all" ? {} : { status }),
    ...(verdict === undefined ? {} : { verdict }),
    ...(ofClass === undefined ? {} : { class: ofClass }),
    ...(severity === undefined ? {} : { severity }),
    ...(sort === "severity" ? { sort } : {}),
    ...(type === undefined ? {} : { type }),
    ...(address === undefined ? {} : { address }),
    ...(actor === undefined ? {} : { actor }),
    ...(since === undefined ? {} : { from: since.toISOString() }),
  };
  return await listed(
    (part) => answerOf(api.GET("/api/v1/drifts", { params: { query: { ...filter, ...part } } })),
    ({ drifts }) => drifts,
    limit,
  );
}

async function sayDrifts(
  drifts: readonly Drift[],
  api: Api,
  { format, status }: Pick<DriftListFlags, "format" | "status">,
  { say, sayJson, note, paint, now }: RemoteRun,
): Promise<void> {
  if (format === "json") return await sayJson({ schema: "anchorwatch.drifts/v1", drifts });
  if (drifts.length === 0) {
    const [kind, more] =
      status === "all" ? ["", ""] : [`${status} `, " --status all lists all that ever were."];
    return await note(`No ${kind}drift like that, among what you may see.${more}\n`);
  }
  const nameOf = await stackNames(api, new Set(drifts.map(({ stackId }) => stackId)));
  await say(driftsText(drifts, nameOf, paint, now));
}

export function driftsText(
  drifts: readonly Drift[],
  nameOf: (stackId: string) => string,
  paint: LedgerPaint,
  now: Date,
): string {
  const rows = drifts.map((drift): readonly Cell[] => [
    { text: ageText(drift.openedAt, now), tone: "quiet" },
    weightCell(drift),
    verdictCell(drift),
    nameOf(drift.stackId),
    { text: drift.address === "" ? drift.resource : drift.address, tone: "strong" },
    whoOf(drift) ?? { text: "unknown", tone: "quiet" },
    { text: drift.id, tone: "quiet" },
  ]);
  return table(["SINCE", "SEVERITY", "DRIFT", "STACK", "RESOURCE", "BY", "ID"], rows, paint);
}

function verdictCell({ status, verdict, end }: Drift): Cell {
  return status === "open" ? { text: verdict, tone: "doubtful" } : `${verdict}, ${end ?? "closed"}`;
}

export function runDriftShow(id: string, flags: RemoteFlags, surroundings: Surroundings): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson, paint, now }) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const told = await answerOf(api.GET("/api/v1/drifts/{id}", { params: { path: { id } } }));
    if (flags.format === "json") {
      await sayJson(told);
      return 0;
    }
    const nameOf = await stackNames(api, [told.drift.stackId]);
    await say(driftText(told.drift, nameOf, paint, now));
    await say(historyText(told.history, paint, now));
    return 0;
  });
}

function driftText(drift: Drift, nameOf: (id: string) => string, paint: LedgerPaint, now: Date): string {
  const by = drift.attributions.map(({ actor, eventName, service, time }) => {
    const { principal, channel, sourceAddress } = actor;
    return `${principal} by ${channel}${sourceAddress === undefined ? "" : ` from ${sourceAddress}`}: ${service} ${eventName}, ${ageText(time, now)}`;
  });
  const facts = factsText(
    [
      ["resource", { text: drift.address === "" ? drift.resource : drift.address, tone: "strong" }],
      ["stack", nameOf(drift.stackId)],
      ["drift", verdictCell(drift)],
      ...whyRows(drift),
      ["opened", `${ageText(drift.openedAt, now)} (${drift.openedAt})`],
      ["changed", drift.updatedAt === drift.openedAt ? undefined : ageText(drift.updatedAt, now)],
      ["closed", ageText(drift.closedAt, now) || undefined],
      ...(by.length === 0
        ? [["by", "nobody that an event names"] as const]
        : by.map((text) => ["by", text] as const)),
      ["entry", drift.entryId],
    ],
    paint,
  );
  return `${facts}\n${escapeJson(JSON.stringify(drift.found, null, 2))}\n`;
}

type Row = readonly [string, Cell | undefined];

/** Which rules fired, which values made them, and what silences it. */
function whyRows({ classification, excepted }: Drift): readonly Row[] {
  if (classification === undefined) return [];
  const { class: ofClass, severity, isComplete, rules, adjustments, problems, fallback } = classification;
  const tone = severity === "critical" || severity === "high" ? "bad" : "doubtful";
  return [
    ["severity", { text: `${severity}, ${ofClass}${isComplete ? "" : ", classification incomplete"}`, tone }],
    ...rules.flatMap((rule): readonly Row[] => [
      ["because", `${rule.explanation} (${rule.id})`],
      ...rule.values.map(
        ({ expression, value }): Row => [
          "",
          { text: `${expression} = ${JSON.stringify(value)}`, tone: "quiet" },
        ],
      ),
      ...(rule.controls.length === 0 ? [] : [["controls", rule.controls.join(", ")] as const]),
      ...(rule.remedy === undefined ? [] : [["remedy", rule.remedy.text] as const]),
    ]),
    ...(fallback === undefined ? [] : [["because", fallback.because] as const]),
    ...adjustments.map(
      ({ from, to, because, id }): Row => ["adjusted", `${from} to ${to}: ${because} (${id})`],
    ),
    ...problems.map((problem): Row => ["failed", { text: problemText(problem), tone: "bad" }]),
    ...(excepted === undefined
      ? []
      : [["quiet", `nobody is told until ${excepted.until}: ${excepted.kind} ${excepted.id}`] as const]),
  ];
}

function historyText(steps: readonly Shapes["DriftStep"][], paint: LedgerPaint, now: Date): string {
  if (steps.length < 2) return "";
  const lines = steps.map(
    (step) =>
      `  ${paint.quiet(escapeText(ageText(step.at, now).padEnd(16)))}  ${step.kind}${step.end === undefined ? "" : `: ${step.end}`}\n`,
  );
  return `\nHistory:\n${lines.join("")}`;
}

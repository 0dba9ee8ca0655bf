/** `anchorwatch unmanaged …`: what runs in the accounts of a server and no stack has. */
import { answerOf } from "../../client/connect.ts";
import type { LedgerPaint } from "../ledger/paint.ts";
import type { Surroundings } from "../surroundings.ts";
import { connectedServer } from "./namedServer.ts";
import { type Api, listed, type Shapes, whoOf } from "./records.ts";
import { type RemoteFlags, runRemote } from "./run.ts";
import { ageText, type Cell, table } from "./table.ts";
import { weightCell } from "./weightCell.ts";

export interface UnmanagedListFlags extends RemoteFlags {
  readonly account?: string;
  readonly status: Shapes["Unmanaged"]["status"];
  readonly type?: string;
  readonly region?: string;
  readonly class?: Weight["class"];
  readonly severity?: Weight["severity"];
  readonly sort: "change" | "severity";
  readonly limit?: number;
}

type Weight = Shapes["Classification"];

/** 0: there is none like that. 2: there is something that is open. */
export function runUnmanagedList(flags: UnmanagedListFlags, surroundings: Surroundings): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson, note, paint, now }) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const { account, status, type, region, class: ofClass, severity, sort, limit, format } = flags;
    const filter = {
      status,
      ...(account === undefined ? {} : { account }),
      ...(type === undefined ? {} : { type }),
      ...(region === undefined ? {} : { region }),
      ...(ofClass === undefined ? {} : { class: ofClass }),
      ...(severity === undefined ? {} : { severity }),
      ...(sort === "severity" ? { sort } : {}),
    };
    const { items, isCut } = await listed(
      (part) => answerOf(api.GET("/api/v1/unmanaged", { params: { query: { ...filter, ...part } } })),
      ({ unmanaged }) => unmanaged,
      limit,
    );
    if (format === "json") await sayJson({ schema: "anchorwatch.unmanaged-list/v1", unmanaged: items });
    else if (items.length > 0) await say(unmanagedText(items, paint, now));
    else await note(`Nothing like that is ${status}, in the accounts that you may see.\n`);
    if (isCut) await note("There is more: raise --limit.\n");
    for (const line of await unknownIn(api, account)) await note(`${line}\n`);
    return items.length > 0 && status === "open" ? 2 : 0;
  });
}

/** What nobody may read as “there is nothing”. */
async function unknownIn(api: Api, wanted: string | undefined): Promise<readonly string[]> {
  const { accounts } = await answerOf(api.GET("/api/v1/unmanaged/accounts"));
  const meant = accounts.filter(({ name }) => wanted === undefined || name === wanted);
  if (meant.length === 0) return [`No account ${wanted ?? "that you may see"} is searched.`];
  return meant.flatMap(({ name, search }) => {
    if (search === undefined) return [`${name} was not searched yet: nothing is known of it.`];
    const failing = search.units.filter(({ problems }) => problems.length > 0);
    if (failing.length === 0) return [];
    const units = failing.map(({ service, region }) => `${service} in ${region}`).join(", ");
    return [`In ${name} not everything could be looked at: ${units}.`];
  });
}

function unmanagedText(things: readonly Shapes["Unmanaged"][], paint: LedgerPaint, now: Date): string {
  const rows = things.map((thing): readonly Cell[] => [
    { text: ageText(thing.openedAt ?? thing.firstSeenAt, now), tone: "quiet" },
    weightCell(thing),
    thing.account,
    thing.region,
    thing.type,
    { text: thing.importId, tone: "strong" },
    thing.accepted === undefined
      ? (whoOf(thing) ?? { text: "unknown", tone: "quiet" })
      : `accepted by ${thing.accepted.byName ?? thing.accepted.by}`,
    { text: thing.id, tone: "quiet" },
  ]);
  return table(["SINCE", "SEVERITY", "ACCOUNT", "REGION", "TYPE", "RESOURCE", "BY", "ID"], rows, paint);
}

export interface BaselineFlags extends RemoteFlags {
  readonly reason: string;
  readonly id?: readonly string[];
  readonly type?: string;
  readonly region?: string;
}

export function runBaselineChange(
  change: "accept" | "withdraw",
  account: string,
  flags: BaselineFlags,
  surroundings: Surroundings,
): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson }) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const { reason, id, type, region } = flags;
    const body = {
      ...{ account, reason },
      ...(id === undefined ? {} : { ids: [...id] }),
      ...(type === undefined ? {} : { type }),
      ...(region === undefined ? {} : { region }),
    };
    const told = await (change === "accept"
      ? answerOf(api.POST("/api/v1/unmanaged/accept", { body }))
      : answerOf(api.POST("/api/v1/unmanaged/withdraw", { body })));
    if (flags.format === "json") await sayJson(told);
    else await say(changedText(change, told.count));
    return 0;
  });
}

function changedText(change: "accept" | "withdraw", count: number): string {
  if (count === 0) return `There is nothing like that to ${change}.\n`;
  return change === "accept"
    ? `${count} accepted. What is new, or changes in what matters, is told all the same.\n`
    : `${count} open again.\n`;
}

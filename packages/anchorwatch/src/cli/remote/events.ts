/** `anchorwatch events list`. */
import { answerOf } from "../../client/connect.ts";
import type { Surroundings } from "../surroundings.ts";
import { connectedServer } from "./namedServer.ts";
import { listed, type Shapes, stackNamed } from "./records.ts";
import { type RemoteFlags, runRemote } from "./run.ts";
import { ageText, type Cell, table } from "./table.ts";

export interface EventListFlags extends RemoteFlags {
  readonly stack?: string;
  readonly candidates: boolean;
  readonly principal?: string;
  readonly name?: string;
  readonly service?: string;
  readonly since?: Date;
  readonly limit: number;
}

export function runEventList(flags: EventListFlags, surroundings: Surroundings): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson, note, paint, now }) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const stack = flags.stack === undefined ? undefined : await stackNamed(api, flags.stack);
    const { candidates, principal, name, service, since } = flags;
    const filter = {
      ...(stack === undefined ? {} : { stack: stack.id }),
      ...(candidates ? { candidates: "true" as const } : {}),
      ...(principal === undefined ? {} : { principal }),
      ...(name === undefined ? {} : { name }),
      ...(service === undefined ? {} : { service }),
      ...(since === undefined ? {} : { from: since.toISOString() }),
    };
    const { items, isCut } = await listed(
      (part) => answerOf(api.GET("/api/v1/events", { params: { query: { ...filter, ...part } } })),
      ({ events }) => events,
      flags.limit,
    );
    if (flags.format === "json") await sayJson({ schema: "anchorwatch.events/v1", events: items });
    else if (items.length === 0) await note("No event like that, among what you may see.\n");
    else
      await say(
        table(
          ["WHEN", "CHANGE", "BY", "WHERE", "TOUCHED"],
          items.map((event) => row(event, now)),
          paint,
        ),
      );
    if (isCut) await note("There are older ones: raise --limit.\n");
    return 0;
  });
}

function row(
  { time, service, name, actor, account, region, touched }: Shapes["Event"],
  now: Date,
): readonly Cell[] {
  const [first, ...others] = touched;
  const what =
    first === undefined ? "" : `${first.address}${others.length > 0 ? ` and ${others.length} more` : ""}`;
  return [
    { text: ageText(time, now), tone: "quiet" },
    { text: `${service.replace(/\.amazonaws\.com$/, "")} ${name}`, tone: "strong" },
    actor.principal,
    [account, region].filter((part) => part !== undefined).join(" "),
    what === "" ? { text: "nothing known", tone: "doubtful" } : what,
  ];
}

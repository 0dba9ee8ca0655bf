/** `anchorwatch exceptions …`: what people decided about drift. */
import { answerOf } from "../../client/connect.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { LedgerPaint } from "../ledger/paint.ts";
import type { Surroundings } from "../surroundings.ts";
import { connectedServer } from "./namedServer.ts";
import { type Api, listed, type Shapes, stackNamed, stackNames } from "./records.ts";
import { type RemoteFlags, type RemoteRun, runRemote } from "./run.ts";
import { ageText, type Cell, table } from "./table.ts";

type Exception = Shapes["Exception"];

export interface ExceptionListFlags extends RemoteFlags {
  readonly stack?: string;
  readonly kind?: Exception["kind"];
  readonly state: Exception["state"] | "all";
  readonly limit?: number;
}

export function runExceptionList(flags: ExceptionListFlags, surroundings: Surroundings): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson, note, paint, now }) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const { kind, state, limit, format } = flags;
    const stack = flags.stack === undefined ? undefined : await stackNamed(api, flags.stack);
    const filter = {
      ...(stack === undefined ? {} : { stack: stack.id }),
      ...(kind === undefined ? {} : { kind }),
      ...(state === "all" ? {} : { state }),
    };
    const { items, isCut } = await listed(
      (part) => answerOf(api.GET("/api/v1/exceptions", { params: { query: { ...filter, ...part } } })),
      ({ exceptions }) => exceptions,
      limit,
    );
    if (format === "json") await sayJson({ schema: "anchorwatch.exceptions/v1", exceptions: items });
    else if (items.length === 0) await note("No exception is like that, of those that you may see.\n");
    else await say(await exceptionsText(items, api, paint, now));
    if (isCut) await note("There are more: raise --limit.\n");
    return 0;
  });
}

async function exceptionsText(
  exceptions: readonly Exception[],
  api: Api,
  paint: LedgerPaint,
  now: Date,
): Promise<string> {
  const nameOf = await stackNames(api, new Set(exceptions.map(({ stackId }) => stackId)));
  const rows = exceptions.map((one): readonly Cell[] => [
    one.state === "active" ? one.kind : { text: `${one.kind}, ${one.state}`, tone: "quiet" },
    nameOf(one.stackId),
    { text: whatText(one), tone: "strong" },
    untilText(one, now),
    one.byName ?? one.by,
    one.reason,
    { text: one.id, tone: "quiet" },
  ]);
  return table(["EXCEPTION", "STACK", "OF", "UNTIL", "BY", "REASON", "ID"], rows, paint);
}

function whatText({ kind, driftId, pattern = {}, raise = {}, evenCritical }: Exception): string {
  const loud = evenCritical === true ? ", even critical" : "";
  if (kind === "accept") return `drift ${driftId ?? "?"}${loud}`;
  const { type = "", address = "", path = "" } = pattern;
  const where = [type, address, path].filter((part) => part !== "").join(" ") || "everything";
  const to = [raise.severity, raise.class].filter((part) => part !== undefined).join(", ");
  return kind === "ignore" ? `${where}${loud}` : `${where}: at least ${to}`;
}

function untilText({ state, until }: Exception, now: Date): string {
  if (until === undefined) return "";
  return state === "active" ? `${ageText(until, now)} (${until})` : "";
}

export interface ExceptionAddFlags extends RemoteFlags {
  readonly drift?: string;
  readonly stack?: string;
  readonly type?: string;
  readonly address?: string;
  readonly path?: string;
  readonly severity?: Shapes["Classification"]["severity"];
  readonly security: boolean;
  readonly until?: Date;
  readonly reason: string;
  readonly evenCritical: boolean;
}

export function runExceptionAdd(flags: ExceptionAddFlags, surroundings: Surroundings): Promise<number> {
  return runRemote(surroundings, flags, async (run) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const body =
      flags.drift === undefined ? await ofPattern(api, flags) : await ofDrift(api, flags.drift, flags);
    const added = await answerOf(api.POST("/api/v1/exceptions", { body }));
    if (flags.format === "json") await run.sayJson(added);
    else await run.say(`Added: ${added.id}\n`);
    await warn(added, run);
    return 0;
  });
}

async function warn({ warning }: Exception, { note }: RemoteRun): Promise<void> {
  if (warning !== undefined) await note(`warning  ${warning}\n`);
}

/** As it is at this moment: what it becomes afterwards is told again. */
async function ofDrift(api: Api, id: string, flags: ExceptionAddFlags) {
  for (const name of ["stack", "type", "address", "path", "severity"] as const)
    if (flags[name] !== undefined)
      throw unfit(`--${name} does not go with --drift: a drift is accepted as it is`);
  if (flags.security) throw unfit("--security does not go with --drift: a drift is accepted as it is");
  const until = needed(flags.until);
  const { drift } = await answerOf(api.GET("/api/v1/drifts/{id}", { params: { path: { id } } }));
  const { reason, evenCritical } = flags;
  return { kind: "accept", driftId: id, digest: drift.digest, until, reason, evenCritical } as const;
}

async function ofPattern(api: Api, flags: ExceptionAddFlags) {
  const { stack, type, address, path, severity, security, reason, evenCritical } = flags;
  if (stack === undefined) throw unfit("nothing says of what: neither --drift nor --stack is given");
  const stackId = (await stackNamed(api, stack)).id;
  const pattern = {
    ...(type === undefined ? {} : { type }),
    ...(address === undefined ? {} : { address }),
    ...(path === undefined ? {} : { path }),
  };
  if (severity === undefined && !security) {
    const until = needed(flags.until);
    return { kind: "ignore", stackId, pattern, until, reason, evenCritical } as const;
  }
  const raise = {
    ...(severity === undefined ? {} : { severity }),
    ...(security ? { class: "security" as const } : {}),
  };
  const until = flags.until === undefined ? {} : { until: flags.until.toISOString() };
  return { kind: "escalate", stackId, pattern, raise, reason, ...until } as const;
}

function needed(until: Date | undefined): string {
  if (until === undefined) throw unfit("nothing says until when: what is silenced is silenced for a time");
  return until.toISOString();
}

function unfit(message: string): AnchorwatchError {
  return new AnchorwatchError("request_invalid", message, {
    hint: "Accept a drift: --drift ID --until 7d. Ignore: --stack NAME --path tags.* --until 30d. Escalate: --stack NAME --severity high.",
  });
}

export function runExceptionRevoke(
  id: string,
  flags: RemoteFlags,
  surroundings: Surroundings,
): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson }) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const known = await answerOf(api.GET("/api/v1/exceptions/{id}", { params: { path: { id } } }));
    const revoked = await answerOf(
      api.DELETE("/api/v1/exceptions/{id}", {
        params: { path: { id }, header: { "if-match": `"v${known.version}"` } },
      }),
    );
    await (flags.format === "json"
      ? sayJson(revoked)
      : say("It is taken back. What it silenced is told again.\n"));
    return 0;
  });
}

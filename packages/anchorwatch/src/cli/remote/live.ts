/** `anchorwatch watch --server URL` and `drifts list --watch`: what happens, one line for each, until it is interrupted. */
import type { AnchorwatchClient } from "../../client/connect.ts";
import type { LiveChange } from "../../client/liveChanges.ts";
import { escapeJson, escapeText } from "../../domain/escape.ts";
import type { LedgerPaint } from "../ledger/paint.ts";
import type { Surroundings } from "../surroundings.ts";
import { connectedServer } from "./namedServer.ts";
import { type Api, stackNamed, stackNames, whoOf } from "./records.ts";
import { type RemoteFlags, type RemoteRun, runRemote } from "./run.ts";

export interface LiveFlags extends RemoteFlags {
  readonly stack?: string;
}

/** Until it is interrupted; 1 when the server refuses. */
export function runLive(flags: LiveFlags, surroundings: Surroundings): Promise<number> {
  return runRemote(surroundings, flags, async (run) => {
    const client = await connectedServer(flags.server, surroundings);
    const stack = flags.stack === undefined ? undefined : await stackNamed(client.api, flags.stack);
    return await followed(client, { ...(stack && { stack: stack.id }) }, flags, run, surroundings);
  });
}

interface Wanted {
  /** Of what happens; absent: all. */
  readonly wants?: (change: Told) => boolean;
  /** Id. */
  readonly stack?: string;
  /** Whatever was before may be another by now: to be shown anew. */
  readonly onReady?: () => Promise<void>;
}

export async function followed(
  { server, api, changes }: AnchorwatchClient,
  { wants, stack, onReady }: Wanted,
  { format }: Pick<RemoteFlags, "format">,
  { say, note, paint, signal }: RemoteRun,
  { remote, stdout, lasting }: Pick<Surroundings, "remote" | "stdout" | "lasting">,
): Promise<number> {
  const nameOf = rememberedNames(api);
  let isLost = false;
  const options = { signal, sleep: remote.sleep, ...(stack === undefined ? {} : { stack }) };
  for await (const change of changes(options)) {
    // `| head` has seen enough.
    if (stdout.destroyed || stdout.writableEnded) return 0;
    if (change.kind === "lost") {
      isLost = true;
      await note(`${escapeText(change.problem.message)}; trying again.\n`);
    } else if (change.kind === "ready") {
      await note(readyText(server, change.resumed, isLost));
      isLost = false;
      if (!change.resumed) await onReady?.();
    } else if (wants === undefined || wants(change)) {
      if (format === "json") await say(`${escapeJson(JSON.stringify(change))}\n`);
      else await say(await lineOf(change, nameOf, paint, lasting.clock()));
    }
  }
  return 0;
}

function readyText(server: string, resumed: boolean, wasLost: boolean): string {
  if (resumed) return wasLost ? "Connected again; nothing was missed.\n" : "";
  return wasLost
    ? "Connected again. Something may have been missed: `anchorwatch drifts list` shows what is open.\n"
    : `Listening to ${server}. Ctrl-C ends it.\n`;
}

/** What happened; the rest is about the connection. */
type Told = Exclude<LiveChange, { readonly kind: "ready" | "lost" }>;

async function lineOf(
  change: Told,
  nameOf: (stackId: string) => Promise<string>,
  paint: LedgerPaint,
  now: Date,
): Promise<string> {
  const [where, what, tone, more] = await partsOf(change, nameOf);
  const parts = [
    paint.quiet(clock(now)),
    escapeText(where),
    paint[tone](escapeText(what)),
    paint.quiet(escapeText(more)),
  ];
  return `${parts.filter((part) => part !== "").join("  ")}\n`;
}

type Parts = readonly [where: string, what: string, tone: keyof LedgerPaint, more: string];

async function partsOf(change: Told, nameOf: (stackId: string) => Promise<string>): Promise<Parts> {
  switch (change.kind) {
    case "drift": {
      const { stackId, address, resource, step, verdict, end, status } = change.drift;
      const what = status === "open" ? `drift ${step}: ${verdict}` : `drift ${step}: ${end ?? ""}`;
      const who = whoOf(change.drift);
      const where = `${await nameOf(stackId)} ${address === "" ? resource : address}`;
      return [where, what, status === "open" ? "doubtful" : "good", who === undefined ? "" : `by ${who}`];
    }
    case "stack": {
      const { name, health, openDrifts } = change.stack;
      return [name, `stack ${health}`, health === "failed" ? "bad" : "quiet", `${openDrifts} open`];
    }
    case "check": {
      const { stackId, outcome, trigger, error } = change.check;
      return [
        await nameOf(stackId),
        `check ${outcome}`,
        outcome === "complete" ? "good" : "bad",
        error?.message ?? trigger,
      ];
    }
    case "event": {
      const { service, name, actor, touched } = change.event;
      return [
        touched.map(({ address }) => address).join(" "),
        `${service} ${name}`,
        "strong",
        `by ${actor.principal}`,
      ];
    }
    case "detector": {
      const { name, isAlive } = change.detector;
      return [name, isAlive ? "detector alive" : "detector dead", isAlive ? "quiet" : "bad", ""];
    }
    case "configuration":
      return ["", "the operator's file was read again", "strong", ""];
  }
}

/** So that a stack is asked about once. */
function rememberedNames(api: Api): (stackId: string) => Promise<string> {
  const known = new Map<string, string>();
  return async (stackId) => {
    const name = known.get(stackId) ?? (await stackNames(api, [stackId]))(stackId);
    known.set(stackId, name);
    return name;
  };
}

function clock(at: Date): string {
  return [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}

/** `anchorwatch stacks …`. */
import { resolve } from "node:path";
import { answerOf } from "../../client/connect.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { LedgerPaint } from "../ledger/paint.ts";
import type { Surroundings } from "../surroundings.ts";
import { connectedServer } from "./namedServer.ts";
import { listed, type Shapes, stackNamed } from "./records.ts";
import { type RemoteFlags, runRemote } from "./run.ts";
import { ageText, type Cell, factsText, labelText, table } from "./table.ts";

export interface StackListFlags extends RemoteFlags {
  readonly health?: Shapes["Stack"]["health"];
  readonly prefix?: string;
  readonly label?: readonly string[];
  readonly limit?: number;
}

export function runStackList(flags: StackListFlags, surroundings: Surroundings): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson, note, paint, now }) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const { health, prefix, label } = flags;
    const filter = {
      ...(health === undefined ? {} : { health }),
      ...(prefix === undefined ? {} : { prefix }),
      ...(label === undefined ? {} : { label: [...label] }),
    };
    const { items, isCut } = await listed(
      (part) => answerOf(api.GET("/api/v1/stacks", { params: { query: { ...filter, ...part } } })),
      ({ stacks }) => stacks,
      flags.limit,
    );
    if (flags.format === "json") await sayJson({ schema: "anchorwatch.stacks/v1", stacks: items });
    else if (items.length === 0) await note(`${emptyText(filter)}\n`);
    else await say(stacksText(items, paint, now));
    if (isCut) await note("There are more: raise --limit.\n");
    return 0;
  });
}

function emptyText(filter: object): string {
  return Object.keys(filter).length > 0
    ? "No stack is like that, of those that you may see."
    : "There is no stack that you may see. `anchorwatch stacks add` adds one; so does a folder in the operator's file.";
}

function stacksText(stacks: readonly Shapes["Stack"][], paint: LedgerPaint, now: Date): string {
  const rows = stacks.map((stack): readonly Cell[] => [
    { text: stack.name, tone: "strong" },
    healthCell(stack),
    driftsCell(stack),
    stack.coverage === undefined ? "" : String(stack.coverage.resources),
    ageText(stack.lastCheckAt, now),
    labelText(stack.labels),
  ]);
  return table(["STACK", "HEALTH", "DRIFTS", "RESOURCES", "CHECKED", "LABELS"], rows, paint);
}

function healthCell({ health }: Shapes["Stack"]): Cell {
  if (health === "ok") return { text: "ok", tone: "good" };
  return health === "failed" ? { text: "failed", tone: "bad" } : health;
}

/** Of what was never seen whole, nobody may read “none”. */
function driftsCell({ openDrifts, lastCompleteAt }: Shapes["Stack"]): Cell {
  if (openDrifts > 0) return { text: String(openDrifts), tone: "doubtful" };
  return lastCompleteAt === undefined ? "?" : "none";
}

export function runStackShow(name: string, flags: RemoteFlags, surroundings: Surroundings): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson, paint, now }) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const stack = await stackNamed(api, name);
    await (flags.format === "json" ? sayJson(stack) : say(stackText(stack, paint, now)));
    return 0;
  });
}

function stackText(stack: Shapes["Stack"], paint: LedgerPaint, now: Date): string {
  const { name, engine, origin, workspace, labels, coverage, error, declaredBy } = stack;
  const seen = coverage && [
    `${coverage.resources} resources`,
    `${coverage.inSync} in sync`,
    `${coverage.unknown} unknown`,
    ...(coverage.pending > 0 ? [`${coverage.pending} pending`] : []),
  ];
  return factsText(
    [
      ["stack", { text: name, tone: "strong" }],
      ["id", stack.id],
      ["code", origin.kind === "folder" ? origin.path : `${origin.url} ${origin.ref} ${origin.path}`.trim()],
      ["engine", engine],
      ["workspace", workspace],
      ["labels", Object.keys(labels).length === 0 ? undefined : labelText(labels)],
      ["declared by", declaredBy === "config" ? "a file of the operator" : "the API"],
      ["health", healthCell(stack)],
      ["problem", error && { text: `${error.message} (${error.code})`, tone: "bad" }],
      ["drifts", driftsCell(stack)],
      ["checked", ageText(stack.lastCheckAt, now) || "never"],
      // What it says may be older than the drifts above.
      ["seen whole", [ageText(stack.lastCompleteAt, now) || "never", ...(seen ?? [])].join(", ")],
      ["next look", ageText(stack.nextSweepAt, now) || undefined],
    ],
    paint,
  );
}

export interface StackAddFlags extends RemoteFlags {
  readonly folder?: string;
  readonly repository?: string;
  readonly ref: string;
  readonly path: string;
  readonly workspace?: string;
  readonly label?: readonly string[];
  /** Milliseconds. */
  readonly every?: number;
}

export function runStackAdd(name: string, flags: StackAddFlags, surroundings: Surroundings): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson, paint, now }) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const { workspace, label = [], every } = flags;
    const origin = originOf(flags, surroundings);
    const stack = await answerOf(
      api.POST("/api/v1/stacks", {
        body: {
          name,
          origin,
          ...(workspace === undefined ? {} : { workspace }),
          ...(label.length === 0 ? {} : { labels: labelsIn(label) }),
          ...(every === undefined ? {} : { sweepEveryMs: every }),
        },
      }),
    );
    await (flags.format === "json" ? sayJson(stack) : say(`Added.\n${stackText(stack, paint, now)}`));
    return 0;
  });
}

/** @throws AnchorwatchError `request_invalid` where neither is given: “here” is seldom on the server's machine */
function originOf({ folder, repository, ref, path }: StackAddFlags, { workingDirectory }: Surroundings) {
  if (repository !== undefined) return { kind: "repository", url: repository, ref, path } as const;
  if (folder !== undefined) return { kind: "folder", path: resolve(workingDirectory, folder) } as const;
  throw new AnchorwatchError("request_invalid", "Nothing says where the code of the stack is", {
    hint: "Give --repository URL, or --folder DIR for one on the server's machine.",
  });
}

/** @param pairs `NAME=VALUE`, checked before */
export function labelsIn(pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
  );
}

export function runStackRemove(
  name: string,
  flags: RemoteFlags,
  surroundings: Surroundings,
): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson }) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const stack = await stackNamed(api, name);
    await api.DELETE("/api/v1/stacks/{id}", { params: { path: { id: stack.id } } });
    await (flags.format === "json" ? sayJson(stack) : say("It is watched no more. Its drifts stay.\n"));
    return 0;
  });
}

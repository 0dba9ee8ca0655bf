import { BenchError } from "./error.ts";

/** The parts by the names that choose them. */
const PARTS = {
  small: "15 resources: the whole command, with a warm cache and at the very first run",
  warm: "a warm provider: one security group",
  latency: "the watch: from an event to a drift",
  events: "the watch: events a second, from log files and over HTTP",
  sweep: "the watch: a sweep of 200 stacks with 5,000 resources",
  unmanaged: "the watch: 10,000 live resources searched for what no stack has",
  memory: "the watch: memory of anchorwatch serve with these stacks",
  lists: "access: lists of the API over 100,000 drifts and 10,000 stacks",
  streams: "access: events taken in while 200 readers hold the stream open",
  decisions: "access: how long a decision takes",
  classify: "policy: 10,000 drifts against 150 rules",
  alerts: "alerts: from a drift's record to the request; a storm of 5,000",
  target: "one resource of 1,000 by --target",
  large: "1,000 resources: time and memory",
  ledger: "the ledger: durable entries a second, one lonely append, verification, proofs",
  own: "Anchorwatch's own time and memory, up to 50,000 resources",
} as const;

export type PartName = keyof typeof PARTS;

export const WATCH_PARTS = ["latency", "events", "sweep", "memory"] as const satisfies readonly PartName[];

/** Several parts by one name. */
const GROUPS: Readonly<Record<string, readonly PartName[]>> = {
  watch: WATCH_PARTS,
  access: ["lists", "streams", "decisions"],
};

export interface Options {
  readonly parts: ReadonlySet<PartName>;
  /** Everything is measured. */
  readonly isWhole: boolean;
  readonly quick: boolean;
  /** Keep the figures in `docs/benchmarks.md`. */
  readonly write: boolean;
}

/** @throws BenchError `usage` with a help text */
export function parseOptions(args: readonly string[]): Options {
  const names = args.filter((arg) => !arg.startsWith("--"));
  const flags = new Set(args.filter((arg) => arg.startsWith("--")));
  const quick = flags.delete("--quick");
  const write = flags.delete("--write");
  const named = names.map(partsCalled);
  if (flags.size > 0 || named.some((parts) => parts.length === 0)) throw new BenchError("usage", HELP);
  if (write && quick) throw new BenchError("usage", `--write keeps no figures of a quick run.\n\n${HELP}`);
  const parts = names.length > 0 ? named.flat() : (Object.keys(PARTS) as PartName[]);
  return { parts: new Set(parts), isWhole: names.length === 0, quick, write };
}

function partsCalled(name: string): readonly PartName[] {
  if (Object.hasOwn(GROUPS, name)) return GROUPS[name] ?? [];
  return Object.hasOwn(PARTS, name) ? [name as PartName] : [];
}

const HELP = `npm run bench -- [PART…] [--quick] [--write]

${Object.entries(PARTS)
  .map(([name, about]) => `  ${name.padEnd(10)}${about}`)
  .join("\n")}
${Object.entries(GROUPS)
  .map(([name, parts]) => `  ${name.padEnd(10)}${parts.join(", ")}`)
  .join("\n")}

  --quick  fewer runs, smaller stacks
  --write  keep the figures in docs/benchmarks.md; of some parts: theirs alone`;

import { BenchError } from "./error.ts";

/** The parts by the names that choose them. */
const PARTS = {
  small: "15 resources: the whole command, with a warm cache and at the very first run",
  warm: "a warm provider: one security group",
  watch: "the watch: from an event to a drift, events a second, a sweep of 200 stacks",
  target: "one resource of 1,000 by --target",
  large: "1,000 resources: time and memory",
  ledger: "the ledger: durable entries a second, one lonely append, verification, proofs",
  own: "Anchorwatch's own time and memory, up to 50,000 resources",
} as const;

export type PartName = keyof typeof PARTS;

export interface Options {
  readonly parts: ReadonlySet<PartName>;
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
  const parts = names.length > 0 ? names.filter(isPart) : (Object.keys(PARTS) as PartName[]);
  if (flags.size > 0 || (names.length > 0 && parts.length < names.length))
    throw new BenchError("usage", HELP);
  if (write && (quick || names.length > 0)) {
    throw new BenchError("usage", `--write keeps the figures of a whole run only.\n\n${HELP}`);
  }
  return { parts: new Set(parts), quick, write };
}

function isPart(name: string): name is PartName {
  return Object.hasOwn(PARTS, name);
}

const HELP = `npm run bench -- [PART…] [--quick] [--write]

${Object.entries(PARTS)
  .map(([name, about]) => `  ${name.padEnd(8)}${about}`)
  .join("\n")}

  --quick  fewer runs, smaller stacks
  --write  keep the figures in docs/benchmarks.md`;

/** Many stacks of one estate: each is a copy of its code and state, and reads the same cloud. */
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BenchEstate } from "../estate.ts";
import type { CloudWorkplace } from "../workplace.ts";
import type { StackFolder } from "./benchWatch.ts";

export interface StackCopies {
  /** Holds all of them and nothing else. */
  readonly folder: string;
  readonly stacks: readonly StackFolder[];
}

const STACKS = 200;
const QUICK_STACKS = 20;

/** Those that are there already are used again. @param many absent: as many as a sweep has */
export function stackCopies(
  place: CloudWorkplace,
  estate: BenchEstate,
  many: number = place.quick ? QUICK_STACKS : STACKS,
): StackCopies {
  const folder = join(place.folder, `stacks-${many}`);
  mkdirSync(folder, { recursive: true });
  const state = readFileSync(join(estate.folder, "terraform.tfstate"), "utf8");
  const stacks = Array.from({ length: many }, (_, at) => {
    const name = `stack-${String(at).padStart(3, "0")}`;
    const dir = join(folder, name);
    if (existsSync(dir)) return { name, dir };
    cpSync(estate.folder, dir, { recursive: true, verbatimSymlinks: true });
    const own = state.replace(/"lineage": *"[^"]*"/, `"lineage": "${name}"`);
    writeFileSync(join(dir, "terraform.tfstate"), own);
    return { name, dir };
  });
  return { folder, stacks };
}

/** What every part of the benchmark works with. */
import type { Environment } from "../support/executable.ts";
import type { CloudMachine } from "../support/machine.ts";
import type { Installed } from "./installed.ts";

export interface Workplace {
  /** A temporary folder that is removed at the end, whatever happens. */
  readonly folder: string;
  /** Anchorwatch as users have it. */
  readonly installed: Installed;
  readonly env: Environment;
  /** Fewer runs and smaller stacks: to see that it works, not to keep figures. */
  readonly quick: boolean;
  readonly signal: AbortSignal;
  /** Tells how far it is. */
  readonly say: (line: string) => void;
}

export interface CloudWorkplace extends Workplace {
  readonly machine: CloudMachine;
}

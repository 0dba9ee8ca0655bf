/** What a torture is given, and what it may answer besides. */

export interface Place {
  /** A temporary folder of its own. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Less of everything: to see that it works. */
  readonly quick: boolean;
  readonly signal: AbortSignal;
  /** Tells how far it is. */
  readonly say: (line: string) => void;
}

/** What this machine cannot do: said, and no failure. */
export interface Skipped {
  readonly skipped: string;
}

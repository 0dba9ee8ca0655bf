/** A deployed network and what happens to it. */
export interface Stage {
  readonly name: string;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly resources: number;
  readonly changes: readonly { readonly says: string; readonly make: () => Promise<unknown> }[];
  /** Stops and removes everything. */
  readonly close: () => Promise<void>;
}

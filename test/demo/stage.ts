/** A deployed network and what happens to it. */
export interface Stage {
  readonly name: string;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly resources: number;
  readonly changes: readonly StageChange[];
  /** Stops and removes everything. */
  readonly close: () => Promise<void>;
}

export interface StageChange {
  readonly says: string;
  readonly make: () => Promise<unknown>;
  /** The resource that a check has to name. */
  readonly address: string;
  /** What an audit trail would tell of it. */
  readonly call: AuditedCall;
}

export interface AuditedCall {
  readonly service: string;
  readonly name: string;
  /** What the call names. */
  readonly identifiers: readonly string[];
}

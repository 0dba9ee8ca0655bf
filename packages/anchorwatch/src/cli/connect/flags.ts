/** As commander gives them. */
export interface ConnectFlags {
  readonly principal?: string;
  readonly region?: string;
  readonly account?: string;
  readonly name?: string;
  readonly services?: string;
  readonly executor: boolean;
  readonly executorServices?: string;
  readonly executorPolicy?: string;
  readonly trail?: string;
  readonly trailKey?: string;
  readonly ledgerLock?: string;
  readonly ledgerRetention?: string;
  readonly externalId?: string;
  readonly force?: boolean;
  readonly explain?: boolean;
  readonly check?: boolean;
  readonly wait?: string;
  readonly profile?: string;
  readonly format: "text" | "json";
  readonly color: boolean;
}

/** Flags that say what a connection is made of. */
const OPTIONS = [
  "principal",
  "region",
  "account",
  "name",
  "services",
  "executorServices",
  "executorPolicy",
  "trail",
  "trailKey",
  "ledgerLock",
  "ledgerRetention",
] as const;

/** Whether any of them was given: without, a connection that is there speaks for itself. */
export function saysWhat(flags: ConnectFlags): boolean {
  return !flags.executor || OPTIONS.some((name) => flags[name] !== undefined);
}

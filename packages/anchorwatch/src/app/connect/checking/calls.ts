/** The calls to AWS that the check of a connection is made of. Each throws what AWS says; `refusal.ts` tells what it means. */

export interface Caller {
  readonly account: string;
  readonly arn: string;
}

export interface AssumeRequest {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly externalId?: string;
  readonly sourceIdentity?: string;
}

/** As whoever runs Anchorwatch. */
export interface PrincipalCalls {
  readonly whoAmI: () => Promise<Caller>;
  readonly assumeRole: (request: AssumeRequest) => Promise<RoleCalls>;
  /** Onto the default bus of the region. */
  readonly putEvent: (event: TestEvent) => Promise<void>;
  /** Throws what keeps the product's own ledger from using the bucket. Gives its warnings. */
  readonly openLedgerBucket: () => Promise<readonly string[]>;
  readonly defaultLock: () => Promise<{ readonly mode?: string; readonly days?: number }>;
  readonly isPrivate: () => Promise<boolean>;
  /** Gives the version. Locked in COMPLIANCE. */
  readonly putLocked: (key: string, until: Date) => Promise<string>;
  readonly lockOf: (
    key: string,
    version: string,
  ) => Promise<{ readonly mode?: string; readonly until?: Date }>;
  readonly deleteVersion: (key: string, version: string) => Promise<void>;
  readonly close: () => void;
}

export interface TestEvent {
  readonly source: string;
  readonly detailType: string;
  readonly detail: string;
}

/** In a session of one of the roles. */
export interface RoleCalls {
  /** One read of each, small. */
  readonly reads: readonly Attempt[];
  /** Writes that do nothing even where they are allowed: dry runs, and names that do not exist. */
  readonly writes: readonly Attempt[];
  /** Reads of content, as harmless. */
  readonly content: readonly Attempt[];
  /** New credentials, as harmless. */
  readonly credentials: readonly Attempt[];
  readonly rule: (name: string) => Promise<{ readonly state: string; readonly pattern: string }>;
  readonly targets: (rule: string) => Promise<readonly string[]>;
  readonly queue: (url: string) => Promise<Readonly<Record<string, string>>>;
  /** Waits for messages; they are hidden from others for so long. */
  readonly receive: (url: string, waitSeconds: number, hiddenSeconds: number) => Promise<readonly Message[]>;
  readonly remove: (url: string, receipt: string) => Promise<void>;
  /** Lets others have it at once. */
  readonly release: (url: string, receipt: string) => Promise<void>;
  /** Trails that can be seen from the region. */
  readonly trails: () => Promise<readonly Trail[]>;
  readonly trailStatus: (arn: string) => Promise<{ readonly isLogging: boolean; readonly startedAt?: Date }>;
  /** Keys below the prefix, a few. */
  readonly list: (bucket: string, prefix: string) => Promise<readonly string[]>;
  /** Names of the folders right below the prefix. */
  readonly folders: (bucket: string, prefix: string) => Promise<readonly string[]>;
  readonly readStart: (bucket: string, key: string) => Promise<void>;
  readonly close: () => void;
}

export interface Attempt {
  /** The permission that it takes: `ec2:CreateSecurityGroup`. */
  readonly permission: string;
  readonly run: () => Promise<void>;
}

export interface Message {
  readonly body: string;
  readonly receipt: string;
}

export interface Trail {
  readonly arn: string;
  readonly bucket: string;
  readonly hasDigests: boolean;
  readonly isMultiRegion: boolean;
}

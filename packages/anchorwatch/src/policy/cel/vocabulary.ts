/**
 * What expressions can speak of: variables with their types, and functions. Checking, evaluating and `docs/policies.md` go by these tables,
 * and a test holds them to `facts.ts`.
 */

/** Members of the objects that variables are, by the names of their types. */
export const OBJECT_TYPES = {
  Stack: { name: "string", engine: "string", labels: "map<string, string>" },
  Resource: {
    address: "string",
    module: "string",
    type: "string",
    provider: "string",
    id: "string",
    account: "string",
    region: "string",
    file: "string",
    line: "int",
    isPublic: "bool",
  },
  Change: {
    path: "string",
    attribute: "string",
    op: "string",
    recorded: "dyn",
    live: "dyn",
    element: "dyn",
    sensitive: "bool",
    settable: "bool",
    ignored: "bool",
  },
  Actor: {
    isKnown: "bool",
    principal: "string",
    name: "string",
    kind: "string",
    channel: "string",
    person: "string",
    sessionName: "string",
    sourceIdentity: "string",
    account: "string",
    sourceAddress: "string",
    userAgent: "string",
    isDelivery: "bool",
    isBreakGlass: "bool",
  },
  OtherDrift: {
    address: "string",
    type: "string",
    verdict: "string",
    principal: "string",
    openedAt: "google.protobuf.Timestamp",
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

export type ObjectType = keyof typeof OBJECT_TYPES;

interface Variable {
  readonly type: string;
  readonly about: string;
}

export const VARIABLES = {
  stack: { type: "Stack", about: "The stack: its name, engine and the labels that the operator gave it." },
  resource: {
    type: "Resource",
    about: "What drifted. `account`, `region`, `file` and `line` may be missing: `has(resource.region)`.",
  },
  verdict: { type: "string", about: '"changed", "deleted", "unmanaged" or "absorbed".' },
  recorded: {
    type: "dyn",
    about: "The whole resource as the last apply wrote it down; {} where there is none.",
  },
  live: { type: "dyn", about: "The whole resource as it is now; {} where there is none." },
  isCut: {
    type: "bool",
    about: "`recorded` and `live` have only what changed, since the whole is too large or was not kept.",
  },
  changes: { type: "list<Change>", about: "What differs, attribute by attribute." },
  actor: {
    type: "Actor",
    about:
      "Who made it, the likeliest. Where no event told, `isKnown` is false, `kind` “unknown” and `name` “Somebody”. `person`, `sessionName`, `sourceIdentity`, `account`, `sourceAddress` and `userAgent` may be missing.",
  },
  events: { type: "list<string>", about: "Names of the calls that made it, the likeliest first." },
  openedAt: { type: "google.protobuf.Timestamp", about: "When the drift was opened." },
  now: {
    type: "google.protobuf.Timestamp",
    about: "When it is classified. Who looks at it is asked again as time passes.",
  },
  others: {
    type: "list<OtherDrift>",
    about: "Other open drifts of the stack, the newest first, 100 at most.",
  },
  planned: {
    type: "string",
    about:
      'Empty for drift. What a plan that the gate looks at would do: "create", "update", "delete", "replace", "forget" or "adopt"; `recorded` is what is there before, and `live` what would be.',
  },
  changeWindow: {
    type: "string",
    about:
      "Name of the operator's change window that is open now and was when the drift was opened; empty: none.",
  },
} as const satisfies Readonly<Record<string, Variable>>;

/** Only adjustments have them: what was said so far. */
export const ADJUSTMENT_VARIABLES = {
  class: { type: "string", about: '"security" or "operational".' },
  severity: { type: "string", about: "What it is so far: info, low, medium, high or critical." },
} as const satisfies Readonly<Record<string, Variable>>;

export type VariableName = keyof typeof VARIABLES | keyof typeof ADJUSTMENT_VARIABLES;

interface OwnFunction {
  readonly signature: string;
  readonly about: string;
}

/** Beside those of CEL itself. */
export const OWN_FUNCTIONS: readonly OwnFunction[] = [
  {
    signature: "isPublicCidr(string): bool",
    about:
      "Whether addresses of the Internet are in the block (`0.0.0.0/0`, `::/0`, half of it, `203.0.113.7`).",
  },
  {
    signature: "cidrSize(string): int",
    about: "How many addresses are in the block, 2^62 at most; 0 for what is no block.",
  },
  {
    signature: "cidrContains(string, string): bool",
    about: "Whether all of the second block is in the first.",
  },
  { signature: "json(string): dyn", about: "What a text in JSON says, such as a policy document." },
  {
    signature: "addedGrants(string, string): list<dyn>",
    about:
      "What the second policy of AWS allows and the first did not: `principals` (`*`: everybody), `actions` in small letters, `resources`, `isNarrowed` (a condition names who), `condition`. An empty text allows nothing.",
  },
  {
    signature: "asList(dyn): list<dyn>",
    about:
      "A list as it is, null as an empty one, anything else as a list of it: `Action` of a policy is a text or a list.",
  },
  {
    signature: "wildcard(string, string): bool",
    about: "Whether the text fits the pattern, in which `*` stands for any characters.",
  },
  {
    signature: "hour(google.protobuf.Timestamp, string): int",
    about: "Hour of the day in a time zone, 0 to 23.",
  },
  {
    signature: "weekday(google.protobuf.Timestamp, string): int",
    about: "Day of the week in a time zone, 1 is Monday and 7 Sunday.",
  },
];

import type { Cloud } from "../../support/cloud.ts";

/** The deployed estate as somebody at a console finds it. */
export interface Estate {
  readonly cloud: Cloud;
  /** An attribute of a resource as the state recorded it after the apply, `id` when not named. */
  recorded(address: string, attribute?: string): string;
}

/** One thing that somebody did to the estate behind Terraform's back. */
export interface Mutation {
  /** What was done, as a sentence. */
  readonly name: string;
  readonly apply: (estate: Estate) => Promise<unknown>;
  /** Reads back, through the cloud's own API, the part that was touched. */
  readonly observe: (estate: Estate) => Promise<unknown>;
  /** False when the cloud holds the same thing afterwards: what {@link observe} answers must then stay equal. */
  readonly changesTheCloud: boolean;
  /** What a check has to report, and nothing else. */
  readonly drift: readonly ExpectedDrift[];
  /** What `terraform plan -refresh-only` reports beyond {@link drift}, and a check must not. */
  readonly terraformAlso: readonly TerraformExtra[];
  /** Why a check through the provider cannot see a change that matters. */
  readonly blindSpot?: string;
}

export interface ExpectedDrift {
  readonly address: string;
  readonly verdict: "changed" | "deleted";
  /** An attribute that has to be among the changes, unless deleted. */
  readonly attribute?: string;
  /** False where an ordinary `terraform plan` proposes nothing: whoever compares by plans never hears of it. */
  readonly planned: boolean;
}

export interface TerraformExtra {
  readonly address: string;
  readonly attribute: string;
  readonly because: keyof typeof DIFFERENCES;
}

/** Every reason why Terraform reports a resource that a check does not. */
const DIFFERENCES = {
  mirror:
    "Terraform reports the mirror: an attribute that repeats what another resource declares. The change is shown at that resource.",
  computed:
    "Terraform reports an attribute that only the cloud sets. Nothing that anybody declared has changed: a check shows it as information.",
  ignored:
    "Terraform reports what the code ignores: ignore_changes only keeps a plan from undoing it. A check says ignored.",
} as const;

/** The parts of a mutation that are said; {@link mutation} fills in the rest. Records are from address to attribute. */
export interface MutationText {
  readonly name: string;
  readonly apply: Mutation["apply"];
  readonly observe: Mutation["observe"];
  readonly unchanged?: true;
  readonly changed?: Readonly<Record<string, string>>;
  /** Changed, and an ordinary `terraform plan` says "No changes". */
  readonly unplanned?: Readonly<Record<string, string>>;
  readonly deleted?: readonly string[];
  readonly ignored?: Readonly<Record<string, string>>;
  readonly mirrored?: Readonly<Record<string, string>>;
  readonly computed?: Readonly<Record<string, string>>;
  readonly blindSpot?: string;
}

export function mutation(text: MutationText): Mutation {
  const drift: readonly ExpectedDrift[] = [
    ...pairs(text.changed).map((change) => ({ ...change, verdict: "changed" as const, planned: true })),
    ...pairs(text.unplanned).map((change) => ({ ...change, verdict: "changed" as const, planned: false })),
    ...(text.deleted ?? []).map((address) => ({ address, verdict: "deleted" as const, planned: true })),
  ];
  return {
    name: text.name,
    apply: text.apply,
    observe: text.observe,
    changesTheCloud: text.unchanged !== true,
    drift,
    terraformAlso: [
      ...pairs(text.mirrored).map((extra) => ({ ...extra, because: "mirror" as const })),
      ...pairs(text.computed).map((extra) => ({ ...extra, because: "computed" as const })),
      ...pairs(text.ignored).map((extra) => ({ ...extra, because: "ignored" as const })),
    ],
    ...(text.blindSpot !== undefined && { blindSpot: text.blindSpot }),
  };
}

/** What a read answers, or `"gone"` when the cloud knows nothing of that name any more. */
export async function orGone(read: Promise<unknown>): Promise<unknown> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof Error && GONE.test(`${error.name} ${errorCode(error)}`)) return "gone";
    throw error;
  }
}

const GONE = /NotFound|NoSuch|NonExist|DoesNotExist/;

// EC2 has one error class for everything; its code says which.
function errorCode(error: Error): string {
  return "Code" in error ? String(error.Code) : "";
}

function pairs(record: Readonly<Record<string, string>> = {}): { address: string; attribute: string }[] {
  return Object.entries(record).map(([address, attribute]) => ({ address, attribute }));
}

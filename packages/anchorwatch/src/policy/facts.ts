/** What a rule sees of a drift. Secrets are masked before they come here. Absent members are absent in CEL too: `has(actor.person)`. */
import type { Channel } from "../domain/actor.ts";
import type { JsonObject, JsonValue } from "../domain/jsonValue.ts";
import type { Labels } from "../domain/labels.ts";
import type { PlannedAction } from "../domain/plannedChange.ts";

export interface DriftFacts {
  readonly stack: {
    readonly name: string;
    readonly engine: "terraform" | "cloudformation";
    readonly labels: Labels;
  };
  readonly resource: ResourceFacts;
  readonly verdict: "changed" | "deleted" | "unmanaged" | "absorbed";
  /** The whole resource, as far as it is known; {} where there is none. Numbers that a double cannot hold are texts. */
  readonly recorded: JsonObject;
  readonly live: JsonObject;
  /** `recorded` and `live` have only what changed, since the whole is too large. */
  readonly isCut: boolean;
  readonly changes: readonly ChangeFacts[];
  /** The likeliest. Absent: no event told of anybody. */
  readonly actor?: ActorFacts;
  /** Names of the events, `AuthorizeSecurityGroupIngress`, the likeliest first. */
  readonly events: readonly string[];
  /** When it was opened. */
  readonly openedAt: Date;
  /** When it is classified. */
  readonly now: Date;
  /** Others of the same stack that are open, the newest first; 100 at most. */
  readonly others: readonly OtherDrift[];
  /** It is no drift: a plan would do this, and nobody has yet. */
  readonly planned?: PlannedAction;
}

export interface ResourceFacts {
  /** Empty for what no stack knows. */
  readonly address: string;
  /** `module.net`; empty in the root. */
  readonly module: string;
  readonly type: string;
  readonly provider: string;
  readonly id: string;
  readonly account?: string;
  readonly region?: string;
  readonly file?: string;
  readonly line?: number;
}

export interface ChangeFacts {
  /** `ingress[0].cidr_blocks` */
  readonly path: string;
  /** The attribute of the resource that it is in: `ingress`. */
  readonly attribute: string;
  readonly op: "replace" | "add" | "remove";
  readonly recorded?: JsonValue;
  readonly live?: JsonValue;
  /** Of a set: what was added or removed. */
  readonly element?: JsonValue;
  readonly sensitive: boolean;
  readonly settable: boolean;
  /** A rule of the repository or of the operator would silence it. */
  readonly ignored: boolean;
  /** It is told after all, since it is critical by values that the code calls secret: those were looked at, and are masked here. */
  readonly hidesCritical?: true;
}

export interface ActorFacts {
  readonly principal: string;
  /** The person where known, else the session's name, else the principal's own. */
  readonly name: string;
  readonly kind: "user" | "role" | "root" | "federated" | "service" | "account" | "unknown";
  readonly channel: Channel;
  readonly person?: string;
  readonly sessionName?: string;
  readonly sourceIdentity?: string;
  readonly account?: string;
  readonly sourceAddress?: string;
  readonly userAgent?: string;
  /** The stack's own delivery principal. */
  readonly isDelivery: boolean;
  /** A role that the operator keeps for emergencies. */
  readonly isBreakGlass: boolean;
}

export interface OtherDrift {
  readonly address: string;
  readonly type: string;
  readonly verdict: DriftFacts["verdict"];
  readonly principal?: string;
  readonly openedAt: Date;
}

/**
 * What the resources of a state are called in the whole world, so that two states that have the same thing can be told. A name
 * is no such thing: another account, another region may have one that is called alike. So a resource without an ARN, and with
 * an id that somebody chose, makes no claim.
 */
import type { ResourceAddress } from "../../domain/address.ts";
import { isObject } from "../../domain/value.ts";
import type { StateInstance } from "./instance.ts";
import type { StateFile } from "./stateFile.ts";

export interface StateClaim {
  /** Equal for one thing, whichever state speaks of it. */
  readonly key: string;
  readonly address: ResourceAddress;
  readonly type: string;
  readonly id: string;
}

const ARN = /^arn:[a-z-]+:[a-z0-9-]+:/;
/**
 * Ids that are given once: ARNs, addresses, `vpc-0a1b2c3d4e5f60718`, UUIDs, projects of Google and subscriptions of Azure with their path, records
 * of a hosted zone.
 */
const GIVEN_ONCE =
  /^(?:arn:[a-z-]+:|https?:\/\/[^/]+\/.|[a-z]{1,12}-[0-9a-f]{8,17}$|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$|projects\/[^/]+\/.|\/subscriptions\/[^/]+\/.|Z[0-9A-Z]{9,32}_.)/;
const LONGEST = 2048;

/** Managed resources only, and not what a replacement left behind. */
export function* stateClaims(state: StateFile): Generator<StateClaim> {
  for (const instance of state.instances) {
    const { mode, deposed, address, type, id } = instance;
    if (mode !== "managed" || deposed !== undefined || id === undefined || isHidden(instance)) continue;
    if (id.length > LONGEST) continue;
    const arn = arnOf(instance);
    // Both: the version of a secret has the ARN of the secret.
    if (arn !== undefined || GIVEN_ONCE.test(id))
      yield { key: keyOf(instance, arn ?? "", id), address, type, id };
  }
}

/** Registries of Terraform and OpenTofu have the same provider under two hosts. */
function keyOf({ provider, type }: StateInstance, arn: string, id: string): string {
  return `claim ${JSON.stringify([provider.source.split("/").slice(-2).join("/"), type, arn, id])}`;
}

function arnOf(instance: StateInstance): string | undefined {
  const members = instance.members();
  const values = members.size === 0 ? instance.parseAttributes() : instance.parseMembers(members, ["arn"]);
  const arn = isObject(values) ? values["arn"] : undefined;
  return typeof arn === "string" && arn.length <= LONGEST && ARN.test(arn) ? arn : undefined;
}

/** What is secret names nothing. */
function isHidden({ sensitivePaths }: StateInstance): boolean {
  return sensitivePaths.some(([step]) => typeof step !== "string" || step === "id" || step === "arn");
}

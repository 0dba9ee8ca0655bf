/** All resource types, each compiled when it is first needed: a provider starts many times in a test run. */

import type { CtyType } from "../../../packages/tfprovider/src/cty/type.ts";
import type { CtyObject } from "../../../packages/tfprovider/src/cty/value.ts";
import { decodeSchema } from "../../../packages/tfprovider/src/schema/schema.ts";
import { ReferenceProviderError } from "../error.ts";
import { type Member, membersOfBlock } from "../planning/members.ts";
import { encodeSchema } from "../schema/messages.ts";
import type { BlockSpec, ResourceTypeSpec } from "../schema/specification.ts";
import { compileBlock } from "../values/fromJson.ts";
import type { Json } from "../values/json.ts";
import { database } from "./database.ts";
import { firewall, firewallRule } from "./firewall.ts";
import { load } from "./load.ts";
import { network } from "./network.ts";
import { object } from "./object.ts";
import { role, roleAttachment, rolePolicy } from "./role.ts";
import { bucket, bucketPolicy, topic } from "./storage.ts";

export const RESOURCE_TYPES: readonly ResourceTypeSpec[] = [
  bucket,
  bucketPolicy,
  database,
  firewall,
  firewallRule,
  load,
  network,
  object,
  role,
  roleAttachment,
  rolePolicy,
  topic,
];

export interface CompiledBlock {
  /** The cty type of a whole value. */
  readonly type: CtyType;
  readonly members: readonly Member[];
  readonly convert: (json: Json | undefined) => CtyObject;
}

export interface ResourceType extends CompiledBlock {
  readonly spec: ResourceTypeSpec;
}

const compiled = new Map<string, ResourceType>();

/** @throws ReferenceProviderError `type_unknown` */
export function resourceType(name: string): ResourceType {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  const spec = RESOURCE_TYPES.find((candidate) => candidate.name === name);
  if (spec === undefined) {
    throw new ReferenceProviderError("type_unknown", `the reference provider has no resource type ${name}`);
  }
  const type = { spec, ...compile(spec.block) };
  compiled.set(name, type);
  return type;
}

export function compile(block: BlockSpec): CompiledBlock {
  return {
    type: decodeSchema(encodeSchema(block, 0), 6).type,
    members: membersOfBlock(block),
    convert: compileBlock(block),
  };
}

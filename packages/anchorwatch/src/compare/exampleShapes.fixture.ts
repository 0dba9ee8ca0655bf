/** Shapes of well-known resource types, written down briefly, for the tests of this room. */
import type { ResourceAddress } from "../domain/address.ts";
import type { AttributeShape, DeclaredAttributes, ObjectShape, Shape } from "../domain/shape.ts";
import { isArray, objectOf, type Value } from "../domain/value.ts";
import type { Candidate } from "./references.ts";

type Flag = "required" | "optional" | "computed" | "sensitive" | "writeOnly" | "block";

export const STRING: Shape = { kind: "string" };
export const NUMBER: Shape = { kind: "number" };
export const BOOL: Shape = { kind: "bool" };
export const listOf = (element: Shape): Shape => ({ kind: "list", element });
export const setOf = (element: Shape): Shape => ({ kind: "set", element });
export const mapOf = (element: Shape): Shape => ({ kind: "map", element });

export function attribute(shape: Shape, ...flags: Flag[]): AttributeShape {
  const has = (flag: Flag) => flags.includes(flag);
  return {
    shape,
    required: has("required"),
    optional: has("optional"),
    computed: has("computed"),
    sensitive: has("sensitive"),
    writeOnly: has("writeOnly"),
    block: has("block"),
  };
}

export const required = (shape: Shape, ...more: Flag[]) => attribute(shape, "required", ...more);
export const optional = (shape: Shape, ...more: Flag[]) => attribute(shape, "optional", ...more);
export const computed = (shape: Shape, ...more: Flag[]) => attribute(shape, "computed", ...more);
export const either = (shape: Shape, ...more: Flag[]) => attribute(shape, "optional", "computed", ...more);
export const block = (shape: Shape) => attribute(shape, "optional", "block");

export function objectShape(attributes: Readonly<Record<string, AttributeShape>>): ObjectShape {
  return { kind: "object", attributes: new Map(Object.entries(attributes)) };
}

export function declared(tree: { readonly [name: string]: true | object }): DeclaredAttributes {
  return new Map(
    Object.entries(tree).map(([name, below]) => [
      name,
      below === true ? true : declared(below as { readonly [name: string]: true | object }),
    ]),
  );
}

type Plain = Value | { readonly [key: string]: Plain } | readonly Plain[];

/** Plain literals as values: objects lose their prototype, as in what is decoded. */
export function value(plain: Plain): Value {
  if (isArray(plain as Value)) return (plain as readonly Plain[]).map(value);
  if (typeof plain !== "object" || plain === null || Object.getPrototypeOf(plain) !== Object.prototype)
    return plain as Value;
  return objectOf(Object.entries(plain).map(([key, member]) => [key, value(member as Plain)]));
}

export function candidate(
  address: string,
  sides: { readonly recorded?: Plain; readonly live?: Plain; readonly shape?: ObjectShape },
): Candidate {
  return {
    address: address as ResourceAddress,
    type: address.split(".").at(-2) ?? "",
    ...(sides.recorded === undefined ? {} : { recorded: value(sides.recorded) }),
    ...(sides.live === undefined ? {} : { live: value(sides.live) }),
    ...(sides.shape === undefined ? {} : { shape: sides.shape }),
  };
}

const RULE = objectShape({
  cidr_blocks: either(listOf(STRING)),
  description: either(STRING),
  from_port: either(NUMBER),
  ipv6_cidr_blocks: either(listOf(STRING)),
  prefix_list_ids: either(listOf(STRING)),
  protocol: either(STRING),
  security_groups: either(setOf(STRING)),
  self: either(BOOL),
  to_port: either(NUMBER),
});

export const SECURITY_GROUP = objectShape({
  arn: computed(STRING),
  description: optional(STRING),
  egress: either(setOf(RULE)),
  id: either(STRING),
  ingress: either(setOf(RULE)),
  name: either(STRING),
  revoke_rules_on_delete: optional(BOOL),
  tags: optional(mapOf(STRING)),
  tags_all: either(mapOf(STRING)),
});

export const ROLE = objectShape({
  arn: computed(STRING),
  assume_role_policy: required(STRING),
  id: either(STRING),
  inline_policy: attribute(
    setOf(objectShape({ name: optional(STRING), policy: optional(STRING) })),
    "optional",
    "block",
  ),
  managed_policy_arns: either(setOf(STRING)),
  name: either(STRING),
  tags: optional(mapOf(STRING)),
  tags_all: either(mapOf(STRING)),
});

export const BUCKET = objectShape({
  arn: computed(STRING),
  bucket: either(STRING),
  force_destroy: optional(BOOL),
  id: either(STRING),
  lifecycle_rule: block(
    listOf(
      objectShape({
        abort_incomplete_multipart_upload_days: optional(NUMBER),
        enabled: required(BOOL),
        expiration: block(listOf(objectShape({ date: optional(STRING), days: optional(NUMBER) }))),
        id: either(STRING),
        prefix: optional(STRING),
        transition: block(setOf(objectShape({ days: optional(NUMBER), storage_class: required(STRING) }))),
      }),
    ),
  ),
  policy: either(STRING),
  server_side_encryption_configuration: block(
    listOf(
      objectShape({
        rule: block(
          listOf(
            objectShape({
              apply_server_side_encryption_by_default: block(
                listOf(objectShape({ kms_master_key_id: optional(STRING), sse_algorithm: required(STRING) })),
              ),
              bucket_key_enabled: optional(BOOL),
            }),
          ),
        ),
      }),
    ),
  ),
  tags: optional(mapOf(STRING)),
  tags_all: either(mapOf(STRING)),
  versioning: block(listOf(objectShape({ enabled: optional(BOOL), mfa_delete: optional(BOOL) }))),
});

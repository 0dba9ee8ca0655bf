/** The configuration of a provider, by its schema, from what its block in the code was evaluated to. */
import type { Block, CtyObject, CtyType, CtyValue, Schema } from "tfprovider";
import { AnchorwatchError, type Location } from "../../domain/errors.ts";
import { isArray, isObject, type Value, type ValueObject } from "../../domain/value.ts";
import { convert, Misfit } from "./convert.ts";
import { toCty } from "./value.ts";

/** What the caller puts in place of the block's own credentials, since most blocks name the role that deploys. */
export interface ReadCredentials {
  /** ARN of the role, or e-mail of the account, to read as. */
  readonly role?: string | undefined;
  /** What the role's trust policy asks of whoever assumes it; only with a role of AWS. */
  readonly externalId?: string | undefined;
  readonly profile?: string | undefined;
}

/** Arguments that say who somebody is; a profile from outside stands in for all of them. */
const STATIC_CREDENTIALS = ["access_key", "secret_key", "token", "credentials", "access_token"];
const ASSUMED_ROLES = ["assume_role", "assume_role_with_web_identity", "impersonate_service_account"];

/**
 * @param values arguments and nested blocks (as arrays) of the provider block; empty when there is none
 * @throws AnchorwatchError `provider_config_invalid`, `read_credentials_unsupported`
 */
export function providerConfig(
  values: ValueObject,
  schema: Schema,
  credentials: ReadCredentials,
  location: Location,
): CtyObject {
  const replaced = replaceCredentials(values, schema.block, credentials, location);
  return blockConfig(replaced, schema.block, schema.type, "provider", location);
}

function blockConfig(
  values: ValueObject,
  block: Block,
  type: CtyType,
  path: string,
  location: Location,
): CtyObject {
  const types = type.kind === "object" ? type.attributes : new Map<string, CtyType>();
  const config: Record<string, CtyValue> = Object.create(null);
  for (const name of Object.keys(values)) {
    if (!types.has(name)) throw invalid(`${path}.${name}: this provider has no such argument`, location);
  }
  for (const name of block.attributes.keys()) {
    const attributeType = types.get(name) as CtyType;
    const value = convert(values[name] ?? null, attributeType, `${path}.${name}`);
    if (value instanceof Misfit) throw invalid(value.message, location);
    config[name] = toCty(value, attributeType);
  }
  for (const [name, nested] of block.blocks) {
    const bodies = bodiesOf(values[name]);
    const nestedType = types.get(name) as CtyType;
    const elementType = "element" in nestedType ? nestedType.element : nestedType;
    const configs = bodies.map((body) =>
      blockConfig(body, nested.block, elementType, `${path}.${name}`, location),
    );
    const many = nested.nesting === "list" || nested.nesting === "set";
    config[name] = many ? configs : (configs[0] ?? null);
  }
  return config;
}

function bodiesOf(value: Value | undefined): readonly ValueObject[] {
  if (isArray(value)) return value.filter(isObject);
  return isObject(value) ? [value] : [];
}

function replaceCredentials(
  values: ValueObject,
  block: Block,
  { role, externalId, profile }: ReadCredentials,
  location: Location,
): ValueObject {
  if (role === undefined && profile === undefined) return values;
  // `random` and the like: who takes no argument asks nobody, and is nobody.
  if (block.attributes.size === 0) return values;
  const replaced: Record<string, Value> = Object.assign(Object.create(null), values);
  for (const name of ASSUMED_ROLES) delete replaced[name];
  if (profile !== undefined) {
    if (!block.attributes.has("profile")) throw unsupported("profile", "--profile", location);
    for (const name of STATIC_CREDENTIALS) delete replaced[name];
    replaced["profile"] = profile;
  }
  if (role === undefined) return replaced;
  if (block.blocks.has("assume_role")) replaced["assume_role"] = [roleBlock(role, externalId)];
  else if (block.attributes.has("impersonate_service_account"))
    replaced["impersonate_service_account"] = role;
  else throw unsupported("role to assume", "--read-role", location);
  return replaced;
}

function roleBlock(role: string, externalId: string | undefined): ValueObject {
  return Object.assign(Object.create(null), {
    role_arn: role,
    session_name: "anchorwatch-check",
    ...(externalId === undefined ? {} : { external_id: externalId }),
  });
}

function unsupported(what: string, option: string, location: Location): AnchorwatchError {
  return new AnchorwatchError(
    "read_credentials_unsupported",
    `this provider's configuration has no ${what}`,
    {
      hint: `Leave ${option} out for this stack, and give the provider its credentials through the environment.`,
      location,
    },
  );
}

function invalid(message: string, location: Location): AnchorwatchError {
  return new AnchorwatchError("provider_config_invalid", message, {
    hint: "Correct the provider block, or give the value under `providers` in anchorwatch.yaml.",
    location,
  });
}

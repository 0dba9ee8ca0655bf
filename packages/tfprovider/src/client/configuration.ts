/**
 * A provider's configuration in two forms: the one that is prepared, and the one that the provider is configured with.
 * They differ when credentials are given apart. Preparing can take the provider two seconds, and what came of it is
 * remembered; with placeholders for the credentials it is the same for all of them.
 */
import { decodeCty } from "../cty/decode.ts";
import { encodeCty } from "../cty/encode.ts";
import { type CtyObject, type CtyValue, isCtyObject } from "../cty/value.ts";
import { ProviderError } from "../errors.ts";
import type { Block, NestedBlock, Schema } from "../schema/schema.ts";

export interface Configuration {
  /** What is prepared. It does not depend on the values of the credentials. */
  readonly preparable: Uint8Array;
  /** What the provider is configured with, from what preparing made of `preparable`. */
  complete(prepared: Uint8Array): Uint8Array;
}

/** Stands for every credential that is text. */
const PLACEHOLDER = "placeholder";

/**
 * @param schema the one of the provider's own configuration
 * @param config what is left out is null, or an empty block
 * @param credentials top-level attributes and blocks that take the place of those in `config`
 * @throws ProviderError `cty_encode_failed`
 */
export function encodeConfiguration(
  config: CtyObject,
  credentials: CtyObject | undefined,
  { block, type }: Schema,
): Configuration {
  const whole = withBlocks(config, block);
  if (credentials === undefined) {
    return { preparable: encodeCty(whole, type), complete: (prepared) => prepared };
  }
  const preparable: Record<string, CtyValue> = Object.assign(Object.create(null), whole);
  for (const name of Object.keys(credentials)) {
    if (block.attributes.get(name)?.type.kind === "string") preparable[name] = PLACEHOLDER;
  }
  // A credential that the provider does not know is refused before anything is asked of it.
  encodeCty(credentials, type);
  const complete = (prepared: Uint8Array) =>
    encodeCty(withBlocks({ ...membersOf(decodeCty(prepared, type)), ...credentials }, block), type);
  return { preparable: encodeCty(preparable, type), complete };
}

/** A nested block that is not there is an empty list, set or map: providers do not expect null in its place. */
function withBlocks(config: CtyObject, block: Block): CtyObject {
  if (block.blocks.size === 0) return config;
  const whole: Record<string, CtyValue> = Object.assign(Object.create(null), config);
  for (const [name, nested] of block.blocks) whole[name] = nestedValue(config[name] ?? null, nested);
  return whole;
}

function nestedValue(value: CtyValue, { nesting, block }: NestedBlock): CtyValue {
  const element = (one: CtyValue) => (isCtyObject(one) ? withBlocks(one, block) : one);
  switch (nesting) {
    case "list":
    case "set":
      return Array.isArray(value) ? value.map(element) : (value ?? []);
    case "map":
      return isCtyObject(value) ? mapValues(value, element) : (value ?? {});
    case "group":
      return element(value ?? {});
    case "single":
      return element(value);
  }
}

function mapValues(map: CtyObject, change: (value: CtyValue) => CtyValue): CtyObject {
  const result: Record<string, CtyValue> = Object.create(null);
  for (const key of Object.keys(map)) result[key] = change(map[key] as CtyValue);
  return result;
}

function membersOf(prepared: CtyValue): CtyObject {
  if (isCtyObject(prepared)) return prepared;
  throw new ProviderError(
    "provider_rpc_failed",
    "prepareConfig: the provider answered with no configuration",
  );
}

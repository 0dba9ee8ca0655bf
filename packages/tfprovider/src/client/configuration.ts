/**
 * A provider's configuration in two forms: the one that it is configured with, and the one that it is asked to validate.
 * They differ when credentials are given apart. Validating can take a provider two seconds, and is remembered; with
 * placeholders for the credentials it is the same for all of them.
 */
import { encodeCty } from "../cty/encode.ts";
import { type CtyObject, type CtyValue, isCtyObject } from "../cty/value.ts";
import type { Block, NestedBlock, Schema } from "../schema/schema.ts";

export interface Configuration {
  /** What the provider is configured with. */
  readonly whole: Uint8Array;
  /** What it is asked to validate. It does not depend on the values of the credentials. */
  readonly validatable: Uint8Array;
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
  const whole = encodeCty(withBlocks({ ...config, ...credentials }, block), type);
  if (credentials === undefined) return { whole, validatable: whole };
  const validatable: Record<string, CtyValue> = Object.assign(Object.create(null), config);
  for (const name of Object.keys(credentials)) {
    if (block.attributes.get(name)?.type.kind === "string") validatable[name] = PLACEHOLDER;
  }
  return { whole, validatable: encodeCty(withBlocks(validatable, block), type) };
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

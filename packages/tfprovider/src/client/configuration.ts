/**
 * A provider's configuration in two forms: the one that is prepared, and the one that the provider is configured with.
 * They differ when credentials are given apart. Preparing can take the provider two seconds, and what came of it is
 * remembered; with placeholders for the credentials it is the same for all of them.
 */
import { decodeCty } from "../cty/decode.ts";
import { encodeCty } from "../cty/encode.ts";
import { type CtyObject, type CtyValue, isCtyObject } from "../cty/value.ts";
import { ProviderError } from "../errors.ts";
import type { Schema } from "../schema/schema.ts";

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
 * @param credentials top-level attributes and blocks that take the place of those in `config`
 * @throws ProviderError `cty_encode_failed`
 */
export function encodeConfiguration(
  config: CtyObject,
  credentials: CtyObject | undefined,
  { block, type }: Schema,
): Configuration {
  if (credentials === undefined) {
    return { preparable: encodeCty(config, type), complete: (prepared) => prepared };
  }
  const preparable: Record<string, CtyValue> = Object.assign(Object.create(null), config);
  for (const name of Object.keys(credentials)) {
    if (block.attributes.get(name)?.type.kind === "string") preparable[name] = PLACEHOLDER;
  }
  // Complains about a credential that the provider does not know before anything is asked of it.
  encodeCty(credentials, type);
  return {
    preparable: encodeCty(preparable, type),
    complete: (prepared) => encodeCty({ ...membersOf(decodeCty(prepared, type)), ...credentials }, type),
  };
}

function membersOf(prepared: CtyValue): CtyObject {
  if (isCtyObject(prepared)) return prepared;
  throw new ProviderError("provider_rpc_failed", "prepareConfig: the provider answered with no configuration");
}

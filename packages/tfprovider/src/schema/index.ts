/**
 * All schemas of a provider, kept as the bytes that came from it. The AWS provider's are 4.9 MB and 1,526 types:
 * finding where each begins takes milliseconds, decoding all of them most of a second, so each is decoded when asked for.
 */
import { ProviderError } from "../errors.ts";
import { refuseErrors } from "../wire/refuseErrors.ts";
import { GetSchemaResponse, type Protocol } from "../wire/rpc.ts";
import { decodeSchema, type Schema } from "./schema.ts";

export interface SchemaIndex {
  /** The schema of the provider's own configuration. */
  readonly provider: Schema;
  /** @throws ProviderError `type_unknown`, `schema_invalid`, `cty_type_invalid` */
  resource(type: string): Schema;
  hasResource(type: string): boolean;
  resourceTypes(): IterableIterator<string>;
  /** The provider works without being asked for its schema first, so a cached one will do. */
  readonly schemaCallOptional: boolean;
}

/**
 * @param raw the answer to GetSchema, or GetProviderSchema, as it came
 * @throws ProviderError `schema_invalid`, `provider_diagnostics`
 */
export function indexSchemas(raw: Uint8Array, protocol: Protocol): SchemaIndex {
  const response = decodeResponse(raw);
  refuseErrors(response.diagnostics, "the provider gives no schema");
  const resources = new Map(response.resourceSchemas.map((entry) => [entry.key, entry.value]));
  const decoded = new Map<string, Schema>();
  let provider: Schema | undefined;

  function resource(type: string): Schema {
    const known = decoded.get(type);
    if (known !== undefined) return known;
    const bytes = resources.get(type);
    if (bytes === undefined)
      throw new ProviderError("type_unknown", `this provider has no resource type ${type}`);
    const schema = decodeSchema(bytes, protocol);
    decoded.set(type, schema);
    return schema;
  }

  return {
    get provider() {
      provider ??= decodeSchema(response.provider, protocol);
      return provider;
    },
    resource,
    hasResource: (type) => resources.has(type),
    resourceTypes: () => resources.keys(),
    schemaCallOptional: response.serverCapabilities?.getProviderSchemaOptional ?? false,
  };
}

function decodeResponse(raw: Uint8Array) {
  try {
    return GetSchemaResponse.decode(raw);
  } catch (cause) {
    throw new ProviderError("schema_invalid", "the provider's schema is no valid message", { cause });
  }
}

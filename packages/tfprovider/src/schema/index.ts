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
  /** Of the configuration that a listing of the type takes. @throws ProviderError as `resource` does */
  list(type: string): Schema;
  /** Types of which the provider can tell what exists; none before protocols 5.10 and 6.10. */
  listTypes(): IterableIterator<string>;
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
  const resources = schemasOf(response.resourceSchemas, "no resource type", protocol);
  const lists = schemasOf(response.listResourceSchemas, "no listing of the resource type", protocol);
  let provider: Schema | undefined;

  return {
    get provider() {
      provider ??= decodeSchema(response.provider, protocol);
      return provider;
    },
    resource: resources.of,
    hasResource: resources.has,
    resourceTypes: resources.types,
    list: lists.of,
    listTypes: lists.types,
    schemaCallOptional: response.serverCapabilities?.getProviderSchemaOptional ?? false,
  };
}

/** @param missing what this provider has of a type that is not there, in words */
function schemasOf(
  entries: readonly { readonly key: string; readonly value: Uint8Array }[],
  missing: string,
  protocol: Protocol,
) {
  const encoded = new Map(entries.map((entry) => [entry.key, entry.value]));
  const decoded = new Map<string, Schema>();
  return {
    of(type: string): Schema {
      const known = decoded.get(type);
      if (known !== undefined) return known;
      const bytes = encoded.get(type);
      if (bytes === undefined)
        throw new ProviderError("type_unknown", `this provider has ${missing} ${type}`);
      const schema = decodeSchema(bytes, protocol);
      decoded.set(type, schema);
      return schema;
    },
    has: (type: string) => encoded.has(type),
    types: () => encoded.keys(),
  };
}

function decodeResponse(raw: Uint8Array) {
  try {
    return GetSchemaResponse.decode(raw);
  } catch (cause) {
    throw new ProviderError("schema_invalid", "the provider's schema is no valid message", { cause });
  }
}

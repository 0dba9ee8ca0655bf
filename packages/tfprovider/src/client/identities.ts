/** By which objects a provider tells its resources apart, type by type. Providers have this call since protocols 5.9 and 6.9. */
import { type CtyType, parseType } from "../cty/type.ts";
import { ProviderError } from "../errors.ts";
import { refuseErrors } from "../wire/refuseErrors.ts";
import { Empty, IdentitySchema, IdentitySchemasResponse } from "../wire/rpc.ts";
import type { CallLimits, ProviderConnection } from "./connection.ts";

/**
 * Of these resource types; those that have no identity are left out, as all are of a provider that does not know the call.
 * @throws ProviderError as calls do, `schema_invalid`, `cty_type_invalid`, `provider_diagnostics`
 */
export async function identityTypes(
  connection: ProviderConnection,
  types: readonly string[],
  limits: CallLimits,
): Promise<ReadonlyMap<string, CtyType>> {
  const wanted = new Set(types);
  const encoded = await encodedSchemas(connection, limits);
  return new Map(
    encoded.flatMap(({ key, value }): [string, CtyType][] =>
      wanted.has(key) ? [[key, identityType(value)]] : [],
    ),
  );
}

async function encodedSchemas(connection: ProviderConnection, limits: CallLimits) {
  try {
    const answer = await connection.call("identitySchemas", Empty, {}, IdentitySchemasResponse, limits);
    refuseErrors(answer.diagnostics, "the provider gives no schemas of identities");
    return answer.identitySchemas;
  } catch (error) {
    if (error instanceof ProviderError && error.code === "provider_rpc_unknown") return [];
    throw error;
  }
}

function identityType(bytes: Uint8Array): CtyType {
  try {
    const { attributes } = IdentitySchema.decode(bytes);
    const types = attributes.map(({ name, type }): [string, unknown] => [
      name,
      JSON.parse(Buffer.from(type).toString()),
    ]);
    return parseType(["object", Object.fromEntries(types)]);
  } catch (cause) {
    if (cause instanceof ProviderError) throw cause;
    throw new ProviderError("schema_invalid", "a schema of an identity is no valid message", { cause });
  }
}

/** Asking a provider what exists, whether any state knows it or not. Providers have this call since protocols 5.10 and 6.10. */
import type { CtyObject } from "../cty/value.ts";
import type { SchemaIndex } from "../schema/index.ts";
import { type Diagnostic, diagnosticsOf } from "../wire/diagnostic.ts";
import { ListEvent, ListRequest } from "../wire/rpc.ts";
import { encodeConfiguration } from "./configuration.ts";
import type { CallLimits, ProviderConnection } from "./connection.ts";

export interface ListOptions {
  /** By the type's list schema; what is left out is null, blocks are empty. */
  readonly config?: CtyObject | undefined;
  /** No more than so many are asked for, and taken: at least 1; 10,000 when absent. */
  readonly most?: number | undefined;
}

export interface ListedResource {
  /** For people; empty where the provider has none. */
  readonly displayName: string;
  /** MessagePack of the object by which it is imported; undefined where the provider gives none. */
  readonly identity: Uint8Array | undefined;
  /** What it is like, by the type's schema; undefined where the provider gives none. */
  readonly value: Uint8Array | undefined;
}

export interface Listing {
  readonly resources: readonly ListedResource[];
  /** There may be more than were asked for. */
  readonly isCut: boolean;
  /** Errors among them say that it is not everything: a region that could not be asked, say. */
  readonly diagnostics: readonly Diagnostic[];
}

const MOST = 10_000;

/** @throws ProviderError as calls do, `type_unknown`, `cty_encode_failed` */
export async function listResources(
  connection: ProviderConnection,
  schemas: SchemaIndex,
  type: string,
  { config = {}, most = MOST }: ListOptions,
  limits: CallLimits,
): Promise<Listing> {
  const { whole } = encodeConfiguration(config, undefined, schemas.list(type));
  const request = { typeName: type, config: { msgpack: whole }, includeResourceObject: true, limit: most };
  const resources: ListedResource[] = [];
  const diagnostics: Diagnostic[] = [];
  await connection.stream("listResource", ListRequest, request, ListEvent, limits, (event) => {
    diagnostics.push(...diagnosticsOf(event.diagnostics));
    const identity = given(event.identity?.identityData?.msgpack);
    const value = given(event.resourceObject?.msgpack);
    // An event may be there for its diagnostics alone.
    if (identity !== undefined || value !== undefined || event.displayName !== "")
      resources.push({ displayName: event.displayName, identity, value });
    return resources.length < most && diagnostics.length < most ? "more" : "enough";
  });
  return { resources, isCut: resources.length >= most, diagnostics };
}

/** A copy: decoded bytes are a view into a message, and chunks of many would be kept for one. */
function given(bytes: Uint8Array | undefined): Uint8Array | undefined {
  return bytes === undefined || bytes.length === 0 ? undefined : bytes.slice();
}

/**
 * Reading a cloud through its provider. A reader has no way to write: its type has no `apply`, and its connection
 * refuses the call whoever makes it.
 */
import type { CtyType } from "../cty/type.ts";
import type { SchemaIndex } from "../schema/index.ts";
import type { Method } from "../wire/rpc.ts";
import {
  type EncodedPlan,
  type EncodedState,
  type ImportedResource,
  importResource,
  type PlanInput,
  planChange,
  type RecordedAttributes,
  readResource,
  upgradeState,
} from "./calls.ts";
import type { CallLimits } from "./connection.ts";
import { identityTypes } from "./identities.ts";
import { type Listing, type ListOptions, listResources } from "./listing.ts";
import { ProviderSession, type SessionOptions } from "./session.ts";

/** Values are MessagePack bytes by the type's schema: compare them as bytes, decode them only when they differ. */
export interface ProviderReader {
  readonly purpose: "read";
  readonly schemas: SchemaIndex;
  /** What a state file recorded, as a value of the present schema. `version` is the one the state names. */
  upgrade(
    type: string,
    version: number,
    recorded: RecordedAttributes,
    limits: CallLimits,
  ): Promise<Uint8Array>;
  /** What exists now. The value is {@link NULL_VALUE} when the object is gone. */
  read(type: string, current: Uint8Array, privateData: Uint8Array, limits: CallLimits): Promise<EncodedState>;
  /** What the provider would change, by its own rules of what is equal. Changes nothing. */
  plan(input: PlanInput, limits: CallLimits): Promise<EncodedPlan>;
  /** Finds an object by its id. */
  import(type: string, id: string, limits: CallLimits): Promise<readonly ImportedResource[]>;
  /** What exists of a type that the provider can list: see `SchemaIndex.listTypes`. */
  list(type: string, options: ListOptions, limits: CallLimits): Promise<Listing>;
  /** What the identities of these types are made of, to be decoded with; types that have none are left out. */
  identities(types: readonly string[], limits: CallLimits): Promise<ReadonlyMap<string, CtyType>>;
  close(): Promise<void>;
}

/** A reader for whoever keeps it running for others. */
export interface SupervisedReader extends ProviderReader {
  /** Of the process that runs now, and of the process group that the provider is in; undefined while none runs. */
  readonly pid: number | undefined;
  /**
   * What the provider printed until now is kept as the mask makes it. For a reader that outlives those who use it: their
   * secrets are to be forgotten, and may stand in the output that a later crash tells.
   */
  maskOutput(mask: (text: string) => string): void;
}

export type ReaderOptions = Omit<SessionOptions, "allowed" | "validate">;

export const READING: ReadonlySet<Method> = new Set<Method>([
  "getSchema",
  "validateConfig",
  "configure",
  "validateResource",
  "upgradeState",
  "readResource",
  "plan",
  "importResource",
  "readDataSource",
  "listResource",
  "identitySchemas",
  "stop",
]);

/**
 * Starts and configures a provider for reading. Its configuration is not validated first: that has no part in what is
 * read, since Configure gets the same bytes, and takes some providers longer than all reads of a small stack.
 */
export async function openReader(options: ReaderOptions): Promise<SupervisedReader> {
  const session = new ProviderSession({ ...options, allowed: READING, validate: "refused" });
  const schemas = await session.start();
  return {
    purpose: "read",
    schemas,
    ...readingCalls(session, schemas),
    get pid() {
      return session.pid;
    },
    maskOutput: (mask) => session.maskOutput(mask),
    close: () => session.close(),
  };
}

/** The calls that reader and writer share. */
export function readingCalls(session: ProviderSession, schemas: SchemaIndex) {
  return {
    upgrade: (type: string, version: number, recorded: RecordedAttributes, limits: CallLimits) =>
      session.use((connection) => upgradeState(connection, type, version, recorded, limits), limits.signal),
    read: (type: string, current: Uint8Array, privateData: Uint8Array, limits: CallLimits) =>
      session.use(
        (connection) => readResource(connection, type, current, privateData, limits),
        limits.signal,
      ),
    plan: (input: PlanInput, limits: CallLimits) =>
      session.use((connection) => planChange(connection, input, limits), limits.signal),
    import: (type: string, id: string, limits: CallLimits) =>
      session.use((connection) => importResource(connection, type, id, limits), limits.signal),
    list: (type: string, options: ListOptions, limits: CallLimits) =>
      session.use((connection) => listResources(connection, schemas, type, options, limits), limits.signal),
    identities: (types: readonly string[], limits: CallLimits) =>
      session.use((connection) => identityTypes(connection, types, limits), limits.signal),
  };
}

/** What a provider says exists, type by type, whether any state has it or not. */
import {
  type CtyObject,
  type CtyType,
  type CtyValue,
  decodeCty,
  isCtyObject,
  type ListedResource,
  type ProviderReader,
  type Schema,
} from "tfprovider";

/** What tells one resource from another; what it is like may hold secrets, and is not kept. */
export interface ListedObject {
  readonly type: string;
  /** For people; empty where the provider has none. */
  readonly name: string;
  /** Texts and numbers of the object by which it is imported, in the order of its schema. */
  readonly identity: Readonly<Record<string, string>>;
  /** Of its attributes, where it has them. */
  readonly id?: string;
  readonly arn?: string;
  readonly region?: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface ProviderList {
  /** Types that were asked for. */
  readonly types: readonly string[];
  /** Types that the provider lists only when it is told what to look for, with what it wants to be told. */
  readonly notAsked: readonly NotAsked[];
  readonly objects: readonly ListedObject[];
}

export interface NotAsked {
  readonly type: string;
  /** Names of what its configuration must have. */
  readonly wants: readonly string[];
}

export interface ListingOptions {
  /** Does the call, and notes what goes wrong with it, which is then undefined. */
  readonly ask: <Answer>(type: string, call: () => Promise<Answer>) => Promise<Answer | undefined>;
  /** An answer that is not everything. */
  readonly onPartial: (type: string, why: string) => void;
  /** Milliseconds for each type. */
  readonly deadlineMs: number;
  /** Things of one type. */
  readonly most: number;
  readonly signal: AbortSignal;
}

/** What goes wrong with one type holds up no other. @throws the reason of the signal */
export async function listWith(reader: ProviderReader, options: ListingOptions): Promise<ProviderList> {
  const { schemas } = reader;
  const wants = new Map([...schemas.listTypes()].map((type) => [type, wantsOf(schemas.list(type))]));
  const types = [...wants].flatMap(([type, wanted]) => (wanted.length === 0 ? [type] : []));
  const notAsked = [...wants].flatMap(([type, wanted]) =>
    wanted.length === 0 ? [] : [{ type, wants: wanted }],
  );
  if (types.length === 0) return { types, notAsked, objects: [] };
  const { ask, deadlineMs, signal } = options;
  const limits = { deadlineMs, signal };
  const identities = await ask("identities", () => reader.identities(types, limits));
  const lists = await Promise.all(
    types.map((type) => listType(reader, type, identities?.get(type), options)),
  );
  return { types, notAsked, objects: lists.flat() };
}

/** What a listing cannot be made without. */
function wantsOf({ block }: Schema): readonly string[] {
  return [
    ...[...block.attributes].flatMap(([name, { required }]) => (required ? [name] : [])),
    ...[...block.blocks].flatMap(([name, { minItems }]) => (minItems > 0 ? [name] : [])),
  ];
}

async function listType(
  reader: ProviderReader,
  type: string,
  identity: CtyType | undefined,
  { ask, onPartial, deadlineMs, most, signal }: ListingOptions,
): Promise<readonly ListedObject[]> {
  const objects = await ask(type, async () => {
    const { resources, isCut, diagnostics } = await reader.list(type, { most }, { deadlineMs, signal });
    for (const { severity, summary, detail } of diagnostics)
      if (severity === "error") onPartial(type, [summary, detail].filter((text) => text !== "").join(": "));
    if (isCut) onPartial(type, `There are more than ${most}: the others are unknown.`);
    const value = reader.schemas.hasResource(type) ? reader.schemas.resource(type).type : undefined;
    return resources.map((resource) => objectOf(type, resource, { identity, value }));
  });
  const known = (objects ?? []).filter((object) => object !== undefined);
  if (objects !== undefined && known.length < objects.length)
    onPartial(type, `${objects.length - known.length} were told without id or identity.`);
  return known;
}

/** Undefined when nothing tells it from others. */
function objectOf(
  type: string,
  { displayName, ...encoded }: ListedResource,
  types: { readonly identity: CtyType | undefined; readonly value: CtyType | undefined },
): ListedObject | undefined {
  const identity = textsIn(decoded(encoded.identity, types.identity));
  const value = decoded(encoded.value, types.value);
  const id = textOf(value["id"]);
  if (id === undefined && Object.keys(identity).length === 0) return undefined;
  const arn = textOf(value["arn"]) ?? identity["arn"];
  const region = textOf(value["region"]) ?? identity["region"];
  return {
    ...{ type, name: displayName.toWellFormed(), identity },
    ...(id === undefined ? {} : { id }),
    ...(arn === undefined ? {} : { arn }),
    ...(region === undefined ? {} : { region }),
    tags: { ...tagsIn(value["tags_all"]), ...tagsIn(value["tags"]) },
  };
}

function decoded(bytes: Uint8Array | undefined, type: CtyType | undefined): CtyObject {
  const value = bytes === undefined || type === undefined ? null : decodeCty(bytes, type);
  return isCtyObject(value) ? value : {};
}

function textsIn(object: CtyObject): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(object).flatMap(([name, value]): [string, string][] => {
      const text = textOf(value);
      return text === undefined ? [] : [[name, text]];
    }),
  );
}

function tagsIn(value: CtyValue | undefined): Readonly<Record<string, string>> {
  return isCtyObject(value) ? textsIn(value) : {};
}

function textOf(value: CtyValue | undefined): string | undefined {
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  return typeof value === "string" && value !== "" ? value.toWellFormed() : undefined;
}

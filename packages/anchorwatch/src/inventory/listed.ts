/** What the providers of stacks list, as things. A provider's word is taken for what exists, and for nothing that leaves something out. */
import { parseArn } from "./arn.ts";
import { attributesOf } from "./shown.ts";
import { GLOBAL, named, type Thing, type ThingName, unique } from "./thing.ts";

export interface ListedObject {
  readonly type: string;
  readonly name: string;
  readonly identity: Readonly<Record<string, string>>;
  readonly id?: string;
  readonly arn?: string;
  readonly region?: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** One configuration of a provider. */
export interface ListingSource {
  /** Source address. */
  readonly provider: string;
  /** Equal for the same configuration. */
  readonly configuration: string;
  /** That it is configured with. */
  readonly region: string | undefined;
  /** Number of the account that is searched. */
  readonly account: string;
  /** Stacks that read with it. */
  readonly readBy: ReadonlySet<string>;
  /** One of these stacks has resources in no other account. */
  readonly isOfAccount: boolean;
}

/** Whether what it lists is AWS's. */
export function isAws(provider: string): boolean {
  return provider.endsWith("/hashicorp/aws");
}

/** See `Thing.unit`; no service of AWS is called so. */
export function unitOfProvider({
  provider,
  configuration,
}: Pick<ListingSource, "provider" | "configuration">): string {
  return `${provider} #${configuration.slice(-16)}`;
}

/** The provider that told of a unit; undefined: AWS did. */
export function providerOfUnit(unit: string): string | undefined {
  const [source = ""] = unit.split(" ", 1);
  return source.includes("/") ? source : undefined;
}

/** Without those of other accounts, as far as they tell theirs. */
export function listedThings(objects: readonly ListedObject[], source: ListingSource): readonly Thing[] {
  return objects.flatMap((object) => {
    const account = object.arn === undefined ? undefined : parseArn(object.arn)?.account;
    const isTold = account !== undefined && /^[0-9]{12}$/.test(account);
    const isHere = isTold ? account === source.account : source.isOfAccount || !isAws(source.provider);
    return isHere ? [thingOf(object, source)] : [];
  });
}

function thingOf(object: ListedObject, source: ListingSource): Thing {
  const { type, name, identity, arn } = object;
  const { provider, readBy } = source;
  const id = object.id ?? idOf(identity);
  return {
    ...{ type, id, provider, readBy, region: regionOf(object, source), unit: unitOfProvider(source) },
    ...(arn === undefined ? {} : { arn }),
    names: namesOf(object, id),
    tags: tagsOf(object, provider),
    facts: [],
    attributes: attributesOf({ ...(name === "" ? {} : { name }), ...identity, id, ...(arn && { arn }) }),
    telling: [],
  };
}

/** Where the thing is, and no part of what it is called there. */
const PLACE: ReadonlySet<string> = new Set(["account_id", "account", "region", "project", "location"]);
/** Between the parts of ids that providers put together. */
const SEPARATORS = ["/", ":", ",", "|", "_"];

function idOf(identity: ListedObject["identity"]): string {
  const own = ownParts(identity);
  if (own.length === 1) return own[0] ?? "";
  return Object.entries(identity)
    .map(([name, value]) => `${name}=${value}`)
    .join(",");
}

function ownParts(identity: ListedObject["identity"]): readonly string[] {
  return Object.entries(identity).flatMap(([name, value]) => (PLACE.has(name) ? [] : [value]));
}

/** A state has the attributes of a resource, and the identity is made of some of them. */
function namesOf({ identity, arn }: ListedObject, id: string): readonly ThingName[] {
  const parts = ownParts(identity);
  const told = [id, ...(parts.length === 0 ? [] : SEPARATORS.map((between) => parts.join(between)))];
  const names = [...new Set(told)].filter((text) => text !== arn).map(named);
  return arn === undefined ? names : [unique(arn), ...names];
}

const GLOBAL_TYPES = /^aws_(?:iam|s3|route53|cloudfront)_/;

function regionOf({ type, arn, region }: ListedObject, source: ListingSource): string {
  if (!isAws(source.provider)) return GLOBAL;
  if (GLOBAL_TYPES.test(type)) return GLOBAL;
  const told = arn === undefined ? undefined : parseArn(arn)?.region;
  return told || region || source.region || GLOBAL;
}

/** Only AWS keeps what begins with `aws:` for itself: elsewhere anybody could hide behind it. */
function tagsOf({ tags }: ListedObject, provider: string): Readonly<Record<string, string>> {
  if (isAws(provider)) return tags;
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith("aws:")));
}

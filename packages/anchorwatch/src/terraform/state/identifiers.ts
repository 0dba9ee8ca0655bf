/**
 * By which names an event may speak of the resources of a state. No table of services: a resource is called by its `id`,
 * `arn` and `name` and by what else of its attributes is an id, an ARN or a name that no other one has; and it is spoken of,
 * too, where something is named that it refers to.
 */
import { canName } from "../../compare/identifiers.ts";
import type { ResourceAddress } from "../../domain/address.ts";
import type { Path } from "../../domain/path.ts";
import { isArray, isObject, type Value } from "../../domain/value.ts";
import { importNames } from "./importNames.ts";
import type { StateInstance } from "./instance.ts";
import type { StateFile } from "./stateFile.ts";

/** `own`: it is the resource's name. `reference`: the resource only speaks of it. */
export interface StackIdentifier {
  readonly identifier: string;
  readonly address: ResourceAddress;
  readonly kind: "own" | "reference";
}

const SHORTEST = 2;
const LONGEST = 2048;
/** Always the resource's own, whoever else has it. */
const OWN: ReadonlySet<string> = new Set(["id", "arn", "name"]);
const NAMING = /^(?:id|arn|name|url|bucket|self_link|fqdn)$|_(?:id|arn|name|url)$/;
/** What nobody in this state is called, such as a network of others, is worth telling of a few resources, not of a thousand. */
const MOST_HOLDERS = 50;
/** Attributes that schemas call sensitive are known to the provider alone; these names tell without it. */
const SECRET = /secret|password|passphrase|token|credential|private/i;

/** Managed resources only. Each name once for an address; made one resource after the other, as they are asked for. */
export function* stackIdentifiers(state: StateFile): Generator<StackIdentifier> {
  const named = new NamesOfAll(state);
  for (const instance of state.instances) {
    if (instance.mode !== "managed") continue;
    const kinds = new Map<string, StackIdentifier["kind"]>();
    for (const identifier of named.references(instance)) kinds.set(identifier, "reference");
    for (const identifier of named.own(instance)) kinds.set(identifier, "own");
    for (const identifier of importNames(instance)) kinds.set(identifier, "own");
    for (const [identifier, kind] of kinds) yield { identifier, address: instance.address, kind };
  }
}

/** What a text stands for in the whole state. */
interface Holders {
  /** Resources that are called so. */
  readonly owners: Set<StateInstance>;
  /** Resources of which some attribute says so. */
  count: number;
}

class NamesOfAll {
  readonly #holders = new Map<string, Holders>();

  constructor(state: StateFile) {
    for (const instance of state.instances) {
      if (instance.mode !== "managed") continue;
      const names = namesOf(instance);
      for (const text of new Set(names.values())) this.#holdersOf(text).count += 1;
      for (const [attribute, text] of names)
        if (OWN.has(attribute)) this.#holdersOf(text).owners.add(instance);
    }
  }

  /** Its id, ARN and name; and what else it alone is called. */
  own(instance: StateInstance): readonly string[] {
    return [...namesOf(instance)]
      .filter(([attribute, text]) => OWN.has(attribute) || this.#isAlone(instance, text))
      .map(([, text]) => text);
  }

  *references(instance: StateInstance): Generator<string> {
    const names = namesOf(instance);
    for (const text of names.values()) {
      const { owners, count } = this.#holdersOf(text);
      if (owners.size > 0 || count <= MOST_HOLDERS) yield text;
    }
    for (const [path, text] of strings(instance)) if (this.#isSpokenOf(path, text)) yield text;
    const siblings = new Set(names.values());
    for (const text of names.values()) {
      yield* partsOf(text).filter((part) => isUseful(part));
      yield* text
        .split("_")
        .filter((part) => part !== text && isUseful(part) && this.#isKnown(part, siblings));
    }
  }

  #isAlone(instance: StateInstance, text: string): boolean {
    const { owners, count } = this.#holdersOf(text);
    return count === 1 && [...owners].every((owner) => owner === instance);
  }

  /** A plain name can be anybody's: it counts only where the attribute speaks of that kind of thing. */
  #isSpokenOf(path: Path, text: string): boolean {
    const owners = this.#holders.get(text)?.owners ?? [];
    const attribute = path.findLast((step) => typeof step === "string");
    if (typeof attribute !== "string") return false;
    return [...owners].some(({ type }) => isUnmistakable(text) || canName(attribute, type));
  }

  /** Words of a name are none by themselves. */
  #isKnown(part: string, siblings: ReadonlySet<string>): boolean {
    return siblings.has(part) || (this.#holders.get(part)?.owners.size ?? 0) > 0;
  }

  #holdersOf(text: string): Holders {
    const known = this.#holders.get(text) ?? { owners: new Set(), count: 0 };
    this.#holders.set(text, known);
    return known;
  }
}

/** Top-level attributes that name the resource or another one. */
function namesOf(instance: StateInstance): ReadonlyMap<string, string> {
  const members = instance.members();
  const hidden = hiddenAttributes(instance);
  if (hidden === "all") return new Map();
  const wanted = [...members.keys()].filter(
    (name) => NAMING.test(name) && !SECRET.test(name) && !hidden.has(name),
  );
  const values = members.size === 0 ? instance.parseAttributes() : instance.parseMembers(members, wanted);
  if (!isObject(values)) return new Map();
  const texts = Object.entries(values).flatMap(([name, value]): [string, string][] => {
    const text = typeof value === "number" || typeof value === "bigint" ? String(value) : value;
    if (typeof text !== "string" || !NAMING.test(name) || SECRET.test(name) || hidden.has(name)) return [];
    return isUseful(text, name === "id") ? [[name, text]] : [];
  });
  return new Map(texts);
}

/** Every text in the value of the resource that is no secret, with its place. */
function* strings(instance: StateInstance): Generator<readonly [Path, string]> {
  const hidden = hiddenAttributes(instance);
  if (hidden === "all") return;
  const values = instance.parseAttributes();
  if (!isObject(values)) return;
  for (const [name, value] of Object.entries(values)) {
    if (!hidden.has(name) && !SECRET.test(name)) yield* stringsIn(value, [name]);
  }
}

function* stringsIn(value: Value, path: Path): Generator<readonly [Path, string]> {
  if (typeof value === "string") {
    if (value.length >= SHORTEST && value.length <= LONGEST) yield [path, value];
  } else if (isArray(value)) {
    for (const [index, element] of value.entries()) yield* stringsIn(element, [...path, index]);
  } else if (isObject(value)) {
    for (const [key, member] of Object.entries(value)) {
      if (!SECRET.test(key)) yield* stringsIn(member, [...path, key]);
    }
  }
}

/** An attribute of which anything is a secret is left out whole. */
function hiddenAttributes({ sensitivePaths }: StateInstance): ReadonlySet<string> | "all" {
  const first = sensitivePaths.map(([step]) => step);
  return first.some((step) => typeof step !== "string") ? "all" : new Set(first as string[]);
}

/**
 * Of `cluster/service`, `role:policy`, `arn:aws:iam::1:role/app`, `https://queue.example/1/jobs` what else could be named. Of
 * an address and of an ARN that is only the last part: the others name a service, an account, a region.
 */
function partsOf(text: string): readonly string[] {
  if (/^(?:arn:|[a-z][a-z0-9+.-]*:\/\/)/i.test(text)) return [text.split(/[/:]/).at(-1) ?? ""];
  const parts = text.split(/[/:,|]/);
  return parts.length === 1 ? [] : parts;
}

/** @param isId an id counts, whatever it looks like */
function isUseful(text: string, isId = false): boolean {
  if (text.length < SHORTEST || text.length > LONGEST) return false;
  return isId || !(/^[-+0-9.,:/]*$/.test(text) || /^(?:true|false|null|none|default)$/i.test(text));
}

function isUnmistakable(text: string): boolean {
  return (
    /^arn:|:\/\/|\//.test(text) ||
    /^[a-z]{1,12}-[0-9a-f]{8,17}$|^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(text)
  );
}

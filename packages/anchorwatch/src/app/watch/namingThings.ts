/** Which events speak of which things, by the names that both have. */
import type { AuditEvent } from "../../domain/auditEvent.ts";

/** A thing, or the record of one. */
export interface NamedThing {
  readonly type: string;
  readonly id: string;
  readonly arn?: string;
  readonly parent?: { readonly type: string; readonly id: string };
}

const SEPARATORS = /[:/,|]/;

/** What all events about the making of a thing have among their identifiers. */
export function tellingNames({
  id,
  arn,
  parent,
}: Pick<NamedThing, "id" | "arn" | "parent">): readonly string[] {
  if (parent !== undefined && id.startsWith(parent.id) && SEPARATORS.test(id.charAt(parent.id.length)))
    return [parent.id, id.slice(parent.id.length + 1)].filter((part) => part !== "");
  if (id.startsWith("arn:") || id.includes("://")) return [arn ?? id];
  return id.split(SEPARATORS).filter((part) => part !== "");
}

/** @param isNew nothing was known of it: then a call that makes such parts of its parent counts as well, as of the user who gets a key */
export function namesThing(
  { identifiers, name }: Pick<AuditEvent, "identifiers" | "name">,
  thing: NamedThing,
  isNew: boolean,
): boolean {
  const { arn, id, parent } = thing;
  if (identifiers.includes(id) || (arn !== undefined && identifiers.includes(arn))) return true;
  if (tellingNames(thing).every((text) => identifiers.includes(text))) return true;
  return (
    isNew &&
    parent !== undefined &&
    identifiers.includes(parent.id) &&
    isOfPart(name, thing.type, parent.type)
  );
}

/** `CreateAccessKey` makes keys of users; `CreateUser` makes none. Of the part's type, what its parent's does not say. */
function isOfPart(call: string, type: string, parent: string): boolean {
  const known = new Set(parent.split("_"));
  const name = call.toLowerCase();
  return type.split("_").some((word) => !known.has(word) && name.includes(word));
}

/** Thousands of things are looked up in hundreds of events. */
export interface NamingEvents {
  /** In their order. @param isNew see `namesThing` */
  of(thing: NamedThing, isNew: boolean): readonly AuditEvent[];
}

export function namingEvents(events: readonly AuditEvent[]): NamingEvents {
  const byName = new Map<string, AuditEvent[]>();
  for (const event of events) {
    for (const name of new Set(event.identifiers)) {
      const known = byName.get(name);
      if (known === undefined) byName.set(name, [event]);
      else known.push(event);
    }
  }
  return {
    of(thing, isNew) {
      if (byName.size === 0) return [];
      const { id, arn, parent } = thing;
      const names = [id, arn, tellingNames(thing)[0], parent?.id];
      const candidates = new Set(
        names.flatMap((name) => (name === undefined ? [] : (byName.get(name) ?? []))),
      );
      // The making of a user has made no key: what names the thing itself says more than what names its parent.
      const named = [...candidates].filter((event) => namesThing(event, thing, false));
      return named.length > 0 || !isNew
        ? named
        : [...candidates].filter((event) => namesThing(event, thing, true));
    },
  };
}

/** Of an event after which something may be gone. */
export function isRemoval({ name }: Pick<AuditEvent, "name">): boolean {
  return /^(?:Delete|Detach|Remove|Terminate|Revoke|Deregister|Release|Retire|Schedule)/.test(name);
}

/**
 * Members of what came as JSON from outside. Everything in it may be missing, of another type, or hostile; texts are made fit for a
 * database that takes neither NUL nor half a surrogate pair.
 */
export type Members = Readonly<Record<string, unknown>>;

const NONE: Members = Object.freeze({});

export function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** No members where there is no object. */
export function membersOf(value: unknown): Members {
  return isMembers(value) ? value : NONE;
}

/** Own member, or undefined: `constructor` is none of a record's. */
export function member(members: Members, name: string): unknown {
  return Object.hasOwn(members, name) ? members[name] : undefined;
}

/** The text of a member, cut to `limit` characters; undefined for anything but a text that has some. */
export function textOf(members: Members, name: string, limit = 2048): string | undefined {
  const value = member(members, name);
  if (typeof value !== "string") return undefined;
  const text = storable(value.length > limit ? value.slice(0, limit) : value);
  return text === "" ? undefined : text;
}

export function isStorable(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}

function storable(text: string): string {
  return isStorable(text) ? text : text.replaceAll("\0", "").toWellFormed();
}

/** Only the members that are there. */
export function present<Value extends object>(value: Value): Present<Value> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as Present<Value>;
}

type Present<Value> = { [Name in keyof Value]?: Exclude<Value[Name], undefined> };

import { written } from "../issues.ts";
import type { Problems } from "../problems.ts";
import type { DocumentPath } from "../yamlDocument.ts";

interface Kinds<Kind extends string> {
  /** What it is called in messages: `anchor`. */
  readonly what: string;
  /** Each is a member that makes the entry one of that kind. */
  readonly kinds: readonly Kind[];
  /** Members of each kind besides. */
  readonly members: Readonly<Record<Kind, readonly string[]>>;
  /** Members that all kinds have. */
  readonly common: readonly string[];
}

/** The kind of an entry that exactly one member makes; undefined, and a problem is reported, where none or several do. */
export function kindOf<Kind extends string>(
  section: Readonly<Record<string, unknown>>,
  at: DocumentPath,
  problems: Problems,
  { what, kinds, members, common }: Kinds<Kind>,
): Kind | undefined {
  const [kind, ...others] = kinds.filter((name) => section[name] !== undefined);
  if (kind === undefined || others.length > 0) {
    const found = kind === undefined ? "nothing" : [kind, ...others].join(" and ");
    problems.reportAt(
      at,
      `${written(at)}: expected one of ${kinds.join(", ")}, found ${found}`,
      `Give each ${what} an entry of its own.`,
    );
    return undefined;
  }
  const known: readonly string[] = [kind, ...members[kind], ...common];
  for (const name of Object.keys(section).filter((member) => !known.includes(member))) {
    const message = `${written([...at, name])} is nothing that a ${kind} ${what} has`;
    problems.reportAt([...at, name], message, "Remove it.", "key");
  }
  return kind;
}

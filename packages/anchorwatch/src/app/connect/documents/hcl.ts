/** Terraform's language: resources with their arguments, blocks and embedded JSON. */
import {
  commentOf,
  hasReference,
  isList,
  isMap,
  membersOf,
  replaceReferences,
  type Tree,
  type TreeMap,
  wholeReference,
} from "./tree.ts";

/** A member of a block: nested blocks of one name, `jsonencode(…)` of a tree, an expression as it stands, or a plain value. */
export type HclValue =
  | { readonly kind: "blocks"; readonly bodies: readonly HclBody[] }
  | { readonly kind: "json"; readonly tree: Tree }
  | { readonly kind: "expression"; readonly text: string }
  | { readonly kind: "value"; readonly tree: Tree };

export type HclBody = Readonly<Record<string, HclValue>>;

export interface HclResource {
  readonly type: string;
  readonly name: string;
  /** Above it, for people. */
  readonly comment?: string;
  readonly body: HclBody;
}

export const block = (...bodies: readonly HclBody[]): HclValue => ({ kind: "blocks", bodies });
export const json = (tree: Tree): HclValue => ({ kind: "json", tree });
export const value = (tree: Tree): HclValue => ({ kind: "value", tree });

/** What a reference is in the language: `aws_sqs_queue.events.arn`. */
export type References = (name: string) => string;

export function hclResource({ type, name, comment, body }: HclResource, references: References): string {
  const above = (comment === undefined ? [] : commentOf({ "#": comment })).map((line) => `# ${line}\n`);
  return `${above.join("")}resource "${type}" "${name}" {\n${hclBody(body, references, "  ")}}\n`;
}

function hclBody(body: HclBody, references: References, indent = "  "): string {
  const lines: string[] = [];
  const members = Object.entries(body);
  // As `terraform fmt` has it: neighbouring arguments of one line have their signs below each other.
  for (let at = 0; at < members.length; ) {
    const group = oneLiners(members.slice(at), references, indent);
    if (group.length === 0) {
      lines.push(longMember(members[at], references, indent, at > 0));
      at += 1;
      continue;
    }
    const width = Math.max(...group.map(([name]) => name.length));
    if (at > 0 && members[at - 1]?.[1].kind === "blocks") lines.push("\n");
    for (const [name, text] of group) lines.push(`${indent}${name.padEnd(width)} = ${text}\n`);
    at += group.length;
  }
  return lines.join("");
}

function oneLiners(
  members: readonly (readonly [string, HclValue])[],
  references: References,
  indent: string,
): readonly (readonly [string, string])[] {
  const group: (readonly [string, string])[] = [];
  for (const [name, member] of members) {
    if (member.kind === "blocks") break;
    const text = write(member, references, indent);
    if (text.includes("\n")) break;
    group.push([name, text]);
  }
  return group;
}

function longMember(
  member: readonly [string, HclValue] | undefined,
  references: References,
  indent: string,
  hasBefore: boolean,
): string {
  if (member === undefined) return "";
  const [name, content] = member;
  const gap = hasBefore ? "\n" : "";
  if (content.kind === "blocks") {
    const written = content.bodies.map(
      (body) => `${indent}${name} {\n${hclBody(body, references, `${indent}  `)}${indent}}\n`,
    );
    return `${gap}${written.join("\n")}`;
  }
  return `${gap}${indent}${name} = ${write(content, references, indent)}\n`;
}

function write(content: HclValue, references: References, indent: string): string {
  switch (content.kind) {
    case "expression":
      return content.text;
    case "json":
      return `jsonencode(${hclTree(content.tree, references, indent)})`;
    case "value":
      return hclTree(content.tree, references, indent);
    case "blocks":
      return "";
  }
}

/** A value: `{ … }` with comments, lists, and texts with references in them. */
function hclTree(tree: Tree, references: References, indent: string): string {
  if (typeof tree === "string") return hclText(tree, references);
  if (typeof tree !== "object") return String(tree);
  const inner = `${indent}  `;
  if (isList(tree)) return hclList(tree, references, indent);
  return isMap(tree) ? hclMap(tree, references, indent, inner) : "";
}

function hclList(list: readonly Tree[], references: References, indent: string): string {
  if (list.length === 0) return "[]";
  const inner = `${indent}  `;
  const written = list.map((item) => hclTree(item, references, inner));
  if (list.every((item) => typeof item !== "object") && written.join(", ").length < 80) {
    return `[${written.join(", ")}]`;
  }
  const items = list.map((item, at) => {
    const comment = commentOf(item).map((line) => `${inner}# ${line}\n`);
    return `${comment.join("")}${inner}${written[at]},\n`;
  });
  return `[\n${items.join("")}${indent}]`;
}

function hclMap(map: TreeMap, references: References, indent: string, inner: string): string {
  const members = membersOf(map);
  if (members.length === 0) return "{}";
  const written = members.map(([name, item]) => [hclKey(name), hclTree(item, references, inner)] as const);
  const lines: string[] = [];
  for (let at = 0; at < written.length; ) {
    const end = written.findIndex(([, text], index) => index >= at && text.includes("\n"));
    const group = written.slice(at, end === -1 ? written.length : end);
    const width = Math.max(0, ...group.map(([name]) => name.length));
    for (const [name, text] of group) lines.push(`${inner}${name.padEnd(width)} = ${text}\n`);
    at += group.length;
    const long = written[at];
    if (long !== undefined) {
      lines.push(`${inner}${long[0]} = ${long[1]}\n`);
      at += 1;
    }
  }
  return `{\n${lines.join("")}${indent}}`;
}

function hclKey(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_-]*$/.test(name) ? name : JSON.stringify(name);
}

function hclText(text: string, references: References): string {
  const whole = wholeReference(text);
  if (whole !== undefined) return references(whole);
  const quoted = JSON.stringify(text);
  return hasReference(text) ? replaceReferences(quoted, (name) => `\${${references(name)}}`) : quoted;
}

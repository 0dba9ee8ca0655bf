/**
 * Attributes of one shape side by side, such as `ingress` and `egress`: an element of one looks like an element of the
 * other, and a resource that declares the one must never explain the other. Opening a group to the world where only
 * its way out was declared is the attack that this stands against.
 */
import type { ObjectShape, Shape } from "../domain/shape.ts";
import { leavesOf, type View } from "./leaves.ts";
import { shareWord, typeWords, wordsOf } from "./words.ts";

/** Other attributes of the same shape. Strings are everywhere: they count where their names have a word in common. */
export function siblingsOf(attribute: string, shape: ObjectShape): readonly string[] {
  const own = shape.attributes.get(attribute);
  if (own === undefined) return [];
  const signature = signatureOf(own.shape);
  const isCollection = own.shape.kind === "list" || own.shape.kind === "set" || own.shape.kind === "map";
  return [...shape.attributes]
    .filter(([name, other]) => name !== attribute && signatureOf(other.shape) === signature)
    .map(([name]) => name)
    .filter((name) => isCollection || shareWord(wordsOf(name), wordsOf(attribute)));
}

function signatureOf(shape: Shape): string {
  switch (shape.kind) {
    case "list":
    case "set":
    case "map":
      return `${shape.kind}(${signatureOf(shape.element)})`;
    case "tuple":
      return `tuple(${shape.elements.map(signatureOf)})`;
    case "object":
      return `{${[...shape.attributes].map(([name, a]) => `${name}:${signatureOf(a.shape)}`).sort()}}`;
    case "string":
    case "number":
    case "bool":
    case "dynamic":
      return shape.kind;
  }
}

/**
 * What a resource says about which of two siblings it belongs to, by its type (`…_egress_rule`), a text
 * (`type = "egress"`) or a switch (`egress = false`). The type has the first word: it cannot be changed from outside.
 */
export type Side = "attribute" | "sibling" | "open";

export function sideOf(
  attribute: string,
  sibling: string,
  holder: { readonly type: string; readonly views: readonly View[] },
): Side {
  const own = distinguishing(attribute, sibling);
  const other = distinguishing(sibling, attribute);
  const type = typeWords(holder.type);
  const byType = decide(isNamedBy(type, own), isNamedBy(type, other));
  if (byType !== "open") return byType;
  const said = saidIn(holder.views);
  return decide(
    mentions(said.texts, own) || mentions(said.refused, other),
    mentions(said.texts, other) || mentions(said.refused, own),
  );
}

function decide(attribute: boolean, sibling: boolean): Side {
  if (attribute === sibling) return "open";
  return attribute ? "attribute" : "sibling";
}

/** `ingress_rules` beside `egress_rules` is told apart by `ingress`. */
function distinguishing(name: string, from: string): readonly string[] {
  const others = wordsOf(from);
  return wordsOf(name).filter((word) => !others.includes(word));
}

function isNamedBy(words: readonly string[], distinct: readonly string[]): boolean {
  return distinct.length > 0 && distinct.every((word) => words.includes(word));
}

function mentions(texts: ReadonlySet<string>, distinct: readonly string[]): boolean {
  return distinct.length > 0 && texts.has(distinct.join("_"));
}

function saidIn(views: readonly View[]): { texts: ReadonlySet<string>; refused: ReadonlySet<string> } {
  const texts = new Set<string>();
  const refused = new Set<string>();
  for (const leaf of views.flatMap((view) => [...leavesOf({ ...view, outer: undefined })])) {
    if (leaf.free !== "no") continue;
    if (typeof leaf.value === "string") texts.add(wordsOf(leaf.value).join("_"));
    else if (leaf.value === true) texts.add(wordsOf(leaf.key).join("_"));
    else if (leaf.value === false) refused.add(wordsOf(leaf.key).join("_"));
  }
  return { texts, refused };
}

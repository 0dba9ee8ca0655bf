/** Whether one resource, in its own words, says the same as an element of another. */
import { Decimal } from "../domain/value.ts";
import { type Beside, type Claim, type Fact, isNothing } from "./elements.ts";
import { sameMeaning } from "./json.ts";
import { type Leaf, leavesOf, type Scalar, type View } from "./leaves.ts";
import { canonicalNumber, isNumber } from "./number.ts";
import { shareWord, tellingWords } from "./words.ts";

export interface Holder {
  readonly views: readonly View[];
  /** Texts in it that only name the resource in question, or itself. */
  readonly names: ReadonlySet<Scalar>;
  /** The holder refers to the resource that has the element in two ways: a rule from a group to itself. */
  readonly refersTwice: boolean;
}

export function holdsClaim(holder: Holder, { facts, beside }: Claim): boolean {
  return holder.views.some((view) => {
    const leaves = [...leavesOf(view)];
    return (
      holdsAll(leaves, facts, holder) &&
      beside.every((other) => !speaksOf(leaves, other, facts, holder) || holdsBeside(holder, other, facts))
    );
  });
}

function holdsAll(leaves: readonly Leaf[], facts: readonly Fact[], holder: Holder): boolean {
  return facts.every((fact) => holdsFact(leaves, fact, holder));
}

function holdsBeside(holder: Holder, { members }: Beside, facts: readonly Fact[]): boolean {
  return members.every((member) =>
    holder.views.some((view) => holdsAll([...leavesOf(view)], [...facts, ...member], holder)),
  );
}

/** Whether anything but the facts themselves is said under a name that has to do with the list. */
function speaksOf(
  leaves: readonly Leaf[],
  { list }: Beside,
  facts: readonly Fact[],
  { names }: Holder,
): boolean {
  const words = tellingWords(list);
  return leaves.some(
    ({ key, value, free, words: ofLeaf }) =>
      free === "no" &&
      !isNothing(value) &&
      !names.has(value) &&
      (key === list || shareWord(ofLeaf, words)) &&
      !facts.some((fact) => sameScalar(fact.value, value)),
  );
}

/**
 * Where the holder says something under the same name, it must be this. Elsewhere the value may stand under a name that
 * has a word in common (`protocol` and `ip_protocol`), and what is nothing needs no counterpart.
 */
function holdsFact(leaves: readonly Leaf[], fact: Fact, holder: Holder): boolean {
  // `id = ""` of a grantee is said, though the rule around it has an id, too.
  if (fact.value === "" && leaves.some((leaf) => leaf.key === fact.key && leaf.value === "")) return true;
  const namesakes = leaves.filter((leaf) => isNamesake(leaf, fact));
  if (namesakes.length > 0) return namesakes.some((leaf) => sameScalar(leaf.value, fact.value));
  if (fact.entry) return isNothing(fact.value);
  if (fact.value === true)
    return fact.key === "self" ? holder.refersTwice : leaves.some((l) => says(l, fact.key));
  if (fact.value === false) return !leaves.some((leaf) => says(leaf, fact.key));
  if (isNothing(fact.value)) return true;
  const words = tellingWords(fact.key);
  return leaves.some((l) => l.free === "no" && shareWord(l.words, words) && sameScalar(l.value, fact.value));
}

/** An empty text is a name without anything said; 0 and false are said. */
function isNamesake(leaf: Leaf, fact: Fact): boolean {
  return leaf.key === fact.key && leaf.value !== "" && (leaf.free === "map") === fact.entry;
}

/** `status = "Enabled"` says what `enabled = true` says. */
function says(leaf: Leaf, key: string): boolean {
  return (
    leaf.free === "no" && typeof leaf.value === "string" && leaf.value.toLowerCase() === key.toLowerCase()
  );
}

function sameScalar(left: Scalar, right: Scalar): boolean {
  if (left === right) return true;
  if (typeof left === "boolean") return sameSwitch(left, right);
  if (typeof right === "boolean") return sameSwitch(right, left);
  const [a, b] = [numberText(left), numberText(right)];
  if (a !== undefined && b !== undefined) return a === b;
  return typeof left === "string" && typeof right === "string" && sameText(left, right);
}

const ON: ReadonlySet<string> = new Set(["true", "enabled", "on"]);
const OFF: ReadonlySet<string> = new Set(["false", "disabled", "suspended", "off"]);

function sameSwitch(state: boolean, other: Scalar): boolean {
  return typeof other === "string" && (state ? ON : OFF).has(other.toLowerCase());
}

function sameText(left: string, right: string): boolean {
  return (PROTOCOLS.get(left) ?? left) === (PROTOCOLS.get(right) ?? right) || sameMeaning(left, right);
}

/** Numbers of the protocols that firewalls of all clouds also call by name. @see https://www.iana.org/assignments/protocol-numbers */
const PROTOCOLS: ReadonlyMap<string, string> = new Map([
  ["all", "-1"],
  ["icmp", "1"],
  ["tcp", "6"],
  ["udp", "17"],
  ["icmpv6", "58"],
]);

function numberText(value: Scalar): string | undefined {
  if (isNumber(value)) return canonicalNumber(value);
  if (typeof value !== "string" || !/^-?[0-9]{1,30}(?:\.[0-9]{1,30})?$/.test(value)) return undefined;
  return canonicalNumber(new Decimal(value));
}

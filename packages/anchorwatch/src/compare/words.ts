/** Names of types and attributes as the words they are made of. */

/** `managed_policy_arns` → managed, policy, arn. Plurals count as their singular. */
export function wordsOf(name: string): readonly string[] {
  return name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "")
    .map(singular);
}

/** Without the provider's prefix: `aws_security_group` → security, group. */
export function typeWords(type: string): readonly string[] {
  return wordsOf(type).slice(1);
}

/** Words that say how something is named, not what it is. */
const BARE: ReadonlySet<string> = new Set([
  "id",
  "identifier",
  "arn",
  "name",
  "type",
  "value",
  "key",
  "list",
  "url",
]);

export function tellingWords(name: string): readonly string[] {
  return wordsOf(name).filter((word) => !BARE.has(word));
}

export function shareWord(left: readonly string[], right: readonly string[]): boolean {
  return left.some((word) => right.includes(word));
}

function singular(word: string): string {
  if (word.length < 4) return word;
  if (word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  return word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word;
}

/**
 * What each `*` of a pattern stood for, the earlier ones for as little as possible; undefined where the text does not match. Every
 * other character stands for itself. Linear in the text, whatever it holds.
 */
export function matchWildcard(pattern: string, text: string): readonly string[] | undefined {
  const [head = "", ...rest] = pattern.split("*");
  if (!text.startsWith(head)) return undefined;
  const tail = rest.pop();
  if (tail === undefined) return text === pattern ? [] : undefined;
  const stood: string[] = [];
  let at = head.length;
  for (const literal of rest) {
    const found = text.indexOf(literal, at);
    if (found < 0) return undefined;
    stood.push(text.slice(at, found));
    at = found + literal.length;
  }
  const end = text.length - tail.length;
  if (end < at || !text.endsWith(tail)) return undefined;
  return [...stood, text.slice(at, end)];
}

/**
 * Text of the same length that tree-sitter's HCL grammar reads as HCL itself does. The grammar differs from the
 * language in a few places; since only the tree is taken from the masked text and every name, number and string from
 * the original, swapping characters there corrects it without moving anything.
 */
export function maskForGrammar(text: string): string {
  return (
    text
      .replace(/^\ufeff/, " ")
      // A zero character ends tree-sitter's input.
      .replaceAll("\0", "\x01")
      // `$${` is literal however many dollars stand before it; the grammar pairs them from the left.
      .replace(/(?<!\$)\${2,}(?=\{)|(?<!%)%{2,}(?=\{)/g, (run) => "x".repeat(run.length))
      // `1e5`: the grammar knows exponents after a fraction only. A name of the same length takes its place.
      .replace(/(?<![\w.$-])[0-9]+[eE][+-]?[0-9]+/g, (number) => `_${number.slice(1).replace(/[+-]/, "_")}`)
      // `{ for = … }`, `if = …`: words that are keywords elsewhere, as names.
      .replace(/\b(?:for|if|in|else|endif|endfor)(?=[ \t]*=[^=>])/g, (word) => `_${word.slice(1)}`)
  );
}

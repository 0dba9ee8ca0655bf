const SIMPLE: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\" };

const QUOTED_ESCAPE = /\$\$\{|%%\{|\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]?))/g;

/** The text of a quoted string's literal part, or the escape that does not exist. Takes the source without its quotes. */
export function unescapeQuoted(source: string): { readonly text: string } | { readonly invalid: string } {
  let invalid: string | undefined;
  const text = source.replace(
    QUOTED_ESCAPE,
    (whole: string, short?: string, long?: string, simple?: string): string => {
      if (!whole.startsWith("\\")) return whole.slice(1);
      const code = short ?? long;
      const replacement =
        code === undefined ? SIMPLE[simple ?? ""] : fromCodePoint(Number.parseInt(code, 16));
      if (replacement === undefined) invalid ??= whole;
      return replacement ?? whole;
    },
  );
  return invalid === undefined ? { text } : { invalid };
}

/** `$${` and `%%{` stand for `${` and `%{` in heredocs and bare templates, which have no other escapes. */
export function unescapeMarkers(source: string): string {
  return source.replace(/\$\$\{|%%\{/g, (whole) => whole.slice(1));
}

function fromCodePoint(code: number): string | undefined {
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}

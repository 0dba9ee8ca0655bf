import type { Expression, TemplatePart } from "./ast.ts";

interface Strip {
  /** `${~` */
  readonly stripBefore: boolean;
  /** `~}` */
  readonly stripAfter: boolean;
}

export type TemplateToken =
  | { readonly kind: "text"; readonly text: string }
  | ({ readonly kind: "interpolation"; readonly expression: Expression } & Strip)
  | ({ readonly kind: "if"; readonly condition: Expression } & Strip)
  | ({ readonly kind: "else" | "endif" | "endfor" } & Strip)
  | ({
      readonly kind: "for";
      readonly keyName?: string;
      readonly valueName: string;
      readonly collection: Expression;
    } & Strip);

type Assembled = { readonly parts: readonly TemplatePart[] } | { readonly problem: string };

/** Applies strip markers, then the indentation of `<<-`, then nests directives: the order in which HCL does it. */
export function assembleTemplate(tokens: readonly TemplateToken[], flush: boolean): Assembled {
  const stripped = stripMarkers(tokens);
  return nest(flush ? unindent(stripped) : stripped);
}

/** A marker strips one text token, and in a heredoc that is one line: blank lines further away stay. */
function stripMarkers(tokens: readonly TemplateToken[]): TemplateToken[] {
  return tokens.map((token, index) => {
    if (token.kind !== "text") return token;
    const before = tokens[index - 1];
    const after = tokens[index + 1];
    let { text } = token;
    if (before !== undefined && before.kind !== "text" && before.stripAfter) text = text.trimStart();
    if (after !== undefined && after.kind !== "text" && after.stripBefore) text = text.trimEnd();
    return { kind: "text", text };
  });
}

/** Removes the smallest indentation of all lines; blank lines have none to offer, and keep what they have. */
function unindent(tokens: readonly TemplateToken[]): TemplateToken[] {
  const starts = tokens.map((token, index) => startsLine(tokens, index) && token.kind === "text");
  let smallest = Number.POSITIVE_INFINITY;
  for (const [index, token] of tokens.entries()) {
    if (!starts[index]) {
      if (token.kind !== "text" && startsLine(tokens, index)) smallest = 0;
      continue;
    }
    if (token.kind === "text" && !isBlankLine(token.text))
      smallest = Math.min(smallest, token.text.length - token.text.trimStart().length);
  }
  if (!Number.isFinite(smallest)) return [...tokens];
  return tokens.map((token, index) =>
    token.kind === "text" && starts[index] && !isBlankLine(token.text)
      ? { kind: "text", text: token.text.slice(smallest) }
      : token,
  );
}

function startsLine(tokens: readonly TemplateToken[], index: number): boolean {
  const before = tokens[index - 1];
  return before === undefined || (before.kind === "text" && before.text.endsWith("\n"));
}

function isBlankLine(text: string): boolean {
  return text.endsWith("\n") && text.trim() === "";
}

interface Open {
  readonly token: TemplateToken | undefined;
  readonly whenTrue: TemplatePart[];
  whenFalse: TemplatePart[] | undefined;
}

function nest(tokens: readonly TemplateToken[]): Assembled {
  const root: Open = { token: undefined, whenTrue: [], whenFalse: undefined };
  const stack: Open[] = [root];
  for (const token of tokens) {
    const top = stack.at(-1) as Open;
    const parts = top.whenFalse ?? top.whenTrue;
    if (token.kind === "text") {
      addText(parts, token.text);
    } else if (token.kind === "interpolation") {
      parts.push({ kind: "interpolation", expression: token.expression });
    } else if (token.kind === "if" || token.kind === "for") {
      stack.push({ token, whenTrue: [], whenFalse: undefined });
    } else if (token.kind === "else") {
      if (top.token?.kind !== "if" || top.whenFalse !== undefined)
        return { problem: "`%{ else }` without its `%{ if }`" };
      top.whenFalse = [];
    } else {
      const closed = close(top, token.kind);
      if (closed === undefined) return { problem: `\`%{ ${token.kind} }\` without its start` };
      stack.pop();
      const outer = stack.at(-1) as Open;
      (outer.whenFalse ?? outer.whenTrue).push(closed);
    }
  }
  return stack.length > 1 ? { problem: "a `%{ … }` is not closed" } : { parts: root.whenTrue };
}

function addText(parts: TemplatePart[], text: string): void {
  const last = parts.at(-1);
  if (text === "") return;
  if (last?.kind === "text") parts[parts.length - 1] = { kind: "text", text: last.text + text };
  else parts.push({ kind: "text", text });
}

function close(open: Open, end: "endif" | "endfor"): TemplatePart | undefined {
  const { token } = open;
  if (token?.kind === "if" && end === "endif")
    return {
      kind: "if",
      condition: token.condition,
      whenTrue: open.whenTrue,
      whenFalse: open.whenFalse ?? [],
    };
  if (token?.kind === "for" && end === "endfor") {
    return {
      kind: "for",
      ...(token.keyName === undefined ? {} : { keyName: token.keyName }),
      valueName: token.valueName,
      collection: token.collection,
      body: open.whenTrue,
    };
  }
  return undefined;
}

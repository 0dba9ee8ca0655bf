/** A strict reader of the XML that our reports use: elements, attributes, text and the five entities. For tests. */
import { AnchorwatchError } from "../../domain/errors.ts";

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Text directly inside. */
  readonly text: string;
}

const CHARACTERS = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u;
const TOKEN = /<(\/?)([A-Za-z-]+)((?:\s+[A-Za-z-]+="[^"<]*")*)(\/?)>|([^<]+)/gy;

/** The root element; throws where the text is not well-formed. */
export function readXml(text: string): XmlElement {
  if (!CHARACTERS.test(text)) throw malformed("a character that XML 1.0 does not allow");
  const body = text.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, "");
  const root = newElement("", "");
  const open = [root];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < body.length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(body);
    if (token === null) throw malformed(body.slice(at, at + 80));
    const [, closing, name, attributes = "", empty, content] = token;
    const current = open.at(-1) as Mutable;
    if (content !== undefined) current.text += decode(content);
    else if (closing === "/") {
      if (open.pop()?.name !== name) throw malformed(`</${name}> closes nothing`);
    } else {
      const element = newElement(name ?? "", attributes);
      current.children.push(element);
      if (empty !== "/") open.push(element);
    }
  }
  const [only, ...others] = root.children;
  if (open.length !== 1 || only === undefined || others.length > 0)
    throw malformed("not one closed root element");
  return only;
}

interface Mutable {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: Mutable[];
  text: string;
}

function newElement(name: string, attributes: string): Mutable {
  const pairs = [...attributes.matchAll(/([A-Za-z-]+)="([^"]*)"/g)];
  const names = new Set(pairs.map(([, key]) => key));
  if (names.size !== pairs.length) throw malformed(`an attribute of ${name} is given twice`);
  return {
    name,
    attributes: Object.fromEntries(pairs.map(([, key, value]) => [key, decode(value ?? "")])),
    children: [],
    text: "",
  };
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function decode(text: string): string {
  if (text.includes("]]>")) throw malformed("]]> in text");
  return text.replace(/&([^;]*;?)/g, (whole, entity: string) => {
    const character = ENTITIES[entity.replace(/;$/, "")];
    if (character === undefined || !entity.endsWith(";")) throw malformed(whole);
    return character;
  });
}

function malformed(what: string): AnchorwatchError {
  return new AnchorwatchError("internal", `not well-formed XML: ${what}`);
}

import { unescapeQuoted } from "tfprovider/hcl";
import type { InstanceKey } from "./repetition.ts";

export interface ModuleStep {
  readonly name: string;
  readonly key: InstanceKey | undefined;
}

const STEP = /module\.([^.[\]"\s]+)(?:\[(?:([0-9]+)|"((?:[^"\\]|\\.)*)")\])?(?:\.|$)/gy;

/** `module.net["a"].module.inner[0]`, step by step; undefined where it is no such path. The root's is empty. */
export function parseModuleAddress(address: string): readonly ModuleStep[] | undefined {
  const steps: ModuleStep[] = [];
  let end = 0;
  for (const match of address.matchAll(STEP)) {
    const [whole, name = "", position, quoted] = match;
    const key = position === undefined ? textKey(quoted) : { key: Number(position) };
    if (key === undefined) return undefined;
    steps.push({ name, ...key });
    end += whole.length;
  }
  return end === address.length ? steps : undefined;
}

/** Undefined where the key has an escape that HCL does not know. */
function textKey(quoted: string | undefined): { readonly key: string | undefined } | undefined {
  if (quoted === undefined) return { key: undefined };
  const read = unescapeQuoted(quoted);
  return "text" in read ? { key: read.text } : undefined;
}

/** One step as the state writes it, `module.net["a"]`: a text in HCL's quotes, in which `${` is `$${`. */
export function formatModuleStep({ name, key }: ModuleStep): string {
  if (key === undefined) return `module.${name}`;
  return `module.${name}[${typeof key === "number" ? key : `"${key.replace(ESCAPED, escaped)}"`}]`;
}

/** What Go does not print, the space apart, and what means something between quotes. */
const ESCAPED = /["\\]|[$%](?=\{)|(?! )[\p{C}\p{Z}]/gu;

const ESCAPES: Readonly<Record<string, string>> = {
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  '"': '\\"',
  "\\": "\\\\",
  $: "$$",
  "%": "%%",
};

function escaped(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return ESCAPES[character] ?? (hex.length > 4 ? `\\U${hex.padStart(8, "0")}` : `\\u${hex.padStart(4, "0")}`);
}

/** Without instance keys. */
export function moduleAddress(path: readonly string[]): string {
  return path.map((name) => `module.${name}`).join(".");
}

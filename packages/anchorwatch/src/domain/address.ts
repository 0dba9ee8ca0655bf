/** One resource instance of a stack as Terraform writes it: `module.net["a"].aws_security_group.web[0]`. */
export type ResourceAddress = string & { readonly __brand: "ResourceAddress" };

/** The address of a resource without instance keys, as the code declares it: `module.net.aws_security_group.web`. */
export type ConfigAddress = string & { readonly __brand: "ConfigAddress" };

export interface AddressParts {
  /** Module path as in the state, `module.net["a"].module.inner[0]`; empty in the root module. */
  readonly module: string;
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly name: string;
  readonly key?: string | number;
}

export function formatAddress(parts: AddressParts): ResourceAddress {
  const prefix = parts.module === "" ? "" : `${parts.module}.`;
  const mode = parts.mode === "data" ? "data." : "";
  return `${prefix}${mode}${parts.type}.${parts.name}${formatKey(parts.key)}` as ResourceAddress;
}

/** `[0]`, `["a"]`: a text in HCL's quotes, in which `${` is `$${`, as Terraform writes it. Nothing where there is no key. */
export function formatKey(key: string | number | undefined): string {
  if (key === undefined) return "";
  return typeof key === "number" ? `[${key}]` : `["${key.replace(ESCAPED, escaped)}"]`;
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

const INSTANCE_KEYS = /\[(?:[0-9]+|"(?:[^"\\]|\\.)*")\]/g;

/** Drops every instance key: `module.a[0].x.y["k"]` is declared as `module.a.x.y`. */
export function configAddress(address: string): ConfigAddress {
  return address.replace(INSTANCE_KEYS, "") as ConfigAddress;
}

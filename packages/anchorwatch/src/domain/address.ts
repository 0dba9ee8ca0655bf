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
  const key =
    parts.key === undefined
      ? ""
      : `[${typeof parts.key === "number" ? parts.key : JSON.stringify(parts.key)}]`;
  return `${prefix}${mode}${parts.type}.${parts.name}${key}` as ResourceAddress;
}

const INSTANCE_KEYS = /\[(?:[0-9]+|"(?:[^"\\]|\\.)*")\]/g;

/** Drops every instance key: `module.a[0].x.y["k"]` is declared as `module.a.x.y`. */
export function configAddress(address: string): ConfigAddress {
  return address.replace(INSTANCE_KEYS, "") as ConfigAddress;
}

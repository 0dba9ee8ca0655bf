/**
 * How a state names the provider configuration of a resource:
 * `module.net.provider["registry.terraform.io/hashicorp/aws"].west`, and `provider.aws.west` in states of Terraform 0.12.
 */

/** A provider configuration: `source` is a full source address, `module` where its block stands (empty: root). */
export interface ProviderReference {
  readonly source: string;
  readonly alias?: string;
  /** Key of one configuration among those of a provider block with `for_each` (OpenTofu 1.9). */
  readonly key?: string | number;
  readonly module: string;
}

const NAME = String.raw`[^.[\]"\s]+`;
const KEY = String.raw`\[(?:[0-9]+|"(?:[^"\\]|\\.)*")\]`;
const REFERENCE = new RegExp(
  String.raw`^((?:module\.${NAME}(?:${KEY})?\.)*)provider(?:\["([^"\\]+)"\]|\.(${NAME}))(?:\.(${NAME}))?(${KEY})?$`,
);

/** @returns undefined when the text is no reference */
export function parseProviderReference(text: string): ProviderReference | undefined {
  const [matched, modulePath = "", quoted, legacy, alias, key] = REFERENCE.exec(text) ?? [];
  if (matched === undefined) return undefined;
  const source = quoted === undefined ? sourceOfName(legacy ?? "") : fullSource(quoted);
  const instanceKey = key === undefined ? undefined : keyOf(key.slice(1, -1));
  if (source === undefined || (key !== undefined && instanceKey === undefined)) return undefined;
  return {
    source,
    ...(alias === undefined ? {} : { alias }),
    ...(instanceKey === undefined ? {} : { key: instanceKey }),
    module: modulePath.replace(/\.$/, ""),
  };
}

/** A number, or a text in double quotes; undefined where escapes in it are none that Terraform writes. */
function keyOf(text: string): string | number | undefined {
  try {
    return JSON.parse(text) as string | number;
  } catch {
    return undefined;
  }
}

/** `registry.terraform.io/-/aws` is how Terraform 0.13 kept a name of 0.12 until it knew whose it was. */
function fullSource(text: string): string | undefined {
  const [host = "", namespace = "", type = "", ...rest] = text.toLowerCase().split("/");
  if (host === "" || namespace === "" || type === "" || rest.length > 0) return undefined;
  return namespace === "-" ? sourceOfName(type) : `${host}/${namespace}/${type}`;
}

/** Terraform 0.12 knew providers by name alone; all of them were HashiCorp's, but for the one inside Terraform. */
function sourceOfName(name: string): string {
  return name === "terraform" ? "terraform.io/builtin/terraform" : `registry.terraform.io/hashicorp/${name}`;
}

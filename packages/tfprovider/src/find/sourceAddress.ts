import { ProviderError } from "../errors.ts";

/** A provider's source address, `registry.terraform.io/hashicorp/aws`, in its three parts; all lower case. */
export interface SourceAddress {
  /** With its port where it has one, `registry.example.com:8443`. */
  readonly host: string;
  readonly namespace: string;
  readonly type: string;
}

/** Where Terraform looks when an address names no registry. */
export const TERRAFORM_REGISTRY = "registry.terraform.io";
/** Where OpenTofu looks when an address names no registry. */
export const OPENTOFU_REGISTRY = "registry.opentofu.org";

/** Letters and digits of any script; inside also `-` and `_`. Thus no part can climb out of a folder. */
const NAME = /^[\p{L}\p{N}](?:[\p{L}\p{N}_-]*[\p{L}\p{N}])?$/u;
const HOST =
  /^[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?)*(?::[0-9]{1,5})?$/u;

/**
 * `aws`, `hashicorp/aws` or `registry.terraform.io/hashicorp/aws` in parts; what is left out is `hashicorp` and Terraform's
 * registry. Addresses come from states and repositories, and become folder names: nothing but plain names passes.
 *
 * @throws ProviderError `find_source_invalid`
 * @see https://developer.hashicorp.com/terraform/language/providers/requirements#source-addresses
 */
export function parseSource(text: string): SourceAddress {
  const source = readSource(text);
  if (source !== undefined) return source;
  const [type = "", namespace] = text.split("/").toReversed();
  if (namespace === "-" && NAME.test(type)) throw legacy(text, type);
  throw new ProviderError("find_source_invalid", `${JSON.stringify(text)} is no provider source address`, {
    hint: "Expected HOST/NAMESPACE/TYPE, such as registry.terraform.io/hashicorp/aws.",
  });
}

/** @returns undefined when the text is no source address */
export function readSource(text: string): SourceAddress | undefined {
  const parts = text.toLowerCase().split("/");
  const [type = "", namespace = "hashicorp", host = TERRAFORM_REGISTRY] = parts.toReversed();
  const plain = parts.length <= 3 && NAME.test(type) && NAME.test(namespace) && HOST.test(host);
  return plain ? { host, namespace, type } : undefined;
}

/** The address in full, as states and lock files write it. */
export function formatSource(source: SourceAddress): string {
  return `${source.host}/${source.namespace}/${source.type}`;
}

/** `terraform.io/builtin/terraform` and its like run inside Terraform. */
export function isBuiltIn(source: SourceAddress): boolean {
  return source.host === "terraform.io" && source.namespace === "builtin";
}

/** States of Terraform 0.12 and older name providers without knowing whose they are. */
function legacy(text: string, type: string): ProviderError {
  return new ProviderError(
    "find_source_invalid",
    `${text} is an address of Terraform 0.12 without a namespace`,
    {
      hint: `Run \`terraform state replace-provider ${text} NAMESPACE/${type}\` with the provider's namespace, such as hashicorp.`,
    },
  );
}

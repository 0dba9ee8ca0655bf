import { type Expression, type HclParser, isSyntaxError } from "tfprovider/hcl";

/** `aws`, or `aws.west`, in the words of one module. */
export interface ProviderName {
  readonly name: string;
  readonly alias?: string;
}

export function providerKey({ name, alias }: ProviderName): string {
  return alias === undefined ? name : `${name}.${alias}`;
}

/** `aws.west`; in old code and in JSON the same in quotes. */
export function providerNameOf(expression: Expression, parser: HclParser): ProviderName | undefined {
  switch (expression.kind) {
    case "variable":
      return { name: expression.name };
    case "getAttr":
      return expression.target.kind === "variable"
        ? { name: expression.target.name, alias: expression.name }
        : undefined;
    // OpenTofu chooses one of several instances by a key: the block is the same.
    case "index":
      return providerNameOf(expression.target, parser);
    case "literal":
      return typeof expression.value === "string"
        ? quotedName(expression.value, expression, parser)
        : undefined;
    default:
      return undefined;
  }
}

function quotedName(text: string, { range }: Expression, parser: HclParser): ProviderName | undefined {
  const inner = parser.parseExpression(text, range.file, range);
  return isSyntaxError(inner) || inner.kind === "literal" ? undefined : providerNameOf(inner, parser);
}

/** A resource's type begins with its provider's name. */
export function impliedProvider(type: string): ProviderName {
  return { name: type.split("_", 1)[0] ?? type };
}

/** `hashicorp/aws`, `aws` or `example.com/org/thing` as a full source address. */
export function sourceAddress(source: string, defaultHost: string): string {
  const parts = source.toLowerCase().split("/");
  if (parts.length === 1) return `${defaultHost}/hashicorp/${parts[0]}`;
  return parts.length === 2 ? `${defaultHost}/${parts.join("/")}` : parts.join("/");
}

/** Where a name that `required_providers` does not mention comes from. */
export function defaultSource(name: string, defaultHost: string): string {
  return name === "terraform"
    ? "terraform.io/builtin/terraform"
    : `${defaultHost}/hashicorp/${name.toLowerCase()}`;
}

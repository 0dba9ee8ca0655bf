/** `moved`, `removed` and `import` blocks: what the next apply does to addresses. */
import { type Block, type Body, type Expression, literalOf } from "tfprovider/hcl";
import type { SourceLocation } from "../../../domain/check.ts";
import { moduleAddress } from "./moduleAddress.ts";
import type { ModuleConfig } from "./moduleConfig.ts";
import { attributeNamed } from "./readModule.ts";

export interface Refactoring {
  readonly kind: "moved" | "removed" | "import";
  /** Addresses from the root module, instance keys as written; undefined where the block has none or none that is literal. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Of an import, where it is literal. */
  readonly id: string | undefined;
  readonly source: SourceLocation;
}

export function refactoringsOf(config: ModuleConfig): readonly Refactoring[] {
  const prefix = moduleAddress(config.path);
  return config.refactorings.map((block) => refactoring(block, prefix === "" ? "" : `${prefix}.`));
}

function refactoring({ type, body, range: { file, line } }: Block, prefix: string): Refactoring {
  const id = attributeNamed(body, "id");
  const literal = id === undefined ? undefined : literalOf(id.expression);
  return {
    kind: type === "moved" || type === "removed" ? type : "import",
    from: addressIn(body, "from", prefix),
    to: addressIn(body, "to", prefix),
    id: typeof literal === "string" ? literal : undefined,
    source: { file, line },
  };
}

function addressIn(body: Body, name: string, prefix: string): string | undefined {
  const attribute = attributeNamed(body, name);
  const written = attribute === undefined ? undefined : addressText(attribute.expression);
  return written === undefined ? undefined : prefix + written;
}

/** `module.a["k"].aws_vpc.main[0]`; in JSON the same as a text. */
function addressText(expression: Expression): string | undefined {
  switch (expression.kind) {
    case "variable":
      return expression.name;
    case "literal":
      return typeof expression.value === "string" ? expression.value : undefined;
    case "getAttr": {
      const target = addressText(expression.target);
      return target === undefined ? undefined : `${target}.${expression.name}`;
    }
    case "index": {
      const target = addressText(expression.target);
      const key = literalOf(expression.key);
      const plain = typeof key === "string" || typeof key === "number";
      return target === undefined || !plain ? undefined : `${target}[${JSON.stringify(key)}]`;
    }
    default:
      return undefined;
  }
}

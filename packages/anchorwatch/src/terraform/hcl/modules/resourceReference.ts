import type { Range } from "tfprovider/hcl";
import type { Value } from "../../../domain/value.ts";
import { EvaluationFailure } from "../failure.ts";
import { fromValue } from "../values/domain.ts";
import { DYNAMIC } from "../values/type.ts";
import { marked, type Typed, unknownOf } from "../values/typed.ts";
import type { ModuleConfig } from "./moduleConfig.ts";

/**
 * What somebody knows of a resource's values, for instance from the state: the whole `aws_vpc.main`, with `count` an
 * array and with `for_each` an object of instances. `module` is a module path with instance keys, empty in the root.
 */
export type ResourceValues = (
  module: string,
  address: string,
) => { readonly value: Value; readonly sensitive: boolean } | undefined;

/** @param address inside the module: `aws_vpc.main`, `data.aws_region.current` */
export function resourceReference(
  config: ModuleConfig,
  module: string,
  address: string,
  at: Range,
  values: ResourceValues | undefined,
): Typed {
  if (!config.resources.has(address))
    throw new EvaluationFailure(`the module declares no \`${address}\``, { at });
  const known = values?.(module, address);
  const reason = {
    reason: `\`${address}\` is known only after it was applied`,
    file: at.file,
    line: at.line,
  };
  if (known === undefined) return unknownOf(DYNAMIC, [reason]);
  return marked(fromValue(known.value, [reason]), known.sensitive);
}

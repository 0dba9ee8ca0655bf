import { AnchorwatchError } from "../../domain/errors.ts";
import type { StateInstance } from "../state/instance.ts";

/** Whether `--target` names the instance: itself, its resource with all instances, or a module around it. */
export type Targeting = (instance: Pick<StateInstance, "address">) => boolean;

const SUGGESTIONS = 3;

/**
 * @param targets as given; none selects everything
 * @throws AnchorwatchError `target_not_found` for one that names nothing in the state
 */
export function targeting(
  targets: readonly string[],
  instances: readonly StateInstance[],
  origin: string,
): Targeting {
  for (const target of targets) {
    if (!instances.some((instance) => isWithin(instance.address, target)))
      throw notFound(target, instances, origin);
  }
  if (targets.length === 0) return () => true;
  return ({ address }) => targets.some((target) => isWithin(address, target));
}

/** `aws_x.y` holds `aws_x.y[0]`, `module.net` holds `module.net["a"].aws_x.y`; neither holds `aws_x.yz`. */
function isWithin(address: string, target: string): boolean {
  if (!address.startsWith(target)) return false;
  const next = address[target.length];
  return next === undefined || next === "[" || next === ".";
}

function notFound(target: string, instances: readonly StateInstance[], origin: string): AnchorwatchError {
  const type = /([a-z0-9_]+)\.[^.[\]]+(?:\[[^\]]*\])?$/.exec(target)?.[1];
  const alike = instances.filter((instance) => instance.type === type).slice(0, SUGGESTIONS);
  const hint =
    alike.length > 0
      ? `Is it ${alike.map(({ address }) => address).join(" or ")}?`
      : "`terraform state list` shows every address. A resource that was never applied is not in the state.";
  return new AnchorwatchError(
    "target_not_found",
    `--target ${target}: there is no such resource in ${origin}`,
    { hint },
  );
}

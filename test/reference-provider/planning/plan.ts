/** What a change would make of a resource: the provider's side of `PlanResourceChange`, without the wire. */
import {
  type CtyObject,
  CtyUnknown,
  type CtyValue,
  isCtyObject,
} from "../../../packages/tfprovider/src/cty/value.ts";
import type { AttributeSpec, ProviderSettings } from "../schema/specification.ts";
import { ctyObject, hasUnknown, sameCty, setOf } from "../values/canonical.ts";
import type { Member, NestedMember } from "./members.ts";
import { sameValue } from "./spelling.ts";

/** An object of the configuration and, when there is one, its earlier value. */
interface Pair {
  readonly config: CtyObject;
  readonly prior: CtyObject | null;
}

/**
 * @param config what the code sets, null elsewhere
 * @param prior what exists; null on creation
 * @returns the planned resource, unknown where the cloud is still to decide
 */
export function planResource(
  members: readonly Member[],
  { config, prior }: Pair,
  settings: ProviderSettings,
): CtyObject {
  const planned = planObject(members, { config, prior });
  deriveAll(members, planned, settings);
  if (prior !== null && !sameCty(planned, withoutWriteOnly(members, prior))) markVolatile(members, planned);
  return planned;
}

function planObject(members: readonly Member[], pair: Pair): { [key: string]: CtyValue } {
  return ctyObject(members.map((member) => [member.name, planMember(member, pair)]));
}

function planMember(member: Member, { config, prior }: Pair): CtyValue {
  const value = config[member.name] ?? null;
  const earlier = prior === null ? undefined : (prior[member.name] ?? null);
  if (member.spec?.writeOnly) return null;
  if (value instanceof CtyUnknown) return value;
  if (value === null) return unset(member.spec, earlier);
  if (member.kind === "nested") return planNested(member, value, earlier ?? null);
  return respelled(member.spec, value, earlier);
}

/** The code does not say: a default, what is there already, or whatever the cloud will choose. */
function unset(spec: AttributeSpec | undefined, earlier: CtyValue | undefined): CtyValue {
  if (spec?.default !== undefined) return spec.default;
  if (!spec?.computed) return null;
  return earlier === undefined ? new CtyUnknown() : earlier;
}

function respelled(spec: AttributeSpec, value: CtyValue, earlier: CtyValue | undefined): CtyValue {
  if (spec.sameWhen === undefined || typeof value !== "string" || typeof earlier !== "string") return value;
  return sameValue(spec.sameWhen, value, earlier) ? earlier : value;
}

function planNested(member: NestedMember, value: CtyValue, earlier: CtyValue): CtyValue {
  const plan = (config: CtyValue, prior: CtyValue | undefined): CtyValue =>
    isCtyObject(config)
      ? planObject(member.members, { config, prior: isCtyObject(prior) ? prior : null })
      : config;
  switch (member.nesting) {
    case "single":
    case "group":
      return plan(value, earlier);
    case "list": {
      const before = Array.isArray(earlier) ? earlier : [];
      return (value as readonly CtyValue[]).map((element, index) => plan(element, before[index]));
    }
    case "set": {
      // Elements of a set have no identity by which an earlier one could be found.
      const elements = (value as readonly CtyValue[]).map((element) => plan(element, undefined));
      return elements.some(hasUnknown) ? elements : setOf(elements);
    }
    case "map": {
      const before = isCtyObject(earlier) ? earlier : {};
      const entries = Object.entries(value as CtyObject);
      return ctyObject(entries.map(([key, element]) => [key, plan(element, before[key])]));
    }
  }
}

/** Fills in what follows from the rest of the resource. */
function deriveAll(
  members: readonly Member[],
  planned: { [key: string]: CtyValue },
  settings: ProviderSettings,
): void {
  for (const { name, spec } of members) {
    if (spec?.derive !== undefined) planned[name] = spec.derive(planned, settings);
  }
}

function markVolatile(members: readonly Member[], planned: { [key: string]: CtyValue }): void {
  for (const { name, spec } of members) if (spec?.volatile) planned[name] = new CtyUnknown();
}

function withoutWriteOnly(members: readonly Member[], prior: CtyObject): CtyObject {
  return ctyObject(members.map(({ name, spec }) => [name, spec?.writeOnly ? null : (prior[name] ?? null)]));
}

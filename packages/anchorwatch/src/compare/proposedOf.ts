/**
 * The proposed new state: what Terraform itself would propose to the provider, given a prior value and a configuration.
 * @see https://github.com/hashicorp/terraform/blob/main/docs/resource-instance-change-lifecycle.md
 */
import type { AttributeShape, ObjectShape, Shape } from "../domain/shape.ts";
import { isArray, isObject, objectOf, type Value } from "../domain/value.ts";
import { hasMember, memberOf } from "./access.ts";
import { sameValue } from "./canonical.ts";
import { type ConfigSource, configOf } from "./configOf.ts";

/** The live value where only the cloud has a say, the configuration of {@link configOf} everywhere else. */
export function proposedOf(source: ConfigSource & { readonly live: Value }): Value {
  return proposedObject(source.shape, source.live, configOf(source));
}

function proposedObject(shape: ObjectShape, prior: Value, config: Value): Value {
  return objectOf(
    [...shape.attributes].map(([name, attribute]) => [
      name,
      proposedAttribute(attribute, memberOf(prior, name), memberOf(config, name)),
    ]),
  );
}

function proposedAttribute(attribute: AttributeShape, prior: Value, config: Value): Value {
  if (config === null) return attribute.computed && !attribute.block ? prior : null;
  return attribute.block || hasFlagsInside(attribute)
    ? proposedNested(attribute.shape, prior, config)
    : config;
}

/**
 * Attributes inside an attribute have flags of their own in protocol 6 alone; elsewhere they inherit, and the
 * configuration of such an attribute is taken whole.
 */
function hasFlagsInside(attribute: AttributeShape): boolean {
  const inside = elementObject(attribute.shape);
  if (inside === undefined) return false;
  return [...inside.attributes.values()].some(
    (a) =>
      a.computed !== attribute.computed ||
      a.optional !== attribute.optional ||
      a.required !== attribute.required,
  );
}

function elementObject(shape: Shape): ObjectShape | undefined {
  if (shape.kind === "object") return shape;
  if (shape.kind !== "list" && shape.kind !== "set" && shape.kind !== "map") return undefined;
  return shape.element.kind === "object" ? shape.element : undefined;
}

/** Lists by position, maps by key, sets by the element that agrees in all that the configuration says. */
function proposedNested(shape: Shape, prior: Value, config: Value): Value {
  const inside = elementObject(shape);
  if (inside === undefined) return config;
  if (shape.kind === "object") return isObject(config) ? proposedObject(inside, prior, config) : config;
  if (isArray(config)) {
    const priors = isArray(prior) ? prior : [];
    if (shape.kind === "set") return proposedSet(inside, priors, config);
    return config.map((element, i) => proposedElement(inside, priors[i] ?? null, element));
  }
  if (!isObject(config)) return config;
  return objectOf(
    Object.entries(config).map(([key, element]) => [
      key,
      proposedElement(inside, hasMember(prior, key) ? (prior[key] ?? null) : null, element),
    ]),
  );
}

function proposedElement(shape: ObjectShape, prior: Value, config: Value): Value {
  return isObject(config) ? proposedObject(shape, prior, config) : config;
}

function proposedSet(shape: ObjectShape, priors: readonly Value[], config: readonly Value[]): Value {
  const free = new Set(priors);
  return config.map((element) => {
    for (const prior of free) {
      if (!agrees(shape, prior, element)) continue;
      free.delete(prior);
      return proposedElement(shape, prior, element);
    }
    return proposedElement(shape, null, element);
  });
}

/** What comes out of the prior element when nothing changes is the prior one. Most are told apart by their first attributes. */
function agrees(shape: ObjectShape, prior: Value, config: Value): boolean {
  if (!isObject(prior) || !isObject(config)) return false;
  return [...shape.attributes].every(([name, attribute]) => {
    const before = memberOf(prior, name);
    return sameValue(proposedAttribute(attribute, before, memberOf(config, name)), before, attribute.shape);
  });
}

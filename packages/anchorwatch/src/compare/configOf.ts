/** The values that `PlanResourceChange` takes to plan from what is live towards what is recorded. */
import type { AttributeShape, DeclaredAttributes, ObjectShape, Shape } from "../domain/shape.ts";
import { isArray, isEmpty, isObject, objectOf, type Value } from "../domain/value.ts";
import { isComputedOnly, memberOf } from "./access.ts";
import { type Declared, declaredBelow } from "./difference.ts";

export interface ConfigSource {
  readonly shape: ObjectShape;
  readonly recorded: Value;
  readonly declared: DeclaredAttributes;
}

/**
 * The configuration as far as the record tells: what the code sets, with the recorded values; null elsewhere. Every
 * attribute is named, list, set and map blocks that are not there are empty, a single block is null.
 */
export function configOf({ shape, recorded, declared }: ConfigSource): Value {
  return configObject(shape, recorded, declared);
}

function configObject(shape: ObjectShape, recorded: Value, declared: Declared): Value {
  return objectOf(
    [...shape.attributes].map(([name, attribute]) => [
      name,
      attribute.block
        ? configBlock(attribute.shape, memberOf(recorded, name), declaredBelow(declared, name))
        : configAttribute(attribute, memberOf(recorded, name), declaredBelow(declared, name)),
    ]),
  );
}

function configBlock(shape: Shape, recorded: Value, declared: Declared): Value {
  if (shape.kind === "list" || shape.kind === "set") {
    return declared === undefined ? [] : configElements(shape.element, recorded, declared);
  }
  if (shape.kind === "map") {
    return declared === undefined ? objectOf([]) : configEntries(shape.element, recorded, declared);
  }
  if (shape.kind !== "object" || declared === undefined || recorded === null) return null;
  return configObject(shape, recorded, declared);
}

/** A required attribute is in the code, also where its block could not be read (`dynamic`). */
function configAttribute(attribute: AttributeShape, recorded: Value, declared: Declared): Value {
  if (isComputedOnly(attribute) || attribute.writeOnly) return null;
  if (declared === undefined) return attribute.required ? recorded : null;
  // An attribute that is written as blocks (`ingress { … }`): without any block it is null, not empty.
  if (declared !== true && isEmpty(recorded)) return null;
  return configValue(attribute.shape, recorded, declared);
}

function configValue(shape: Shape, recorded: Value, declared: Declared): Value {
  if (isArray(recorded)) {
    if (shape.kind === "list" || shape.kind === "set")
      return configElements(shape.element, recorded, declared);
    return recorded;
  }
  if (!isObject(recorded)) return recorded;
  if (shape.kind === "object") return configObject(shape, recorded, declared);
  return shape.kind === "map" ? configEntries(shape.element, recorded, declared) : recorded;
}

function configElements(shape: Shape, recorded: Value, declared: Declared): Value {
  return isArray(recorded) ? recorded.map((element) => configValue(shape, element, declared)) : [];
}

function configEntries(shape: Shape, recorded: Value, declared: Declared): Value {
  const entries = isObject(recorded) ? Object.entries(recorded) : [];
  return objectOf(entries.map(([key, element]) => [key, configValue(shape, element, declared)]));
}

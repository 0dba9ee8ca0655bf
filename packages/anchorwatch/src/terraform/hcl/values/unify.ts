import {
  DYNAMIC,
  isPrimitive,
  listOf,
  mapOf,
  type ObjectType,
  STRING,
  sameType,
  setOf,
  type Type,
} from "./type.ts";

/** The one type that all of these can be converted to; undefined where there is none. */
export function unify(types: readonly Type[]): Type | undefined {
  const known = types.filter((type) => type.kind !== "dynamic");
  const [first, ...rest] = known;
  if (first === undefined) return DYNAMIC;
  return rest.reduce<Type | undefined>(
    (joined, type) => (joined === undefined ? undefined : unifyTwo(joined, type)),
    first,
  );
}

function unifyTwo(a: Type, b: Type): Type | undefined {
  if (sameType(a, b)) return a;
  if (a.kind === "dynamic") return b;
  if (b.kind === "dynamic") return a;
  if (isPrimitive(a) && isPrimitive(b))
    return a.kind === "string" || b.kind === "string" ? STRING : undefined;
  const sequence = unifySequences(a, b);
  return sequence ?? unifyMappings(a, b);
}

function unifySequences(a: Type, b: Type): Type | undefined {
  if (a.kind === "tuple" && b.kind === "tuple" && a.elements.length === b.elements.length) {
    const elements = a.elements.map((element, index) => unifyTwo(element, b.elements[index] as Type));
    return elements.every((element) => element !== undefined) ? { kind: "tuple", elements } : undefined;
  }
  const left = sequenceElement(a);
  const right = sequenceElement(b);
  if (left === undefined || right === undefined) return undefined;
  const element = unifyTwo(left, right);
  if (element === undefined) return undefined;
  const isSet = (type: Type): boolean => type.kind === "set";
  // A tuple becomes a set where the other one is a set; a list and a set meet as a list.
  const other = a.kind === "tuple" ? b : a;
  return (isSet(a) && isSet(b)) || ((a.kind === "tuple" || b.kind === "tuple") && isSet(other))
    ? setOf(element)
    : listOf(element);
}

function sequenceElement(type: Type): Type | undefined {
  if (type.kind === "list" || type.kind === "set") return type.element;
  return type.kind === "tuple" ? unify(type.elements) : undefined;
}

function unifyMappings(a: Type, b: Type): Type | undefined {
  if (a.kind === "object" && b.kind === "object" && sameNames(a, b)) {
    const attributes = new Map<string, Type>();
    for (const [name, type] of a.attributes) {
      const joined = unifyTwo(type, b.attributes.get(name) as Type);
      if (joined === undefined) return undefined;
      attributes.set(name, joined);
    }
    return { kind: "object", attributes };
  }
  const left = mappingElement(a);
  const right = mappingElement(b);
  if (left === undefined || right === undefined) return undefined;
  const element = unifyTwo(left, right);
  return element === undefined ? undefined : mapOf(element);
}

function mappingElement(type: Type): Type | undefined {
  if (type.kind === "map") return type.element;
  return type.kind === "object" ? unify([...type.attributes.values()]) : undefined;
}

function sameNames(a: ObjectType, b: ObjectType): boolean {
  return (
    a.attributes.size === b.attributes.size &&
    [...a.attributes.keys()].every((name) => b.attributes.has(name))
  );
}

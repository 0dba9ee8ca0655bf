import type { AttributeShape, DeclaredAttributes, ObjectShape, Shape } from "../domain/shape.ts";
import { isArray, isEmpty, isObject, type Value } from "../domain/value.ts";
import { isComputedOnly, memberOf } from "./access.ts";

/** Optional and computed in every provider built with the SDK, and never set by code. */
const FILLED_BY_PROVIDER: ReadonlySet<string> = new Set(["id", "tags_all"]);

/** For a check without code: what the record holds, and code could have set, counts as set. */
export function declaredByRecord({
  shape,
  recorded,
}: {
  readonly shape: ObjectShape;
  readonly recorded: Value;
}): DeclaredAttributes {
  const declared = declaredIn(shape, [recorded]);
  return new Map([...declared].filter(([name]) => !FILLED_BY_PROVIDER.has(name)));
}

/** Blocks of one name are united, as in code. */
function declaredIn(shape: ObjectShape, values: readonly Value[]): DeclaredAttributes {
  const declared = new Map<string, true | DeclaredAttributes>();
  for (const [name, attribute] of shape.attributes) {
    if (isComputedOnly(attribute) || attribute.writeOnly) continue;
    const members = values.map((value) => memberOf(value, name)).filter((member) => !isEmpty(member));
    if (members.length === 0) continue;
    declared.set(name, attribute.block ? declaredInBlocks(attribute, members) : true);
  }
  return declared;
}

function declaredInBlocks({ shape }: AttributeShape, members: readonly Value[]): true | DeclaredAttributes {
  const element = blockShape(shape);
  return element === undefined ? true : declaredIn(element, members.flatMap(blocksOf(shape)));
}

function blockShape(shape: Shape): ObjectShape | undefined {
  if (shape.kind === "object") return shape;
  if (shape.kind !== "list" && shape.kind !== "set" && shape.kind !== "map") return undefined;
  return shape.element.kind === "object" ? shape.element : undefined;
}

function blocksOf(shape: Shape): (value: Value) => readonly Value[] {
  return (value) => {
    if (isArray(value)) return value;
    return shape.kind === "map" && isObject(value) ? Object.values(value) : [value];
  };
}

/** A provider's schema in the words of the domain. */
import type { Attribute, Block, CtyType, NestedAttributes, NestedBlock, Schema } from "tfprovider";
import type { AttributeShape, ObjectShape, Shape } from "../../domain/shape.ts";

type Flags = Omit<AttributeShape, "shape">;

const shapes = new WeakMap<Schema, ObjectShape>();

/** The shape of a resource type; made once for each schema. */
export function shapeOf(schema: Schema): ObjectShape {
  const known = shapes.get(schema);
  if (known !== undefined) return known;
  const shape = blockShape(schema.block);
  shapes.set(schema, shape);
  return shape;
}

function blockShape(block: Block): ObjectShape {
  const attributes = [...block.attributes].map(([name, a]) => [name, attributeShape(a)] as const);
  const blocks = [...block.blocks].map(([name, b]) => [name, nestedBlockShape(b)] as const);
  return { kind: "object", attributes: new Map([...attributes, ...blocks]) };
}

function attributeShape(attribute: Attribute): AttributeShape {
  const { required, optional, computed, sensitive, writeOnly } = attribute;
  const flags = { required, optional, computed, sensitive, writeOnly, block: false };
  const shape = attribute.nested ? nestedShape(attribute.nested) : typeShape(attribute.type, flags);
  return { shape, ...flags };
}

function nestedShape({ nesting, attributes }: NestedAttributes): Shape {
  const element: ObjectShape = {
    kind: "object",
    attributes: new Map([...attributes].map(([name, attribute]) => [name, attributeShape(attribute)])),
  };
  return nesting === "single" ? element : { kind: nesting, element };
}

/** A nested block is set by writing it; whether it must be there is a matter of its least number. */
function nestedBlockShape({ nesting, block, minItems }: NestedBlock): AttributeShape {
  const element = blockShape(block);
  const shape: Shape = nesting === "single" || nesting === "group" ? element : { kind: nesting, element };
  const required = minItems > 0;
  return {
    shape,
    required,
    optional: !required,
    computed: false,
    sensitive: false,
    writeOnly: false,
    block: true,
  };
}

/**
 * Inside a plain object type nothing has flags of its own. Whoever sets the attribute sets every member of its objects, so
 * the cloud has no say in a single one; where nobody can set the attribute, nobody can set a member.
 */
function typeShape(type: CtyType, flags: Flags): Shape {
  switch (type.kind) {
    case "list":
    case "set":
    case "map":
      return { kind: type.kind, element: typeShape(type.element, flags) };
    case "tuple":
      return { kind: "tuple", elements: type.elements.map((element) => typeShape(element, flags)) };
    case "object": {
      const optional = flags.optional || flags.required;
      const member = { ...flags, required: false, optional, computed: !optional, sensitive: false };
      const attributes = [...type.attributes].map(
        ([name, inner]) => [name, { shape: typeShape(inner, member), ...member }] as const,
      );
      return { kind: "object", attributes: new Map(attributes) };
    }
    default:
      return { kind: type.kind };
  }
}

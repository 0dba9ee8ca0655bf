/** What a resource's value looks like, and what its author may set: an engine's schema without the engine. */
export type Shape =
  | { readonly kind: "string" | "number" | "bool" | "dynamic" }
  | { readonly kind: "list" | "set" | "map"; readonly element: Shape }
  | { readonly kind: "tuple"; readonly elements: readonly Shape[] }
  | ObjectShape;

export interface ObjectShape {
  readonly kind: "object";
  readonly attributes: ReadonlyMap<string, AttributeShape>;
}

/**
 * One attribute or nested block. `optional` and `computed` together: the code may set it, and the cloud does otherwise.
 * Attributes inside an attribute whose type is an object inherit the flags of that attribute.
 */
export interface AttributeShape {
  readonly shape: Shape;
  readonly required: boolean;
  readonly optional: boolean;
  readonly computed: boolean;
  readonly sensitive: boolean;
  readonly writeOnly: boolean;
  /** A nested block in the code (`ingress { … }`), not an attribute (`ingress = …`). */
  readonly block: boolean;
}

/**
 * Which attributes the code sets. `true`: the whole attribute is set. A map: a nested block is there, and sets these
 * (blocks of one name are united, since elements of a set cannot be matched to the blocks that made them).
 * A missing name is not set.
 */
export type DeclaredAttributes = ReadonlyMap<string, true | DeclaredAttributes>;

/** Attributes and nested blocks seen alike: what planning, making and replacing walk over. */
import type { AttributeSpec, BlockSpec } from "../schema/specification.ts";

/** One attribute or nested block of an object. */
export type Member =
  | { readonly kind: "plain"; readonly name: string; readonly spec: AttributeSpec }
  | {
      readonly kind: "nested";
      readonly name: string;
      readonly nesting: "single" | "list" | "set" | "map" | "group";
      readonly members: readonly Member[];
      /** The attribute's own flags; absent for a block. */
      readonly spec: AttributeSpec | undefined;
    };

export type NestedMember = Extract<Member, { kind: "nested" }>;

export function membersOfBlock(block: BlockSpec): readonly Member[] {
  const blocks = Object.entries(block.blocks ?? {}).map(
    ([name, nested]): Member => ({
      kind: "nested",
      name,
      nesting: nested.nesting,
      members: membersOfBlock(nested.block),
      spec: undefined,
    }),
  );
  return [...Object.entries(block.attributes).map(memberOfAttribute), ...blocks];
}

function memberOfAttribute([name, spec]: readonly [string, AttributeSpec]): Member {
  if (spec.nested === undefined) return { kind: "plain", name, spec };
  const members = Object.entries(spec.nested.attributes).map(memberOfAttribute);
  return { kind: "nested", name, nesting: spec.nested.nesting, members, spec };
}

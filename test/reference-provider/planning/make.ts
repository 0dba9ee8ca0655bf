/** Turns a planned resource into one that exists: everything unknown gets a value. */
import {
  type CtyObject,
  CtyUnknown,
  type CtyValue,
  isCtyObject,
} from "../../../packages/tfprovider/src/cty/value.ts";
import type { Making } from "../schema/specification.ts";
import { ctyObject, setOf } from "../values/canonical.ts";
import type { Member, NestedMember } from "./members.ts";

export function makeResource(members: readonly Member[], making: Omit<Making, "owner">): CtyObject {
  return makeObject(members, making.resource, making);
}

function makeObject(members: readonly Member[], owner: CtyObject, making: Omit<Making, "owner">): CtyObject {
  return ctyObject(members.map((member) => [member.name, makeMember(member, owner, making)]));
}

function makeMember(member: Member, owner: CtyObject, making: Omit<Making, "owner">): CtyValue {
  const value = owner[member.name] ?? null;
  if (value instanceof CtyUnknown) return member.spec?.make?.({ ...making, owner }) ?? null;
  return member.kind === "nested" ? makeNested(member, value, making) : value;
}

function makeNested(member: NestedMember, value: CtyValue, making: Omit<Making, "owner">): CtyValue {
  const make = (element: CtyValue): CtyValue =>
    isCtyObject(element) ? makeObject(member.members, element, making) : element;
  if (Array.isArray(value)) return member.nesting === "set" ? setOf(value.map(make)) : value.map(make);
  if (member.nesting !== "map" || !isCtyObject(value)) return make(value);
  return ctyObject(Object.entries(value).map(([key, element]) => [key, make(element)]));
}

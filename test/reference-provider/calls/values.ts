/** Values on the wire: MessagePack by the schema of a type. */
import { decodeCty } from "../../../packages/tfprovider/src/cty/decode.ts";
import { encodeCty } from "../../../packages/tfprovider/src/cty/encode.ts";
import { type CtyObject, isCtyObject } from "../../../packages/tfprovider/src/cty/value.ts";
import type { MessageOf } from "../../../packages/tfprovider/src/wire/message.ts";
import type { DynamicValue } from "../../../packages/tfprovider/src/wire/rpc.ts";
import type { CompiledBlock } from "../types/catalogue.ts";

type WireValue = Partial<MessageOf<typeof DynamicValue>>;

/** Null when there is no such object. */
export function decodeValue(value: WireValue | undefined, { type }: CompiledBlock): CtyObject | null {
  if (value?.msgpack === undefined || value.msgpack.length === 0) return null;
  const decoded = decodeCty(value.msgpack, type);
  return isCtyObject(decoded) ? decoded : null;
}

export function encodeValue(
  value: CtyObject | null,
  { type }: CompiledBlock,
): { readonly msgpack: Uint8Array } {
  return { msgpack: encodeCty(value, type) };
}

export function idIn(resource: CtyObject | null): string | undefined {
  const id = resource?.["id"];
  return typeof id === "string" ? id : undefined;
}

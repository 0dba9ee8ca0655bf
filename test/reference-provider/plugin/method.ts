import type { MethodDefinition } from "@grpc/grpc-js";

/** A method whose messages stay bytes: they are decoded where they are understood. */
export function bytesMethod(
  path: string,
  streams: { readonly request?: true; readonly response?: true } = {},
): MethodDefinition<Buffer, Buffer> {
  const same = (bytes: Buffer) => bytes;
  return {
    path,
    requestStream: streams.request ?? false,
    responseStream: streams.response ?? false,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
}

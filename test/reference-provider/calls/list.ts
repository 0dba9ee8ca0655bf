/** What exists of a type, whether any state knows it or not: one message for each. */
import { encodeCty } from "../../../packages/tfprovider/src/cty/encode.ts";
import { parseType } from "../../../packages/tfprovider/src/cty/type.ts";
import * as rpc from "../../../packages/tfprovider/src/wire/rpc.ts";
import { admit } from "../cloud/access.ts";
import { readEncoded } from "../cloud/read.ts";
import { ReferenceProviderError } from "../error.ts";
import { compile } from "../types/catalogue.ts";
import { LISTED } from "../types/listed.ts";
import { type Call, defineCall, defineStream, type StreamCall } from "./call.ts";
import { decodeValue } from "./values.ts";

const TYPES = new Map(
  Object.entries(LISTED).map(([name, { block, identity, identityOf }]) => {
    const identityType = parseType(["object", Object.fromEntries(identity.map((one) => [one, "string"]))]);
    return [name, { config: compile(block), identityType, identityOf }];
  }),
);

const identitySchemas = defineCall({
  name: "GetResourceIdentitySchemas",
  request: rpc.Empty,
  answer: rpc.IdentitySchemasResponse,
  run: () => ({
    identitySchemas: Object.entries(LISTED).map(([key, { identity }]) => {
      const attributes = identity.map((name) => ({
        ...{ name, type: Buffer.from('"string"'), requiredForImport: true, optionalForImport: false },
      }));
      return { key, value: rpc.IdentitySchema.encode({ attributes }) };
    }),
  }),
});

const listResource = defineStream({
  name: "ListResource",
  request: rpc.ListRequest,
  answer: rpc.ListEvent,
  about: ({ typeName }) => ({ type: typeName }),
  answerWith: (msgpack) => ({ resourceObject: { msgpack } }),
  async *run({ typeName, config, includeResourceObject, limit }, session) {
    const type = TYPES.get(typeName);
    if (type === undefined) throw new ReferenceProviderError("type_unknown", `${typeName} cannot be listed`);
    await admit(session.ready, "read");
    const prefix = decodeValue(config, type.config)?.["prefix"];
    const { settings, store } = session.ready;
    const snapshot = store.snapshot();
    let left = limit === 0 ? Number.POSITIVE_INFINITY : limit;
    for (const [id, stored] of Object.entries(snapshot.content.resources[typeName] ?? {})) {
      const name = String(stored["name"] ?? id);
      if (typeof prefix === "string" && !name.startsWith(prefix)) continue;
      if (left-- <= 0) return;
      const live = includeResourceObject ? readEncoded(typeName, id, snapshot, settings) : undefined;
      yield {
        displayName: name,
        identity: { identityData: { msgpack: encodeCty(type.identityOf(id), type.identityType) } },
        ...(live === undefined ? {} : { resourceObject: { msgpack: live } }),
      };
    }
  },
});

export const IDENTITY_CALLS: readonly Call[] = [identitySchemas];
export const LIST_CALLS: readonly StreamCall[] = [listResource];

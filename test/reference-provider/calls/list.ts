/** What exists of a type, whether any state knows it or not: one message for each. */
import { encodeCty } from "../../../packages/tfprovider/src/cty/encode.ts";
import { parseType } from "../../../packages/tfprovider/src/cty/type.ts";
import * as rpc from "../../../packages/tfprovider/src/wire/rpc.ts";
import { admit } from "../cloud/access.ts";
import { readEncoded } from "../cloud/read.ts";
import { ReferenceProviderError } from "../error.ts";
import { compile } from "../types/catalogue.ts";
import { LIST_BLOCK, LISTED_TYPES } from "../types/listed.ts";
import { defineStream, type StreamCall } from "./call.ts";
import { decodeValue } from "./values.ts";

const listBlock = compile(LIST_BLOCK);
const IDENTITY = parseType(["object", { id: "string" }]);

const listResource = defineStream({
  name: "ListResource",
  request: rpc.ListRequest,
  answer: rpc.ListEvent,
  about: ({ typeName }) => ({ type: typeName }),
  answerWith: (msgpack) => ({ resourceObject: { msgpack } }),
  async *run({ typeName, config, includeResourceObject, limit }, session) {
    if (!LISTED_TYPES.includes(typeName))
      throw new ReferenceProviderError("type_unknown", `${typeName} cannot be listed`);
    await admit(session.ready, "read");
    const prefix = decodeValue(config, listBlock)?.["prefix"];
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
        identity: { identityData: { msgpack: encodeCty({ id }, IDENTITY) } },
        ...(live === undefined ? {} : { resourceObject: { msgpack: live } }),
      };
    }
  },
});

export const LIST_CALLS: readonly StreamCall[] = [listResource];

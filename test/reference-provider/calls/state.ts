/** Calls that look: upgrading what a state recorded, reading what exists, importing, the data source. */
import { encodeCty } from "../../../packages/tfprovider/src/cty/encode.ts";
import * as rpc from "../../../packages/tfprovider/src/wire/rpc.ts";
import { admit } from "../cloud/access.ts";
import { readEncoded, withoutWriteOnly } from "../cloud/read.ts";
import { ReferenceProviderError } from "../error.ts";
import { compile, resourceType } from "../types/catalogue.ts";
import { NETWORK_DATA } from "../types/provider.ts";
import { isJsonObject, parseExactJson } from "../values/json.ts";
import { type Call, defineCall } from "./call.ts";
import { decodeValue, encodeValue, idIn } from "./values.ts";

const NOTHING = Uint8Array.of(0xc0);

const upgradeState = defineCall({
  name: "UpgradeResourceState",
  request: rpc.UpgradeStateRequest,
  answer: rpc.UpgradeStateResponse,
  about: ({ typeName }) => ({ type: typeName }),
  answerWith: (msgpack) => ({ upgradedState: { msgpack } }),
  run: ({ typeName, version, rawState }) => {
    const type = resourceType(typeName);
    const recorded = parseExactJson(Buffer.from(rawState?.json ?? []).toString("utf8") || "null");
    if (!isJsonObject(recorded)) throw unusable(typeName, "its recorded attributes are no JSON object");
    if (version > type.spec.version) {
      throw unusable(
        typeName,
        `version ${version} is newer than ${type.spec.version}, which this provider knows`,
      );
    }
    const upgrade = version < type.spec.version ? type.spec.upgrade : undefined;
    const present = type.convert(upgrade?.(recorded, version) ?? recorded);
    return { upgradedState: encodeValue(withoutWriteOnly(type, present), type) };
  },
});

const readResource = defineCall({
  name: "ReadResource",
  request: rpc.ReadResourceRequest,
  answer: rpc.ReadResourceResponse,
  about: ({ typeName, currentState }) => ({
    type: typeName,
    id: idIn(decodeValue(currentState, resourceType(typeName))),
  }),
  answerWith: (msgpack) => ({ newState: { msgpack } }),
  given: ({ currentState }) => currentState?.msgpack,
  run: async ({ typeName, currentState, private: kept }, session) => {
    const { settings, store } = session.ready;
    await admit(session.ready, "read");
    const id = idIn(decodeValue(currentState, resourceType(typeName)));
    const live = id === undefined ? undefined : readEncoded(typeName, id, store.snapshot(), settings);
    return { newState: { msgpack: live ?? NOTHING }, private: kept };
  },
});

const importState = defineCall({
  name: "ImportResourceState",
  request: rpc.ImportRequest,
  answer: rpc.ImportResponse,
  about: ({ typeName, id }) => ({ type: typeName, id }),
  run: async ({ typeName, id }, session) => {
    await admit(session.ready, "read");
    const type = resourceType(typeName);
    // Only the id: Terraform reads the rest, and says so when there is nothing.
    const state = encodeValue(type.convert({ id }), type);
    return { importedResources: [{ typeName, state, private: privateOf(type.spec.version) }] };
  },
});

const networkData = compile(NETWORK_DATA);

const readDataSource = defineCall({
  name: "ReadDataSource",
  request: rpc.ReadDataSourceRequest,
  answer: rpc.ReadDataSourceResponse,
  about: ({ typeName }) => ({ type: typeName }),
  answerWith: (msgpack) => ({ state: { msgpack } }),
  run: async ({ config }, session) => {
    await admit(session.ready, "read");
    const name = String(decodeValue(config, networkData)?.["name"]);
    const networks = session.ready.store.snapshot().content.resources["reference_network"] ?? {};
    const found = Object.values(networks).find((network) => network["name"] === name);
    if (found === undefined) throw new ReferenceProviderError("refused", `there is no network named ${name}`);
    return { state: { msgpack: encodeCty(networkData.convert(found), networkData.type) } };
  },
});

export const STATE_CALLS: readonly Call[] = [upgradeState, readResource, importState, readDataSource];

/** What the provider keeps for itself beside a resource: like many, the version of the schema. */
export function privateOf(version: number): Uint8Array {
  return Buffer.from(JSON.stringify({ schema_version: String(version) }));
}

function unusable(typeName: string, why: string): ReferenceProviderError {
  return new ReferenceProviderError("value_invalid", `the state of a ${typeName} cannot be upgraded: ${why}`);
}

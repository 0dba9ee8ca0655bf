/** Calls about the provider itself: schema, configuration, stopping. */
import { decodeCty } from "../../../packages/tfprovider/src/cty/decode.ts";
import { type CtyObject, isCtyObject } from "../../../packages/tfprovider/src/cty/value.ts";
import { DiagnosticMessage } from "../../../packages/tfprovider/src/wire/diagnostic.ts";
import { define, messages } from "../../../packages/tfprovider/src/wire/message.ts";
import * as rpc from "../../../packages/tfprovider/src/wire/rpc.ts";
import { encodeSchema } from "../schema/messages.ts";
import { compile, RESOURCE_TYPES } from "../types/catalogue.ts";
import { LISTED } from "../types/listed.ts";
import { NETWORK_DATA, PROVIDER_BLOCK, settingsOf } from "../types/provider.ts";
import { type Call, defineCall } from "./call.ts";
import { errorDiagnostic } from "./diagnostic.ts";

const providerBlock = compile(PROVIDER_BLOCK);

/** The protocol gives this answer no diagnostics: field 15 is free for ours, and the client skips it. */
const StopAnswer = define({ diagnostics: messages(15, DiagnosticMessage) });

const getSchema = defineCall({
  name: "GetProviderSchema",
  request: rpc.Empty,
  answer: rpc.GetSchemaResponse,
  run: () => ({
    provider: encodeSchema(PROVIDER_BLOCK, 0),
    resourceSchemas: RESOURCE_TYPES.map(({ name, block, version }) => ({
      key: name,
      value: encodeSchema(block, version),
    })),
    dataSourceSchemas: [{ key: "reference_network", value: encodeSchema(NETWORK_DATA, 0) }],
    listResourceSchemas: Object.entries(LISTED).map(([key, { block }]) => ({
      key,
      value: encodeSchema(block, 0),
    })),
    serverCapabilities: { planDestroy: true, getProviderSchemaOptional: true, moveResourceState: false },
  }),
});

const validateConfig = defineCall({
  name: "ValidateProviderConfig",
  request: rpc.ValidateConfigRequest,
  answer: rpc.ValidateConfigResponse,
  run: ({ config }) => {
    const { path } = decodeConfig(config?.msgpack);
    if (path === null || path === "") {
      return {
        diagnostics: [
          errorDiagnostic("Missing path", "Set it to the JSON file that plays the cloud.", "path"),
        ],
      };
    }
    return {};
  },
});

const configure = defineCall({
  name: "ConfigureProvider",
  request: rpc.ConfigureRequest,
  answer: rpc.DiagnosticsResponse,
  prepare: ({ config }, session) => session.configure(settingsOf(decodeConfig(config?.msgpack))),
  run: () => ({}),
});

const stop = defineCall({
  name: "StopProvider",
  request: rpc.Empty,
  answer: StopAnswer,
  run: (_, session) => {
    session.stop();
    return {};
  },
});

export const PROVIDER_CALLS: readonly Call[] = [getSchema, validateConfig, configure, stop];

function decodeConfig(bytes: Uint8Array | undefined): CtyObject {
  const config = bytes === undefined ? null : decodeCty(bytes, providerBlock.type);
  return isCtyObject(config) ? config : providerBlock.convert({});
}

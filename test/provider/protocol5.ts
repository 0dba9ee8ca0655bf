/**
 * A provider of plugin protocol 5 for tests of the client: it can prepare configurations, which protocol 6 no longer does,
 * and writes down what was asked of it. How it behaves stands in a file, so that one program can change its mind.
 * Arguments: the file to read, the file to write.
 */
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  Server,
  ServerCredentials,
} from "@grpc/grpc-js";
import { decodeCty } from "../../packages/tfprovider/src/cty/decode.ts";
import { encodeCty } from "../../packages/tfprovider/src/cty/encode.ts";
import type { CtyObject } from "../../packages/tfprovider/src/cty/value.ts";
import { decodeSchema } from "../../packages/tfprovider/src/schema/schema.ts";
import * as rpc from "../../packages/tfprovider/src/wire/rpc.ts";
import { SchemaMessages } from "../../packages/tfprovider/src/wire/schema.ts";
import { bytesMethod } from "../reference-provider/plugin/method.ts";
import { addPluginServices } from "../reference-provider/plugin/services.ts";

export interface Behaviour {
  /** The provider works without being asked for its schema. */
  readonly schemaOptional: boolean;
  /** `fill`: the prepared configuration has a region where there was none. `error`: no configuration is good enough. */
  readonly prepare: "same" | "fill" | "error";
  /** It cannot be configured. */
  readonly configureError?: boolean;
  /** The schema comes with an error. */
  readonly schemaError?: boolean;
  /** Ends all connections instead of upgrading a state, and lives on. */
  readonly hangUp?: boolean;
}

/** One call: its name, and the configuration that it carried, or the flat map of a state. */
export interface Recorded {
  readonly call: string;
  readonly config?: { readonly [name: string]: unknown };
  readonly flatmap?: { readonly [key: string]: string };
}

const [behaviourFile = "", recordFile = ""] = process.argv.slice(2);

const plain = { description: "", required: false, computed: false, deprecated: false, writeOnly: false };
const attribute = (name: string, type: string, sensitive = false) => ({
  ...plain,
  name,
  type: Buffer.from(JSON.stringify(type)),
  optional: true,
  sensitive,
});

const role = {
  version: 0,
  attributes: [attribute("role_arn", "string")],
  blockTypes: [],
  description: "",
  deprecated: false,
};
const configSchema = SchemaMessages[5].encode({
  version: 0,
  block: {
    attributes: [
      attribute("region", "string"),
      attribute("access_key", "string"),
      attribute("secret_key", "string", true),
      attribute("retries", "number"),
    ],
    blockTypes: [{ typeName: "assume_role", nesting: 2, minItems: 0, maxItems: 1, block: role }],
  },
});
const thingSchema = SchemaMessages[5].encode({
  version: 1,
  block: { attributes: [attribute("id", "string")] },
});
const listSchema = SchemaMessages[5].encode({ version: 0, block: { attributes: [] } });
const configType = decodeSchema(configSchema, 5).type;
const thingType = decodeSchema(thingSchema, 5).type;

const configOf = (bytes: Uint8Array | undefined) =>
  decodeCty(bytes ?? Buffer.of(0xc0), configType) as CtyObject;
const behaviour = () => JSON.parse(readFileSync(behaviourFile, "utf8")) as Behaviour;
const record = (recorded: Recorded) => appendFileSync(recordFile, `${JSON.stringify(recorded)}\n`);
const problem = { severity: 1, summary: "not good enough", detail: "", attribute: undefined };

const CALLS: Readonly<Record<string, (request: Uint8Array) => Uint8Array>> = {
  GetSchema: () => {
    record({ call: "GetSchema" });
    const { schemaOptional, schemaError } = behaviour();
    return rpc.GetSchemaResponse.encode({
      provider: configSchema,
      resourceSchemas: [{ key: "five_thing", value: thingSchema }],
      listResourceSchemas: [{ key: "five_thing", value: listSchema }],
      serverCapabilities: { getProviderSchemaOptional: schemaOptional },
      diagnostics: schemaError ? [problem] : [],
    });
  },
  PrepareProviderConfig: (request) => {
    const { config } = rpc.ValidateConfigRequest.decode(request);
    const given = configOf(config?.msgpack);
    record({ call: "PrepareProviderConfig", config: given });
    const { prepare } = behaviour();
    if (prepare === "error") return rpc.ValidateConfigResponse.encode({ diagnostics: [problem] });
    const prepared = prepare === "fill" ? { ...given, region: given["region"] ?? "filled-in" } : given;
    return rpc.ValidateConfigResponse.encode({
      preparedConfig: { msgpack: encodeCty(prepared, configType) },
    });
  },
  Configure: (request) => {
    const { config } = rpc.ConfigureRequest.decode(request);
    record({ call: "Configure", config: configOf(config?.msgpack) });
    return rpc.DiagnosticsResponse.encode({
      diagnostics: behaviour().configureError ? [{ ...problem, summary: "no way in" }] : [],
    });
  },
  GetResourceIdentitySchemas: () => {
    const id = { name: "id", type: Buffer.from('"string"'), requiredForImport: true };
    const attributes = [{ ...id, optionalForImport: false }];
    return rpc.IdentitySchemasResponse.encode({
      identitySchemas: [{ key: "five_thing", value: rpc.IdentitySchema.encode({ attributes }) }],
    });
  },
  UpgradeResourceState: (request) => {
    const { rawState } = rpc.UpgradeStateRequest.decode(request);
    const flatmap = Object.fromEntries((rawState?.flatmap ?? []).map(({ key, value }) => [key, value]));
    record({ call: "UpgradeResourceState", flatmap });
    if (behaviour().hangUp) hangUp();
    return rpc.UpgradeStateResponse.encode({
      upgradedState: { msgpack: encodeCty({ id: flatmap["id"] ?? null }, thingType) },
    });
  },
};

const THINGS = ["known", "by-hand"];

/** Calls that answer with as many messages as they have. */
const STREAMS: Readonly<Record<string, (request: Uint8Array) => readonly Uint8Array[]>> = {
  ListResource: (request) => {
    const { limit } = rpc.ListRequest.decode(request);
    record({ call: "ListResource" });
    return THINGS.slice(0, limit || THINGS.length).map((id) => {
      const msgpack = encodeCty({ id }, thingType);
      return rpc.ListEvent.encode({
        ...{ displayName: id, identity: { identityData: { msgpack } }, resourceObject: { msgpack } },
      });
    });
  },
};

const server = new Server();

function hangUp(): void {
  // Without a server nothing would keep the process alive.
  setInterval(() => undefined, 60_000);
  server.forceShutdown();
}

async function serve(): Promise<void> {
  const names = Object.keys(CALLS);
  const handler =
    (name: string): handleUnaryCall<Buffer, Buffer> =>
    ({ request }, callback) =>
      callback(null, Buffer.from(CALLS[name]?.(request) ?? []));
  server.addService(
    Object.fromEntries(names.map((name) => [name, bytesMethod(`/tfplugin5.Provider/${name}`)])),
    Object.fromEntries(names.map((name) => [name, handler(name)])),
  );
  for (const [name, answers] of Object.entries(STREAMS)) {
    const stream: handleServerStreamingCall<Buffer, Buffer> = (call) => {
      for (const message of answers(call.request)) call.write(Buffer.from(message));
      call.end();
    };
    const method = bytesMethod(`/tfplugin5.Provider/${name}`, { response: true });
    server.addService({ [name]: method }, { [name]: stream });
  }
  addPluginServices(server, () => setTimeout(() => process.exit(0), 10));
  const socket = join(process.env["PLUGIN_UNIX_SOCKET_DIR"] ?? ".", "five");
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) =>
      error === null ? resolve() : reject(error),
    );
  });
  process.stdout.write(`1|5|unix|${socket}|grpc|\n`);
}

if (process.argv[1] === import.meta.filename) await serve();

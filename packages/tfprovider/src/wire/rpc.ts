/**
 * Requests and responses of the plugin protocol, versions 5 and 6: the same messages but for names, and for
 * `ValidateProviderConfig`, which returns no prepared configuration.
 * @see https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol
 */
import { AttributePathMessage, DiagnosticMessage } from "./diagnostic.ts";
import { bool, bytes, define, integer, message, messages, string } from "./message.ts";
import { ServerCapabilities } from "./schema.ts";

export const DynamicValue = define({ msgpack: bytes(1), json: bytes(2) });
const MapEntry = define({ key: string(1), value: string(2) });
/** `flatmap` is how Terraform before 0.12 kept attributes; a state may still hold some. */
const RawState = define({ json: bytes(1), flatmap: messages(2, MapEntry) });
const ClientCapabilities = define({ deferralAllowed: bool(1), writeOnlyAttributesAllowed: bool(2) });
const diagnostics = (number: number) => messages(number, DiagnosticMessage);
const value = (number: number) => message(number, DynamicValue);
const capabilities = (number: number) => message(number, ClientCapabilities);

export const Empty = define({});

/** A map field is a repeated message of key and value; values stay raw, to be decoded when asked for. */
const SchemaEntry = define({ key: string(1), value: bytes(2) });

export const GetSchemaResponse = define({
  provider: bytes(1),
  resourceSchemas: messages(2, SchemaEntry),
  dataSourceSchemas: messages(3, SchemaEntry),
  diagnostics: diagnostics(4),
  providerMeta: bytes(5),
  serverCapabilities: message(6, ServerCapabilities),
  listResourceSchemas: messages(9, SchemaEntry),
});

export const ValidateConfigRequest = define({ config: value(1) });
export const ValidateConfigResponse = define({ preparedConfig: value(1), diagnostics: diagnostics(2) });

export const ConfigureRequest = define({
  terraformVersion: string(1),
  config: value(2),
  clientCapabilities: capabilities(3),
});
export const DiagnosticsResponse = define({ diagnostics: diagnostics(1) });

export const ValidateResourceRequest = define({
  typeName: string(1),
  config: value(2),
  clientCapabilities: capabilities(3),
});

export const UpgradeStateRequest = define({
  typeName: string(1),
  version: integer(2),
  rawState: message(3, RawState),
});
export const UpgradeStateResponse = define({ upgradedState: value(1), diagnostics: diagnostics(2) });

export const ReadResourceRequest = define({
  typeName: string(1),
  currentState: value(2),
  private: bytes(3),
  clientCapabilities: capabilities(5),
});
export const ReadResourceResponse = define({
  newState: value(1),
  diagnostics: diagnostics(2),
  private: bytes(3),
});

export const PlanRequest = define({
  typeName: string(1),
  priorState: value(2),
  proposedNewState: value(3),
  config: value(4),
  priorPrivate: bytes(5),
  clientCapabilities: capabilities(7),
});
export const PlanResponse = define({
  plannedState: value(1),
  requiresReplace: messages(2, AttributePathMessage),
  plannedPrivate: bytes(3),
  diagnostics: diagnostics(4),
  legacyTypeSystem: bool(5),
});

export const ApplyRequest = define({
  typeName: string(1),
  priorState: value(2),
  plannedState: value(3),
  config: value(4),
  plannedPrivate: bytes(5),
});
export const ApplyResponse = define({
  newState: value(1),
  private: bytes(2),
  diagnostics: diagnostics(3),
  legacyTypeSystem: bool(4),
});

export const ImportRequest = define({
  typeName: string(1),
  id: string(2),
  clientCapabilities: capabilities(3),
});
const ImportedResource = define({ typeName: string(1), state: value(2), private: bytes(3) });
export const ImportResponse = define({
  importedResources: messages(1, ImportedResource),
  diagnostics: diagnostics(2),
});

export const ReadDataSourceRequest = define({ typeName: string(1), config: value(2) });
export const ReadDataSourceResponse = define({ state: value(1), diagnostics: diagnostics(2) });

/** Since 5.10 and 6.10. `limit`: 0 stands for none. */
export const ListRequest = define({
  typeName: string(1),
  config: value(2),
  includeResourceObject: bool(3),
  limit: integer(4),
});
const ResourceIdentity = define({ identityData: value(1) });
/** One of the messages that a listing answers with. */
export const ListEvent = define({
  identity: message(1, ResourceIdentity),
  displayName: string(2),
  resourceObject: value(3),
  diagnostics: diagnostics(4),
});

/** Since 5.9 and 6.9. Schemas stay raw, as those of resources do. */
export const IdentitySchemasResponse = define({
  identitySchemas: messages(1, SchemaEntry),
  diagnostics: diagnostics(2),
});
const IdentityAttribute = define({
  name: string(1),
  type: bytes(2),
  requiredForImport: bool(3),
  optionalForImport: bool(4),
});
export const IdentitySchema = define({ version: integer(1), attributes: messages(2, IdentityAttribute) });

export const StopResponse = define({ error: string(1) });

/** What each call is named in each protocol. */
const METHODS = {
  getSchema: { 5: "GetSchema", 6: "GetProviderSchema" },
  validateConfig: { 5: "PrepareProviderConfig", 6: "ValidateProviderConfig" },
  configure: { 5: "Configure", 6: "ConfigureProvider" },
  validateResource: { 5: "ValidateResourceTypeConfig", 6: "ValidateResourceConfig" },
  upgradeState: { 5: "UpgradeResourceState", 6: "UpgradeResourceState" },
  readResource: { 5: "ReadResource", 6: "ReadResource" },
  plan: { 5: "PlanResourceChange", 6: "PlanResourceChange" },
  apply: { 5: "ApplyResourceChange", 6: "ApplyResourceChange" },
  importResource: { 5: "ImportResourceState", 6: "ImportResourceState" },
  readDataSource: { 5: "ReadDataSource", 6: "ReadDataSource" },
  listResource: { 5: "ListResource", 6: "ListResource" },
  identitySchemas: { 5: "GetResourceIdentitySchemas", 6: "GetResourceIdentitySchemas" },
  stop: { 5: "Stop", 6: "StopProvider" },
} as const;

export type Protocol = 5 | 6;
export type Method = keyof typeof METHODS;

/** The gRPC path of a call, `/tfplugin5.Provider/ReadResource`. */
export function methodPath(protocol: Protocol, method: Method): string {
  return `/tfplugin${protocol}.Provider/${METHODS[method][protocol]}`;
}

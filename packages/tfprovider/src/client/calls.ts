/** The calls of the plugin protocol as functions: bytes in, bytes and diagnostics out. Values stay encoded. */
import { ProviderError } from "../errors.ts";
import { type Diagnostic, pathOf } from "../wire/diagnostic.ts";
import type { MessageOf } from "../wire/message.ts";
import { refuseErrors } from "../wire/refuseErrors.ts";
import * as rpc from "../wire/rpc.ts";
import type { CallLimits, ProviderConnection } from "./connection.ts";

/** MessagePack's null, which stands for "there is no such object". */
export const NULL_VALUE: Uint8Array = new Uint8Array([0xc0]);

const CAPABILITIES = { deferralAllowed: false, writeOnlyAttributesAllowed: true };

/** A value as the provider wrote it, and what it keeps beside it for itself. */
export interface EncodedState {
  readonly value: Uint8Array;
  readonly private: Uint8Array;
  readonly warnings: readonly Diagnostic[];
}

/** What a state file holds of one object: JSON, or the flat map of Terraform before 0.12. */
export type RecordedAttributes =
  | { readonly json: Uint8Array }
  | { readonly flatmap: Readonly<Record<string, string>> };

export interface PlanInput {
  readonly type: string;
  readonly prior: Uint8Array;
  readonly proposed: Uint8Array;
  readonly config: Uint8Array;
  readonly private: Uint8Array;
}

export interface EncodedPlan extends EncodedState {
  /** Attributes whose change would destroy the object and make another. */
  readonly requiresReplace: readonly (readonly (string | number)[])[];
}

export interface ImportedResource {
  readonly type: string;
  readonly value: Uint8Array;
  readonly private: Uint8Array;
}

export function readSchemas(connection: ProviderConnection, limits: CallLimits): Promise<Buffer> {
  return connection.callRaw("getSchema", rpc.Empty.encode({}), limits);
}

/**
 * Whether the provider takes the configuration. What protocol 5 calls the prepared configuration is left alone, as
 * Terraform leaves it: providers that return another one (vsphere, azurerm) are configured with the original.
 */
export async function validateConfig(
  connection: ProviderConnection,
  config: Uint8Array,
  limits: CallLimits,
): Promise<void> {
  const request = { config: { msgpack: config } };
  const answer = await connection.call(
    "validateConfig",
    rpc.ValidateConfigRequest,
    request,
    rpc.ValidateConfigResponse,
    limits,
  );
  refuseErrors(answer.diagnostics, "the provider's configuration is not valid");
}

export async function configure(
  connection: ProviderConnection,
  config: Uint8Array,
  terraformVersion: string,
  limits: CallLimits,
): Promise<void> {
  const request = { terraformVersion, config: { msgpack: config }, clientCapabilities: CAPABILITIES };
  const answer = await connection.call(
    "configure",
    rpc.ConfigureRequest,
    request,
    rpc.DiagnosticsResponse,
    limits,
  );
  refuseErrors(answer.diagnostics, "the provider could not be configured");
}

/** What a state file holds as a value of the provider's present schema. */
export async function upgradeState(
  connection: ProviderConnection,
  type: string,
  version: number,
  recorded: RecordedAttributes,
  limits: CallLimits,
): Promise<Uint8Array> {
  const rawState =
    "json" in recorded
      ? { json: recorded.json }
      : { flatmap: Object.entries(recorded.flatmap).map(([key, value]) => ({ key, value })) };
  const request = { typeName: type, version, rawState };
  const answer = await connection.call(
    "upgradeState",
    rpc.UpgradeStateRequest,
    request,
    rpc.UpgradeStateResponse,
    limits,
  );
  refuseErrors(answer.diagnostics, `the recorded ${type} could not be upgraded`);
  return known(answer.upgradedState, "upgradeState");
}

export async function readResource(
  connection: ProviderConnection,
  type: string,
  current: Uint8Array,
  privateData: Uint8Array,
  limits: CallLimits,
): Promise<EncodedState> {
  const request = {
    typeName: type,
    currentState: { msgpack: current },
    private: privateData,
    clientCapabilities: CAPABILITIES,
  };
  const answer = await connection.call(
    "readResource",
    rpc.ReadResourceRequest,
    request,
    rpc.ReadResourceResponse,
    limits,
  );
  const warnings = refuseErrors(answer.diagnostics, `the ${type} could not be read`);
  return { value: known(answer.newState, "readResource"), private: answer.private, warnings };
}

export async function planChange(
  connection: ProviderConnection,
  input: PlanInput,
  limits: CallLimits,
): Promise<EncodedPlan> {
  const request = {
    typeName: input.type,
    priorState: { msgpack: input.prior },
    proposedNewState: { msgpack: input.proposed },
    config: { msgpack: input.config },
    priorPrivate: input.private,
    clientCapabilities: CAPABILITIES,
  };
  const answer = await connection.call("plan", rpc.PlanRequest, request, rpc.PlanResponse, limits);
  const warnings = refuseErrors(answer.diagnostics, `no plan could be made for the ${input.type}`);
  return {
    value: known(answer.plannedState, "plan"),
    private: answer.plannedPrivate,
    requiresReplace: answer.requiresReplace.map(pathOf),
    warnings,
  };
}

/** Writes. The planned bytes go to the provider exactly as its plan returned them. */
export async function applyChange(
  connection: ProviderConnection,
  input: PlanInput,
  plan: EncodedPlan,
  limits: CallLimits,
): Promise<EncodedState> {
  const request = {
    typeName: input.type,
    priorState: { msgpack: input.prior },
    plannedState: { msgpack: plan.value },
    config: { msgpack: input.config },
    plannedPrivate: plan.private,
  };
  const answer = await connection.call("apply", rpc.ApplyRequest, request, rpc.ApplyResponse, limits);
  const warnings = refuseErrors(answer.diagnostics, `the change of the ${input.type} was not applied`);
  return { value: known(answer.newState, "apply"), private: answer.private, warnings };
}

export async function importResource(
  connection: ProviderConnection,
  type: string,
  id: string,
  limits: CallLimits,
): Promise<readonly ImportedResource[]> {
  const request = { typeName: type, id, clientCapabilities: CAPABILITIES };
  const answer = await connection.call(
    "importResource",
    rpc.ImportRequest,
    request,
    rpc.ImportResponse,
    limits,
  );
  refuseErrors(answer.diagnostics, `the ${type} could not be imported`);
  return answer.importedResources.map((resource) => ({
    type: resource.typeName,
    value: known(resource.state, "importResource"),
    private: resource.private,
  }));
}

function known(value: Partial<MessageOf<typeof rpc.DynamicValue>> | undefined, method: string): Uint8Array {
  if (value?.msgpack !== undefined && value.msgpack.length > 0) return value.msgpack;
  throw new ProviderError(
    "provider_rpc_failed",
    `${method}: the provider answered without a MessagePack value`,
  );
}

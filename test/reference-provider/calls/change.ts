/** Calls that change: checking a configuration, planning, applying. */
import type { CtyObject } from "../../../packages/tfprovider/src/cty/value.ts";
import * as rpc from "../../../packages/tfprovider/src/wire/rpc.ts";
import { admit } from "../cloud/access.ts";
import { deleteResource, writeResource } from "../cloud/write.ts";
import { ReferenceProviderError } from "../error.ts";
import { planResource } from "../planning/plan.ts";
import { replacedBy } from "../planning/replacement.ts";
import type { Objection } from "../schema/specification.ts";
import { type ResourceType, resourceType } from "../types/catalogue.ts";
import { type Call, defineCall } from "./call.ts";
import { attributePath, errorDiagnostic } from "./diagnostic.ts";
import { privateOf } from "./state.ts";
import { decodeValue, encodeValue, idIn } from "./values.ts";

const validate = defineCall({
  name: "ValidateResourceConfig",
  request: rpc.ValidateResourceRequest,
  answer: rpc.DiagnosticsResponse,
  about: ({ typeName }) => ({ type: typeName }),
  run: ({ typeName, config }) => {
    const type = resourceType(typeName);
    const objections = objectionsTo(type, decodeValue(config, type) ?? {});
    return {
      diagnostics: objections.map(({ summary, detail, attribute }) =>
        errorDiagnostic(summary, detail, attribute),
      ),
    };
  },
});

const validateData = defineCall({
  name: "ValidateDataResourceConfig",
  request: rpc.ValidateResourceRequest,
  answer: rpc.DiagnosticsResponse,
  run: () => ({}),
});

const plan = defineCall({
  name: "PlanResourceChange",
  request: rpc.PlanRequest,
  answer: rpc.PlanResponse,
  about: ({ typeName, priorState }) => aboutPrior(typeName, priorState),
  answerWith: (msgpack) => ({ plannedState: { msgpack } }),
  given: ({ priorState }) => priorState?.msgpack,
  run: (request, session) => {
    const { settings } = session.ready;
    const type = resourceType(request.typeName);
    const prior = decodeValue(request.priorState, type);
    const proposed = decodeValue(request.proposedNewState, type);
    const config = decodeValue(request.config, type);
    const kept = { plannedPrivate: request.priorPrivate };
    if (proposed === null || config === null) return { plannedState: encodeValue(null, type), ...kept };
    const planned = planResource(type.members, { config, prior }, settings);
    const requiresReplace = replacedBy(type.members, prior, planned).map(attributePath);
    return { plannedState: encodeValue(planned, type), requiresReplace, ...kept };
  },
});

const apply = defineCall({
  name: "ApplyResourceChange",
  request: rpc.ApplyRequest,
  answer: rpc.ApplyResponse,
  about: ({ typeName, priorState }) => aboutPrior(typeName, priorState),
  answerWith: (msgpack) => ({ newState: { msgpack } }),
  given: ({ priorState }) => priorState?.msgpack,
  run: async (request, session) => {
    const configured = session.ready;
    await admit(configured, "write");
    const type = resourceType(request.typeName);
    const prior = decodeValue(request.priorState, type);
    const planned = decodeValue(request.plannedState, type);
    const config = decodeValue(request.config, type) ?? type.convert({});
    if (prior !== null) expectPrivate(type, request.plannedPrivate);
    if (planned === null) {
      await configured.store.change((content) => prior !== null && deleteResource(type, prior, content));
      return { newState: encodeValue(null, type), private: new Uint8Array(0) };
    }
    const change = { prior, planned, config };
    const made = await configured.store.change((content) =>
      writeResource(type, change, content, configured.settings),
    );
    const kept = prior === null ? privateOf(type.spec.version) : request.plannedPrivate;
    return { newState: encodeValue(made, type), private: kept };
  },
});

export const CHANGE_CALLS: readonly Call[] = [validate, validateData, plan, apply];

function objectionsTo(type: ResourceType, config: CtyObject): readonly Objection[] {
  const missing = type.members
    .filter(({ name, spec }) => spec?.required && (config[name] ?? null) === null)
    .map(({ name }) => ({ attribute: name, summary: "Missing value", detail: `"${name}" must be set.` }));
  return [...missing, ...(type.spec.validate?.(config) ?? [])];
}

function aboutPrior(typeName: string, prior: Parameters<typeof decodeValue>[0]) {
  return { type: typeName, id: idIn(decodeValue(prior, resourceType(typeName))) };
}

function expectPrivate({ spec }: ResourceType, kept: Uint8Array): void {
  if (!spec.needsPrivate || kept.length > 0) return;
  throw new ReferenceProviderError(
    "refused",
    `the private data of the ${spec.name} is missing: what a read returns beside the value must be given to plan and apply`,
  );
}

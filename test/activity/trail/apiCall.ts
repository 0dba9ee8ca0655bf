/** A recorded request → which operation of which service it was, and its parameters, by the service's published model. */
import { SupportError } from "../../support/error.ts";
import { type HttpRequest, operationOf } from "../../support/restXml.ts";
import { type Operation, type ServiceModel, type Shape, shapeOf } from "../../support/serviceModel.ts";
import { readForm } from "./form.ts";
import type { RecordedCall } from "./recordedCall.ts";
import { operationAt, readRest } from "./rest.ts";
import type { ServiceModels } from "./services.ts";

export interface ApiCall {
  readonly service: string;
  readonly model: ServiceModel;
  readonly operation: Operation;
  /** Named as in the model. */
  readonly input: Input;
  readonly accessKey: string;
  readonly region: string;
  readonly time: Date;
  readonly userAgent: string;
  /** By which a call of an SDK can be found again. */
  readonly invocation: string | undefined;
}

export type Input = Readonly<Record<string, unknown>>;

/** @throws SupportError `call_unknown` for what no model describes: no record is made up */
export function readApiCall(call: RecordedCall, models: ServiceModels): ApiCall {
  const { accessKey, region, service } = scopeOf(call);
  const model = models.get(service);
  if (model === undefined) throw unknown(call, `there is no model of the service ${service}`);
  const { operation, input } = readOperation(call, service, model);
  return {
    service,
    model,
    operation,
    input,
    accessKey,
    region,
    time: timeOf(call),
    userAgent: call.headers["user-agent"] ?? "",
    invocation: call.headers["amz-sdk-invocation-id"],
  };
}

function readOperation(call: RecordedCall, service: string, model: ServiceModel) {
  switch (model.metadata.protocol) {
    case "json": {
      const operation = named(call, model, (call.headers["x-amz-target"] ?? "").split(".").at(-1) ?? "");
      return { operation, input: JSON.parse(call.body.toString("utf8") || "{}") as Input };
    }
    case "ec2":
    case "query": {
      const form = new URLSearchParams(call.body.toString("utf8"));
      const operation = named(call, model, form.get("Action") ?? "");
      return { operation, input: readForm(model, inputShape(model, operation), form) };
    }
    case "rest-json":
    case "rest-xml": {
      const request: HttpRequest = { ...call, body: call.body.toString("utf8") };
      const operation = service === "s3" ? operationOf(model, request) : operationAt(model, request);
      if (operation === undefined) throw unknown(call, `${service} has no such operation`);
      return { operation, input: readRest(model, operation, call) };
    }
  }
}

function named(call: RecordedCall, model: ServiceModel, name: string): Operation {
  const operation = model.operations[name];
  if (operation === undefined) throw unknown(call, `there is no operation ${name}`);
  return operation;
}

export function inputShape(model: ServiceModel, { input }: Operation): Shape {
  return input === undefined ? { type: "structure" } : shapeOf(model, input.shape);
}

/** `AWS4-HMAC-SHA256 Credential=KEY/20260102/REGION/SERVICE/aws4_request, …` */
function scopeOf(call: RecordedCall) {
  const scope = /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\/aws4_request/.exec(
    call.headers["authorization"] ?? "",
  );
  const [, accessKey, region, service] = scope ?? [];
  if (accessKey === undefined || region === undefined || service === undefined)
    throw unknown(call, "it is not signed");
  return { accessKey, region, service };
}

/** `20260102T030405Z`, which every signed request has. */
function timeOf(call: RecordedCall): Date {
  const [, date, hour, minute, second] =
    /^(\d{8})T(\d\d)(\d\d)(\d\d)Z$/.exec(call.headers["x-amz-date"] ?? "") ?? [];
  if (date === undefined) throw unknown(call, "it says no time");
  const day = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
  return new Date(`${day}T${hour}:${minute}:${second}Z`);
}

function unknown({ method, url }: RecordedCall, why: string): SupportError {
  return new SupportError("call_unknown", `${method} ${url} can be no record of a trail: ${why}`);
}

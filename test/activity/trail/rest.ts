/** Parameters of APIs that have an address for each operation: in the path, the query, the headers and the body. */
import { type HttpRequest, parseXml } from "../../support/restXml.ts";
import {
  type Operation,
  refOf,
  type ServiceModel,
  type Shape,
  type ShapeRef,
  shapeOf,
} from "../../support/serviceModel.ts";
import type { RecordedCall } from "./recordedCall.ts";
import { simpleValue } from "./simpleValue.ts";

/** The operation of that address; the one with the most fixed path, where several fit. */
export function operationAt(model: ServiceModel, { method, url }: HttpRequest): Operation | undefined {
  const { pathname, searchParams } = new URL(url);
  const fitting = Object.values(model.operations).filter(({ http }) => {
    const [, query = ""] = http.requestUri.split("?");
    const fixed = [...new URLSearchParams(query)].every(([name, value]) => searchParams.get(name) === value);
    return http.method === method && fixed && labelsOf(http.requestUri, pathname) !== undefined;
  });
  const vagueness = ({ http }: Operation) =>
    http.requestUri.split("{").length * 1000 - http.requestUri.length;
  return fitting.sort((one, other) => vagueness(one) - vagueness(other))[0];
}

/** What the names in braces stand for. `{Key+}` may hold slashes. */
function labelsOf(requestUri: string, path: string): Readonly<Record<string, string>> | undefined {
  const [template = ""] = requestUri.split("?");
  const names: string[] = [];
  const pattern = template
    .replace(/\/$/, "")
    .replace(/[.*^$()[\]\\|]/g, "\\$&")
    .replace(/\{(\w+)(\+?)\}/g, (_, name: string, isGreedy: string) => {
      names.push(name);
      return isGreedy === "+" ? "(.+)" : "([^/]+)";
    });
  const found = new RegExp(`^${pattern}/?$`).exec(path);
  if (found === null) return undefined;
  return Object.fromEntries(names.map((name, at) => [name, decodeURIComponent(found[at + 1] ?? "")]));
}

export function readRest(
  model: ServiceModel,
  operation: Operation,
  call: RecordedCall,
): Readonly<Record<string, unknown>> {
  const shape: Shape =
    operation.input === undefined ? { type: "structure" } : shapeOf(model, operation.input.shape);
  const { pathname, searchParams } = new URL(call.url);
  const labels = labelsOf(operation.http.requestUri, pathname) ?? {};
  const value: Record<string, unknown> = {};
  for (const [name, ref] of Object.entries(shape.members ?? {})) {
    const { location, locationName = name } = ref;
    const text =
      location === "uri"
        ? labels[locationName]
        : location === "querystring"
          ? (searchParams.get(locationName) ?? undefined)
          : location === "header"
            ? call.headers[locationName.toLowerCase()]
            : undefined;
    if (text !== undefined) value[name] = simpleValue(shapeOf(model, ref.shape), text);
  }
  return { ...value, ...bodyOf(model, shape, call.body) };
}

function bodyOf(model: ServiceModel, shape: Shape, body: Buffer): Readonly<Record<string, unknown>> {
  if (body.length === 0) return {};
  const ref = shape.payload === undefined ? undefined : refOf(shape.members?.[shape.payload]);
  const isDocument = ref === undefined || shapeOf(model, ref.shape).type === "structure";
  if (!isDocument) return { [shape.payload ?? ""]: body.toString("utf8") };
  const content =
    model.metadata.protocol === "rest-json"
      ? (JSON.parse(body.toString("utf8")) as Readonly<Record<string, unknown>>)
      : members(model, ref === undefined ? shape : shapeOf(model, ref.shape), body.toString("utf8"));
  return ref === undefined ? content : { [shape.payload ?? ""]: content };
}

function members(model: ServiceModel, shape: Shape, body: string): Readonly<Record<string, unknown>> {
  const root = parseXml(body);
  return root === undefined ? {} : structure(model, shape, root);
}

type Element = NonNullable<ReturnType<typeof parseXml>>;

function structure(model: ServiceModel, shape: Shape, element: Element): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const [name, ref] of Object.entries(shape.members ?? {})) {
    const list = shapeOf(model, ref.shape);
    const isFlat = list.type === "list" && (ref.flattened === true || list.flattened === true);
    const wanted = ref.locationName ?? (isFlat ? list.member?.locationName : undefined) ?? name;
    const found = element.children.filter((child) => child.name === wanted);
    const [first] = found;
    if (first === undefined) continue;
    value[name] = isFlat
      ? found.map((item) => read(model, refOf(list.member), item))
      : read(model, ref, first);
  }
  return value;
}

function read(model: ServiceModel, ref: ShapeRef, element: Element): unknown {
  const shape = shapeOf(model, ref.shape);
  if (shape.type === "structure") return structure(model, shape, element);
  if (shape.type === "list") return element.children.map((item) => read(model, refOf(shape.member), item));
  return simpleValue(shape, element.text);
}

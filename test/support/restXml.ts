/** Whether requests and answers of an API of XML over HTTP, as S3's is, fit its published model. */
import {
  type Operation,
  refOf,
  type ServiceModel,
  type Shape,
  type ShapeRef,
  shapeOf,
  textFaults,
} from "./serviceModel.ts";

export interface HttpRequest {
  readonly method: string;
  /** With the query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Of HTTP itself, and of the signature and the SDK: no members of any operation. */
const OF_EVERY_REQUEST =
  /^(host|connection|keep-alive|transfer-encoding|expect|accept|user-agent|authorization|content-length|amz-sdk-.*|x-amz-(date|content-sha256|user-agent|security-token))$/;
const OF_EVERY_ANSWER =
  /^(date|connection|keep-alive|transfer-encoding|content-length|server|x-amz-request-id|x-amz-id-2)$/;

/** The operation that the request is for. Several have one address: what the request lacks of their inputs tells them apart. */
export function operationOf(model: ServiceModel, request: HttpRequest): Operation | undefined {
  const { pathname, searchParams } = new URL(request.url, "http://service");
  const isObject = pathname.split("/").filter((step) => step !== "").length > 1;
  const fitting = Object.values(model.operations).filter(({ http, deprecated }) => {
    const [path = ""] = http.requestUri.split("?");
    return (
      deprecated !== true &&
      http.method === request.method &&
      path === (isObject ? "/{Bucket}/{Key+}" : "/{Bucket}") &&
      [...fixedQuery(http.requestUri)].every(([name, value]) => searchParams.get(name) === value)
    );
  });
  const closeness = ({ http, input }: Operation) =>
    10 * fixedQuery(http.requestUri).size - missingOf(shapeOf(model, input?.shape ?? ""), request).length;
  return fitting.sort((one, other) => closeness(other) - closeness(one))[0];
}

function fixedQuery(requestUri: string): URLSearchParams {
  return new URLSearchParams(requestUri.split("?")[1] ?? "");
}

/** Names of what must be in the query or in the headers, and is not. */
function missingOf({ required = [], members = {} }: Shape, { url, headers }: HttpRequest): readonly string[] {
  const { searchParams } = new URL(url, "http://service");
  return required.flatMap((name) => {
    const { location, locationName = name } = refOf(members[name]);
    if (location === "header") return headers[locationName.toLowerCase()] === undefined ? [locationName] : [];
    return location === "querystring" && !searchParams.has(locationName) ? [locationName] : [];
  });
}

export function requestFaults(
  model: ServiceModel,
  operation: Operation,
  request: HttpRequest,
): readonly string[] {
  const input = operation.input === undefined ? { type: "structure" } : shapeOf(model, operation.input.shape);
  const members = Object.entries(input.members ?? {});
  const fixed = fixedQuery(operation.http.requestUri);
  const place = `${operation.name} request`;
  const query = [...new URL(request.url, "http://service").searchParams].flatMap(([name, value]) => {
    if (fixed.has(name) || name === "x-id") return [];
    const member = members.find(
      ([, { location, locationName }]) => location === "querystring" && locationName === name,
    );
    return member === undefined
      ? [`${place}: the parameter ${name} is unknown`]
      : textFaults(model, member[1].shape, value, `${place}?${name}`);
  });
  const missing = missingOf(input, request).map((name) => `${place}: ${name} is missing`);
  return [
    ...query,
    ...missing,
    ...headerFaults(model, members, sentHeaders(operation, request), OF_EVERY_REQUEST, place),
    ...bodyFaults(model, input, request.body, place),
  ];
}

/** Without the type of a document, and without checksums where the operation takes them. */
function sentHeaders({ httpChecksum }: Operation, { headers, body }: HttpRequest): HttpRequest["headers"] {
  const isOrdinary = (name: string, value: string) =>
    (name === "content-type" && value === "application/xml" && body !== "") ||
    (httpChecksum !== undefined && name.startsWith("x-amz-checksum-"));
  return Object.fromEntries(Object.entries(headers).filter(([name, value]) => !isOrdinary(name, value)));
}

export function answerFaults(
  model: ServiceModel,
  operation: Operation,
  answer: HttpAnswer,
): readonly string[] {
  const output =
    operation.output === undefined ? { type: "structure" } : shapeOf(model, operation.output.shape);
  const members = Object.entries(output.members ?? {});
  const place = `${operation.name} answer`;
  const usual = operation.http.responseCode ?? 200;
  return [
    ...(answer.status === usual ? [] : [`${place}: status ${answer.status} in place of ${usual}`]),
    ...headerFaults(model, members, answer.headers, OF_EVERY_ANSWER, place),
    ...(operation.http.method === "HEAD" ? [] : bodyFaults(model, output, answer.body, place)),
  ];
}

/** The code of an error's document; undefined where the body is none. */
export function errorCodeOf({ body }: HttpAnswer): string | undefined {
  const error = parseXml(body);
  return error?.name === "Error" ? error.children.find(({ name }) => name === "Code")?.text : undefined;
}

function headerFaults(
  model: ServiceModel,
  members: readonly (readonly [string, ShapeRef])[],
  headers: Readonly<Record<string, string>>,
  ordinary: RegExp,
  place: string,
): readonly string[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    const member = members.find(
      ([, { location, locationName = "" }]) =>
        (location === "header" && locationName.toLowerCase() === name) ||
        (location === "headers" && name.startsWith(locationName.toLowerCase())),
    );
    if (member === undefined) return ordinary.test(name) ? [] : [`${place}: the header ${name} is unknown`];
    return textFaults(model, member[1].shape, value, `${place} header ${name}`, "rfc822");
  });
}

/** A payload is the whole body; without one, the members that have no other place are its elements. */
function bodyFaults(model: ServiceModel, shape: Shape, body: string, place: string): readonly string[] {
  const payload = shape.payload === undefined ? undefined : shape.members?.[shape.payload];
  const inBody = Object.values(shape.members ?? {}).some(({ location }) => location === undefined);
  if (!inBody) return body === "" ? [] : [`${place}: a body that nobody asked for`];
  if (payload !== undefined && shapeOf(model, payload.shape).type !== "structure") return [];
  const root = parseXml(body);
  if (root === undefined) return [`${place}: the body is no XML`];
  const { locationName } = payload ?? {};
  const name =
    locationName === undefined || root.name === locationName
      ? []
      : [`${place}: ${root.name} in place of ${locationName}`];
  return [
    ...name,
    ...elementFaults(model, payload === undefined ? shape : shapeOf(model, payload.shape), root, place),
  ];
}

function elementFaults(
  model: ServiceModel,
  shape: Shape,
  element: Element,
  place: string,
): readonly string[] {
  const members = Object.entries(shape.members ?? {}).filter(([, { location }]) => location === undefined);
  const named = members.map(([name, ref]) => ({ name: elementName(model, name, ref), ref }));
  const required = (shape.required ?? []).filter((name) => members.some(([member]) => member === name));
  const missing = required.filter((name) => {
    const wanted = elementName(model, name, refOf(shape.members?.[name]));
    return !element.children.some((child) => child.name === wanted);
  });
  const counts = Map.groupBy(element.children, ({ name }) => name);
  return [
    ...missing.map((name) => `${place} ${element.name}: ${name} is missing`),
    ...[...counts].flatMap(([name, children]) => {
      const at = `${place} ${element.name}/${name}`;
      const member = named.find((known) => known.name === name);
      if (member === undefined) return [`${at}: unknown`];
      const isMany = isFlattened(model, member.ref);
      if (!isMany && children.length > 1) return [`${at}: there ${children.length} times`];
      return children.flatMap((child) => valueFaults(model, member.ref, child, isMany, at));
    }),
  ];
}

function valueFaults(
  model: ServiceModel,
  ref: ShapeRef,
  element: Element,
  isItem: boolean,
  place: string,
): readonly string[] {
  const shape = shapeOf(model, ref.shape);
  if (shape.type === "list") {
    const item = refOf(shape.member);
    if (isItem) return valueFaults(model, item, element, false, place);
    const name = item.locationName ?? "member";
    return element.children.flatMap((child) =>
      child.name === name
        ? valueFaults(model, item, child, false, place)
        : [`${place}/${child.name}: unknown`],
    );
  }
  if (shape.type === "structure") return elementFaults(model, shape, element, place);
  return element.children.length > 0
    ? [`${place}: elements in place of a value`]
    : textFaults(model, ref.shape, element.text, place, ref.timestampFormat);
}

function elementName(model: ServiceModel, name: string, ref: ShapeRef): string {
  const item = isFlattened(model, ref) ? shapeOf(model, ref.shape).member?.locationName : undefined;
  return ref.locationName ?? item ?? name;
}

function isFlattened(model: ServiceModel, { shape, flattened }: ShapeRef): boolean {
  return flattened === true || shapeOf(model, shape).flattened === true;
}

interface Element {
  readonly name: string;
  readonly children: readonly Element[];
  readonly text: string;
}

/** Elements and text: all that these documents have. Attributes are passed over. Undefined for what is no such document. */
export function parseXml(text: string): Element | undefined {
  const root: OpenElement = { name: "", children: [], text: "" };
  const open = [root];
  let read = 0;
  for (const [whole, end, name, alone, content] of text.matchAll(
    /<(?:\?[^>]*\?|(\/?)([\w:.-]+)[^<>]*?(\/?))>|([^<]+)/g,
  )) {
    read += whole.length;
    const current = open.at(-1);
    if (current === undefined) return undefined;
    if (content !== undefined) current.text += unescaped(content);
    else if (name !== undefined && end === "/") {
      if (open.pop()?.name !== name) return undefined;
    } else if (name !== undefined) {
      const element: OpenElement = { name, children: [], text: "" };
      current.children.push(element);
      if (alone !== "/") open.push(element);
    }
  }
  // What fits nowhere is passed over by the search.
  const isWhole = read === text.length && open.length === 1;
  return isWhole && root.children.length === 1 && root.text.trim() === "" ? root.children[0] : undefined;
}

interface OpenElement extends Element {
  readonly children: OpenElement[];
  text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}

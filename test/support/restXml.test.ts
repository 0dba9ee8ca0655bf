import { describe, expect, it } from "vitest";
import {
  answerFaults,
  type HttpAnswer,
  type HttpRequest,
  operationOf,
  parseXml,
  requestFaults,
} from "./restXml.ts";
import { jsonFaults, type ServiceModel } from "./serviceModel.ts";

/** A small service of our own, in the form that the models have. */
const MODEL: ServiceModel = {
  metadata: { protocol: "rest-xml", endpointPrefix: "things", apiVersion: "2026-01-02" },
  operations: {
    PutThing: {
      name: "PutThing",
      http: { method: "PUT", requestUri: "/{Bucket}/{Key+}" },
      input: { shape: "PutRequest" },
    },
    PutColour: {
      name: "PutColour",
      http: { method: "PUT", requestUri: "/{Bucket}/{Key+}?colour" },
      input: { shape: "ColourRequest" },
    },
    ListThings: {
      name: "ListThings",
      http: { method: "GET", requestUri: "/{Bucket}?list" },
      output: { shape: "ListAnswer" },
    },
  },
  shapes: {
    PutRequest: {
      type: "structure",
      required: ["Mode"],
      members: {
        Mode: { shape: "Mode", location: "header", locationName: "x-amz-mode" },
        Until: { shape: "Time", location: "header", locationName: "x-amz-until" },
        Version: { shape: "Text", location: "querystring", locationName: "version" },
        Body: { shape: "Bytes" },
      },
      payload: "Body",
    },
    ColourRequest: { type: "structure", members: { Colour: { shape: "Text" } } },
    ListAnswer: {
      type: "structure",
      required: ["More"],
      members: {
        More: { shape: "Yes" },
        Things: { shape: "Things", flattened: true, locationName: "Thing" },
      },
    },
    Things: { type: "list", member: { shape: "Thing" } },
    Thing: {
      type: "structure",
      members: { Name: { shape: "Text" }, Size: { shape: "Count" }, At: { shape: "Time" } },
    },
    Mode: { type: "string", enum: ["HARD", "SOFT"] },
    Text: { type: "string", min: 1, max: 5, pattern: "[a-z]*" },
    Count: { type: "long" },
    Yes: { type: "boolean" },
    Time: { type: "timestamp", timestampFormat: "iso8601" },
    Bytes: { type: "blob", max: 3 },
  },
};

const put = (change: Partial<HttpRequest> = {}): HttpRequest => ({
  method: "PUT",
  url: "/b/k?version=one&x-id=PutThing",
  headers: { host: "x", "x-amz-mode": "HARD", "x-amz-until": "2030-01-01T00:00:00Z" },
  body: "anything",
  ...change,
});
const faultsOf = (request: HttpRequest) => {
  const operation = operationOf(MODEL, request);
  return operation === undefined ? ["no operation"] : requestFaults(MODEL, operation, request);
};

describe("a request", () => {
  it("is found by method, path and fixed parameters", () => {
    expect(operationOf(MODEL, put())?.name).toBe("PutThing");
    expect(operationOf(MODEL, put({ url: "/b/k/l?colour" }))?.name).toBe("PutColour");
    expect(operationOf(MODEL, put({ url: "/b" }))).toBeUndefined();
    expect(operationOf(MODEL, put({ method: "POST" }))).toBeUndefined();
  });

  it("of the right form has no faults", () => {
    expect(faultsOf(put())).toEqual([]);
    expect(faultsOf(put({ url: "/b/k?colour", headers: {}, body: "<X><Colour>red</Colour></X>" }))).toEqual(
      [],
    );
  });

  it.each<[string, Partial<HttpRequest>]>([
    ["parameter other is unknown", { url: "/b/k?other=1" }],
    ["too short or too long", { url: "/b/k?version=" }],
    ["another form", { url: "/b/k?version=ONE" }],
    ["header x-amz-other is unknown", { headers: { "x-amz-mode": "HARD", "x-amz-other": "1" } }],
    ["none of HARD, SOFT", { headers: { "x-amz-mode": "LOUD" } }],
    ["x-amz-mode is missing", { headers: {} }],
    ["no time", { headers: { "x-amz-mode": "HARD", "x-amz-until": "tomorrow" } }],
    ["unknown", { url: "/b/k?colour", headers: {}, body: "<X><Color>red</Color></X>" }],
    ["no XML", { url: "/b/k?colour", headers: {}, body: "red" }],
  ])("says %s", (complaint, change) => {
    expect(faultsOf(put(change)).join("\n")).toContain(complaint);
  });
});

describe("an answer", () => {
  const list = (body: string, more: Partial<HttpAnswer> = {}) => {
    const operation = MODEL.operations["ListThings"];
    return operation === undefined
      ? ["none"]
      : answerFaults(MODEL, operation, { status: 200, headers: {}, body, ...more });
  };

  it("of the right form has no faults", () => {
    const thing = "<Thing><Name>a</Name><Size>3</Size><At>2030-01-01T00:00:00.000Z</At></Thing>";
    expect(list(`<?xml version="1.0"?>\n<L><More>true</More>${thing}${thing}</L>`)).toEqual([]);
  });

  it.each([
    ["More is missing", "<L/>"],
    ["neither true nor false", "<L><More>yes</More></L>"],
    ["there 2 times", "<L><More>true</More><More>true</More></L>"],
    ["Thing/Sise: unknown", "<L><More>true</More><Thing><Sise>3</Sise></Thing></L>"],
    ["no whole number", "<L><More>true</More><Thing><Size>big</Size></Thing></L>"],
    ["no time", "<L><More>true</More><Thing><At>Tue, 01 Jan 2030 00:00:00 GMT</At></Thing></L>"],
    ["no XML", "<L><More>true</L>"],
  ])("says %s", (complaint, body) => {
    expect(list(body).join("\n")).toContain(complaint);
  });

  it("says what is wrong around the body", () => {
    expect(list("<L><More>true</More></L>", { status: 204 }).join()).toContain("status 204 in place of 200");
    expect(list("<L><More>true</More></L>", { headers: { "x-amz-new": "1" } }).join()).toContain(
      "x-amz-new is unknown",
    );
  });
});

it("complains of JSON with the path", () => {
  const faults = (value: unknown) => jsonFaults(MODEL, "ListAnswer", value).join("\n");
  expect(faults({ More: true, Things: [{ Name: "a", Size: 1 }] })).toBe("");
  expect(faults({})).toContain("ListAnswer.More: missing");
  expect(faults({ More: true, Less: true })).toContain("ListAnswer.Less: unknown");
  expect(faults({ More: true, Things: [{ Name: "abcdef" }] })).toContain("ListAnswer.Things[0].Name");
  expect(jsonFaults(MODEL, "Bytes", "AAAAAA==").join()).toContain("4 bytes");
  expect(jsonFaults(MODEL, "Bytes", "AAA").join()).toContain("no canonical base64");
});

it("takes XML apart, and refuses what is none", () => {
  expect(parseXml("<a><b>x &amp; y</b><c/></a>")).toMatchObject({
    name: "a",
    children: [{ name: "b", text: "x & y" }, { name: "c" }],
  });
  for (const text of ["", "text", "<a>", "</a>", "<a></b>", "<a/><b/>", "<a/>x", "<a>1 < 2</a>", "<a><!</a>"])
    expect(parseXml(text), text).toBeUndefined();
});

/**
 * A receiver as the specifications of Standard Webhooks and CloudEvents 1.0.2 (its published JSON Schema, in the structured form) have it.
 * The signature is checked twice: by the library for receivers, and by what the specification says.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { checker, type Received, type StrictServer, startStrictServer } from "../strictServer.fixture.ts";

const text = { type: "string", minLength: 1 };

const CLOUD_EVENT = {
  type: "object",
  required: ["id", "source", "specversion", "type", "data"],
  // Other members would be extensions, whose names are in lower case.
  propertyNames: { pattern: "^[a-z0-9]+$" },
  properties: {
    id: text,
    source: { ...text, format: "uri" },
    specversion: { const: "1.0" },
    type: text,
    datacontenttype: { const: "application/json" },
    subject: text,
    time: { type: "string", format: "date-time" },
    data: {
      type: "object",
      required: ["schema", "id", "status", "severity", "drifts", "total"],
      properties: { schema: { const: "anchorwatch.alert/v1" } },
    },
  },
};

/** @param secret that this receiver has @param now of its clock */
export function startWebhookServer(secret: string, now: Date): Promise<StrictServer> {
  const wrong = checker(CLOUD_EVENT);
  return startStrictServer({
    problemOf: (request) => {
      const { method, headers, body } = request;
      if (method !== "POST") return `${method} is no delivery`;
      if (headers["content-type"] !== "application/cloudevents+json; charset=utf-8") return "no CloudEvent";
      const event = JSON.parse(body) as { readonly id?: unknown };
      if (event.id !== headers["webhook-id"]) return "the ids differ";
      return signatureProblem(request, secret, now) ?? wrong(event);
    },
    take: () => ({ status: 204 }),
    refuse: (problem) => ({ status: 400, body: problem }),
  });
}

function signatureProblem({ headers, body }: Received, secret: string, now: Date): string | undefined {
  const [id, timestamp, signatures] = ["id", "timestamp", "signature"].map(
    (name) => headers[`webhook-${name}`],
  );
  if (typeof id !== "string" || !/^[A-Za-z0-9_-]{1,64}$/.test(id)) return "the id is none";
  if (Math.abs(Number(timestamp) - now.getTime() / 1000) > 300) return "the time is another";
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const expected = createHmac("sha256", key)
    .update(`${id}.${String(timestamp)}.${body}`)
    .digest();
  const isSigned = String(signatures)
    .split(" ")
    .filter((signature) => signature.startsWith("v1,"))
    .map((signature) => Buffer.from(signature.slice(3), "base64"))
    .some((signature) => signature.length === expected.length && timingSafeEqual(signature, expected));
  return isSigned ? undefined : "nobody known has signed";
}

/** A stand-in for Opsgenie's Alert API v2, with the fields and limits of https://docs.opsgenie.com/docs/alert-api, and one alert for each alias. */
import {
  checker,
  json,
  type Received,
  type StrictServer,
  startStrictServer,
} from "../strictServer.fixture.ts";

export const API_KEY = "eb243592-faa2-4ba2-a551-1afdf565c889";

const text = (maxLength: number) => ({ type: "string", minLength: 1, maxLength });
const object = (required: readonly string[], properties: Readonly<Record<string, object>>) => ({
  type: "object",
  additionalProperties: false,
  required,
  properties,
});

const PRIORITY = { enum: ["P1", "P2", "P3", "P4", "P5"] };
const REMARK = object([], { user: text(100), source: text(100), note: text(25_000) });
const FORMS = {
  create: checker(
    object(["message"], {
      message: text(130),
      alias: text(512),
      description: text(15_000),
      tags: { type: "array", maxItems: 20, items: text(50) },
      details: { type: "object", additionalProperties: { type: "string" } },
      entity: text(512),
      source: text(100),
      priority: PRIORITY,
      user: text(100),
      note: text(25_000),
    }),
  ),
  acknowledge: checker(REMARK),
  close: checker(REMARK),
  priority: checker(object(["priority"], { priority: PRIORITY })),
  message: checker(object(["message"], { message: text(130) })),
  description: checker(object(["description"], { description: text(15_000) })),
};

type Operation = keyof typeof FORMS;

const METHODS: Readonly<Record<Operation, string>> = {
  create: "POST",
  acknowledge: "POST",
  close: "POST",
  priority: "PUT",
  message: "PUT",
  description: "PUT",
};

export interface OpsgenieServer extends StrictServer {
  /** By alias: what was done, in order. */
  readonly alerts: ReadonlyMap<string, readonly string[]>;
}

interface Asked {
  readonly operation: Operation;
  readonly alias: string | undefined;
}

export async function startOpsgenieServer(): Promise<OpsgenieServer> {
  const alerts = new Map<string, string[]>();
  const server = await startStrictServer({
    problemOf: (request) => {
      const asked = askedOf(request);
      if (asked === undefined) return `${request.method} ${request.path} is no operation`;
      if (request.headers.authorization !== `GenieKey ${API_KEY}`) return "the key is unknown";
      if (request.headers["content-type"] !== "application/json") return "the content is no JSON";
      const body = JSON.parse(request.body) as { readonly details?: object };
      const isLong = JSON.stringify(body.details ?? {}).length > 8000;
      return isLong ? "details have more than 8000 characters" : FORMS[asked.operation](body);
    },
    take: (request) => {
      const { operation, alias } = askedOf(request) ?? { operation: "create", alias: undefined };
      const name = alias ?? (JSON.parse(request.body) as { readonly alias: string }).alias;
      alerts.set(name, [...(alerts.get(name) ?? []), operation]);
      return json(202, {
        result: "Request will be processed",
        took: 0.1,
        requestId: "43a29c5c-3dbf-4fa4-9c26-f4f71023e120",
      });
    },
    refuse: (problem) =>
      json(422, { message: problem, took: 0.1, requestId: "43a29c5c-3dbf-4fa4-9c26-f4f71023e121" }),
  });
  return { ...server, alerts };
}

function askedOf({ method, path }: Received): Asked | undefined {
  if (method === "POST" && path === "/v2/alerts") return { operation: "create", alias: undefined };
  const url = new URL(path, "http://localhost");
  const [, alias = "", operation = ""] = /^\/v2\/alerts\/([^/]+)\/([a-z]+)$/.exec(url.pathname) ?? [];
  const isKnown = Object.hasOwn(METHODS, operation) && operation !== "create";
  if (!isKnown || METHODS[operation as Operation] !== method) return undefined;
  if (url.searchParams.get("identifierType") !== "alias") return undefined;
  return { operation: operation as Operation, alias: decodeURIComponent(alias) };
}

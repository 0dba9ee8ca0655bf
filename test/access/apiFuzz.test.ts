/** Whatever is asked, no answer is a defect, and none is outside of what the API describes. */
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openApiText } from "../../packages/anchorwatch/src/server/openApiText.ts";
import type { Database } from "../../packages/anchorwatch/src/store/connect.ts";
import {
  embeddedTestServer,
  openTestDatabase,
} from "../../packages/anchorwatch/src/store/postgres.fixture.ts";
import { type Components, type JsonSchema, nearlyFitting } from "./fromSchema.fixture.ts";
import { type Tenants, tenants } from "./tenants.fixture.ts";

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema: JsonSchema;
}

interface Media {
  readonly content?: Readonly<Record<string, { readonly schema?: JsonSchema }>>;
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Media;
  readonly responses: Readonly<Record<string, Media>>;
}

const description = JSON.parse(await openApiText()) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Components };
};
const components = description.components.schemas;
// Answers of a stream have no end.
const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
  Object.entries(methods)
    .filter(() => path !== "/api/v1/stream")
    .map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, method, path, operation })),
);

let shared: Tenants;
let database: Database;
let leave: () => Promise<void>;
let token: string;
beforeAll(async () => {
  const server = await embeddedTestServer();
  database = await openTestDatabase(await server.createDatabase());
  shared = await tenants(database);
  leave = () => server.leave();
  token = (await shared.person("administrator")).token ?? "";
}, 60_000);
afterAll(async () => {
  await shared?.server.api.close();
  await database?.close();
  await leave?.();
});

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema({ $id: "api", components: description.components });
const validators = new Map<JsonSchema, ValidateFunction>();

function validatorOf(schema: JsonSchema): ValidateFunction {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  const whole = JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"api#/components')) as object;
  const made = ajv.compile(whole);
  validators.set(schema, made);
  return made;
}

/** Ids that there are, so that not everything ends with nothing found. */
const real = () => fc.constantFrom(...Object.values(shared.things.red), ...Object.values(shared.things.blue));

function requestOf({ parameters = [], requestBody }: Operation) {
  const part = (where: Parameter["in"]) =>
    fc.record(
      Object.fromEntries(
        parameters
          .filter((parameter) => parameter.in === where)
          .map(({ name, schema }) => {
            const made = nearlyFitting(schema, components);
            return [name, where === "path" ? fc.oneof(made, real()) : made];
          }),
      ),
      where === "path" ? {} : { requiredKeys: [] },
    );
  const body = Object.values(requestBody?.content ?? {})[0]?.schema;
  return fc.record({
    path: part("path"),
    query: part("query"),
    extra: fc.option(fc.tuple(fc.string({ minLength: 1 }), fc.string()), { freq: 10 }),
    body: body === undefined ? fc.constant(undefined) : nearlyFitting(body, components),
    isSignedIn: fc.integer({ min: 0, max: 4 }).map((number) => number > 0),
  });
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function urlOf(
  template: string,
  path: object,
  query: object,
  extra: readonly [string, string] | null,
): string {
  const values = path as Readonly<Record<string, unknown>>;
  // An empty step would be another route.
  const filled = template.replace(/\{([^}]+)\}/g, (_, name: string) => escaped(textOf(values[name])) || "x");
  const pairs = [...Object.entries(query), ...(extra === null ? [] : [extra])];
  const search = pairs.map(([name, value]) => `${escaped(name)}=${escaped(textOf(value))}`).join("&");
  return search === "" ? filled : `${filled}?${search}`;
}

/** Half a pair has no UTF-8. */
function escaped(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

it.each(operations)("$name answers as it is described", async ({ method, path, operation }) => {
  await fc.assert(
    fc.asyncProperty(requestOf(operation), async ({ path: values, query, extra, body, isSignedIn }) => {
      const hasBody = body !== undefined && method !== "get";
      const answer = await shared.server.api.inject({
        method: method.toUpperCase() as "GET",
        url: urlOf(path, values, query, extra),
        headers: {
          host: "localhost:7478",
          ...(isSignedIn ? { authorization: `Bearer ${token}` } : {}),
          ...(hasBody ? { "content-type": "application/json" } : {}),
          "if-match": "*",
        },
        ...(hasBody ? { payload: JSON.stringify(body) } : {}),
      });
      const { statusCode: status } = answer;
      expect(status, answer.body).toBeLessThan(500);
      const { responses } = operation;
      const described = responses[status] ?? responses[`${String(status)[0]}XX`];
      expect(described, `${status} is not described: ${answer.body}`).toBeDefined();
      const [type = ""] = String(answer.headers["content-type"] ?? "").split(";", 1);
      const content = described?.content;
      if (content === undefined || answer.body === "") return;
      expect(Object.keys(content), `${status} ${answer.body}`).toContain(type);
      const schema = content[type]?.schema;
      if (schema === undefined || !type.endsWith("json")) return;
      const validate = validatorOf(schema);
      expect(validate(answer.json()), `${JSON.stringify(validate.errors)} in ${answer.body}`).toBe(true);
    }),
    { numRuns: 25 },
  );
});

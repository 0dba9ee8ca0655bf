/** Whatever is asked, no answer is a defect, and none is outside of what the API describes. */
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ERROR_CODES } from "../../packages/anchorwatch/src/domain/error-codes.ts";
import { listen } from "../../packages/anchorwatch/src/server/listen.ts";
import { openApiText } from "../../packages/anchorwatch/src/server/openApiText.ts";
import type { Database } from "../../packages/anchorwatch/src/store/connect.ts";
import { openTestDatabase, quickTestServer } from "../../packages/anchorwatch/src/store/postgres.fixture.ts";
import { BAD_BODIES, type Heard, type Sent, send } from "./badRequests.fixture.ts";
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
let port: number;
beforeAll(async () => {
  const server = await quickTestServer();
  database = await openTestDatabase(await server.createDatabase());
  shared = await tenants(database);
  leave = () => server.leave();
  token = (await shared.person("administrator")).token ?? "";
  port = Number(new URL(await listen(shared.server.api, { port: 0, place: shared.server.place })).port);
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

/** What the server says to an administrator who sends that; and that it is a problem, is no defect, and stands in the log. */
async function refusal(sent: Sent): Promise<Heard & { readonly detail: string }> {
  const headers = { authorization: `Bearer ${token}`, "if-match": "*", ...sent.headers };
  const heard = await send(port, { ...sent, headers });
  const { status, text, requestId } = heard;
  expect([status >= 400, status < 500], text).toEqual([true, true]);
  const problem = JSON.parse(text) as { readonly code: string; readonly detail: string };
  expect(ERROR_CODES).toHaveProperty(problem.code);
  expect(problem).toMatchObject({ status, requestId });
  refused.set(requestId, problem.code);
  return { ...heard, detail: problem.detail };
}

/** Codes of what was refused, by the request's id. */
const refused = new Map<string, string>();

/** Everywhere an id that there is not: what is taken in spite of all does no harm to the other tests. */
const addressOf = (path: string, id = "none") => path.replaceAll(/\{[^}]+\}/g, id);

/** Of an address or a query, as they are sent. */
const BAD_PARTS: readonly string[] = [
  ...[
    "%00",
    "a%00b",
    "%ff",
    "%",
    "%zz",
    "%ed%a0%80",
    "%u0041",
    "..%2f..%2f",
    "%2e%2e",
    "%2F",
    "a%2Fb",
    "%5c",
  ],
  ...[
    "__proto__",
    "constructor",
    "-1",
    "9".repeat(40),
    "1e400",
    "NaN",
    "null",
    "[]",
    "%0d%0aset-cookie:%20x=1",
  ],
  ...["'%20OR%201=1--", "%f0%9f%98%80", "%e2%80%ae", "x".repeat(5000)],
];

/** Behind the name of a parameter. */
const BAD_VALUES: readonly string[] = [
  ...["=%00", "=a%00b", "=%ff%zz", "=%ed%a0%80", `=${"9".repeat(40)}`, "=1e400", "=", "", "=a&&="],
  ...["=__proto__", "[__proto__]=1", "=team%3D%00", `=${"x".repeat(5000)}`],
];

const queriesOf = ({ parameters = [] }: Operation) =>
  parameters.filter((parameter) => parameter.in === "query").map(({ name }) => name);

describe("what comes over the wire", () => {
  const writes = operations.filter(({ method }) => method !== "get");

  // What is posted for a source of events, and by Slack, is bytes, which its signature is over.
  const signed = ["/api/v1/events/{source}", "/api/v1/channels/slack/{name}/interactions"];
  it.each(writes.filter(({ path }) => !signed.includes(path)))(
    "$name takes no body that is badly made",
    async ({ method, path }) => {
      for (const { what, bytes: body, headers = {}, status, words } of BAD_BODIES) {
        for (const chunked of [false, true]) {
          const sent = { method: method.toUpperCase(), path: addressOf(path), headers, body, chunked };
          const { detail, ...heard } = await refusal(sent);
          expect([heard.status, detail], what).toEqual([status, expect.stringContaining(words)]);
        }
      }
    },
  );

  it.each(writes)("$name takes no body without end", async ({ method, path }) => {
    const body = Buffer.alloc(8 * 1024 * 1024 + 1, "[");
    const sent = { method: method.toUpperCase(), path: addressOf(path), body, chunked: true };
    expect((await refusal(sent)).status).toBe(413);
  });

  it.each(writes.filter(({ operation }) => operation.requestBody === undefined))(
    "$name takes no body where it reads none",
    async ({ method, path }) => {
      for (const text of ['{"force":true}', "[]", "1", '"x"', "true"]) {
        const { status, detail } = await refusal({
          ...{ method: method.toUpperCase(), path: addressOf(path) },
          body: Buffer.from(text),
        });
        expect([status, detail]).toEqual([400, expect.stringContaining("nothing is read")]);
      }
    },
  );

  it.each(operations.filter(({ path }) => path.includes("{") && path !== "/api/v1/events/{source}"))(
    "$name finds nothing at an address that is badly made",
    async ({ method, path }) => {
      for (const id of BAD_PARTS) await refusal({ method: method.toUpperCase(), path: addressOf(path, id) });
    },
  );

  it.each(operations.filter(({ method, operation }) => method === "get" && queriesOf(operation).length > 0))(
    "$name does not stumble over what is asked badly",
    async ({ path, operation }) => {
      for (const name of queriesOf(operation)) {
        for (const search of BAD_VALUES.map((value) => name + value)) {
          const asked = { method: "GET", path: `${addressOf(path, shared.things.red.stack)}?${search}` };
          const { status, text } = await send(port, {
            ...asked,
            headers: { authorization: `Bearer ${token}` },
          });
          expect(status, `${search}: ${text}`).toBeLessThan(500);
          if (status >= 400) await refusal(asked);
        }
      }
    },
  );

  it("stands in the log, each with its id and its code", () => {
    const lines = shared.server.log().trimEnd().split("\n");
    const told = new Map<string, string>();
    for (const line of lines) {
      const { reqId, code } = JSON.parse(line) as { readonly reqId: string; readonly code?: string };
      if (code !== undefined) told.set(reqId, code);
    }
    expect(refused.size).toBeGreaterThan(0);
    expect([...refused].filter(([id, code]) => told.get(id) !== code)).toEqual([]);
  });
});

describe("a cursor", () => {
  const lists = operations.filter(({ operation }) => queriesOf(operation).includes("cursor"));

  it("goes on with its own list, sorted and filtered as it was, for its own reader, and is nothing otherwise", async () => {
    const ask = async (path: string, as = token) => {
      const { status, text } = await send(port, {
        ...{ method: "GET", path },
        headers: { authorization: `Bearer ${as}` },
      });
      return { status, body: JSON.parse(text) as { readonly next?: string; readonly code?: string } };
    };
    const other = (await shared.person("administrator")).token ?? "";
    const listed = await Promise.all(
      lists.map(async ({ path, operation }) => {
        const address = addressOf(path, shared.things.red.stack);
        return { address, operation, cursor: (await ask(`${address}?limit=1`)).body.next };
      }),
    );
    const begun = listed.flatMap((one) => (one.cursor === undefined ? [] : [{ ...one, cursor: one.cursor }]));
    expect(begun.map(({ address }) => address.split("/").at(-1))).toEqual(
      expect.arrayContaining(["stacks", "drifts", "claims", "checks", "events", "unmanaged", "users"]),
    );
    const NOT_OURS = { status: 400, body: expect.objectContaining({ code: "page_cursor_invalid" }) };
    for (const { address, operation, cursor } of begun) {
      expect((await ask(`${address}?limit=1&cursor=${cursor}`)).status, address).toBe(200);
      expect(await ask(`${address}?limit=1&cursor=${cursor}`, other), address).toEqual(NOT_OURS);
      for (const { address: elsewhere } of listed.filter((one) => one.address !== address)) {
        if (elsewhere.includes("ledger")) continue;
        expect(await ask(`${elsewhere}?cursor=${cursor}`), `${address} ${elsewhere}`).toEqual(NOT_OURS);
      }
      for (const filter of ["order=asc", "stack=x", "name=x", "from=2026-01-01T00:00:00Z"]) {
        const [name = ""] = filter.split("=");
        if (!queriesOf(operation).includes(name)) continue;
        expect(await ask(`${address}?cursor=${cursor}&${filter}`), address).toEqual(NOT_OURS);
      }
      const bytes = Buffer.from(cursor, "base64url");
      for (let place = 0; place < bytes.length; place += 5) {
        const forged = Buffer.from(bytes);
        forged[place] = (forged[place] ?? 0) ^ 1;
        expect(await ask(`${address}?cursor=${forged.toString("base64url")}`), address).toEqual(NOT_OURS);
      }
    }
  });
});

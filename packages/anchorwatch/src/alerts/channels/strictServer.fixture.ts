/** A stand-in for a service: it takes what the service's published schema takes, and says what is wrong with the rest. */
import { Ajv2020, type AnySchema } from "ajv/dist/2020.js";
import type { JsonValue } from "../../domain/jsonValue.ts";
import { type Received, type Reply, startHttpServer } from "../../ledger/anchors/httpServer.fixture.ts";

export type { Received, Reply };

export interface StrictServer {
  readonly url: string;
  readonly received: readonly Received[];
  /** What was wrong with each request that was refused. */
  readonly problems: readonly string[];
  /** Answers before it looks at anything, one for each request; undefined: the connection is cut. */
  readonly trouble: (Reply | undefined)[];
  close(): Promise<void>;
}

export interface Service {
  /** What is wrong with a request; undefined: it is taken. */
  readonly problemOf: (request: Received) => string | undefined;
  readonly take: (request: Received) => Reply;
  readonly refuse: (problem: string) => Reply;
}

export async function startStrictServer({ problemOf, take, refuse }: Service): Promise<StrictServer> {
  const server = await startHttpServer();
  const problems: string[] = [];
  const trouble: (Reply | undefined)[] = [];
  server.reply = (request) => {
    if (trouble.length > 0) return trouble.shift();
    const problem = problemOf(request);
    if (problem === undefined) return take(request);
    problems.push(problem);
    return refuse(problem);
  };
  return { url: server.url, received: server.received, problems, trouble, close: server.close };
}

export const json = (status: number, body: JsonValue): Reply => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

/** What of a value is not as the schema has it. */
export function checker(schema: AnySchema): (value: unknown) => string | undefined {
  const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true });
  ajv.addFormat("uri", (text) => URL.canParse(text) && !/[\s<>"]/.test(text));
  ajv.addFormat("date-time", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/);
  const validate = ajv.compile(schema);
  return (value) => (validate(value) ? undefined : ajv.errorsText(validate.errors));
}

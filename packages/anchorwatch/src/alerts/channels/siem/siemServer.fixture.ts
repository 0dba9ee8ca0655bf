/**
 * Stand-ins for what SIEMs have: Splunk's HTTP Event Collector, and an address that takes JSON Lines. Findings are held against what the
 * Detection Finding of OCSF 1.6.0 (https://schema.ocsf.io/1.6.0/classes/detection_finding) has of the attributes that are used.
 */
import {
  checker,
  json,
  type Received,
  type StrictServer,
  startStrictServer,
} from "../strictServer.fixture.ts";

const text = { type: "string", minLength: 1 };
const time = { type: "integer", minimum: 1_500_000_000_000 };
const object = (required: readonly string[], properties: Readonly<Record<string, object>>) => ({
  type: "object",
  additionalProperties: false,
  required,
  properties,
});
/** Of which at least one has to be there. */
const some = (properties: Readonly<Record<string, object>>) => ({
  ...object([], properties),
  minProperties: 1,
});

const FINDING = object(
  ["activity_id", "category_uid", "class_uid", "finding_info", "metadata", "severity_id", "time", "type_uid"],
  {
    activity_id: { enum: [1, 2, 3] },
    actor: some({ app_name: text, user: some({ name: text, uid: text }) }),
    category_uid: { const: 2 },
    class_uid: { const: 2004 },
    count: { type: "integer", minimum: 1 },
    evidences: { type: "array", items: some({ src_endpoint: some({ ip: text, name: text }) }) },
    finding_info: object(["uid"], {
      uid: text,
      title: text,
      desc: text,
      types: { type: "array", items: text },
      created_time: time,
      src_url: { ...text, format: "uri" },
    }),
    is_alert: { type: "boolean" },
    message: text,
    metadata: object(["product", "version", "profiles"], {
      version: { const: "1.6.0" },
      product: object(["vendor_name"], { name: text, vendor_name: text, version: text }),
      // Of which `actor` is an attribute.
      profiles: { const: ["host"] },
      uid: text,
      event_code: text,
    }),
    remediation: object(["desc"], { desc: text }),
    resources: { type: "array", items: object(["name"], { name: text, uid: text, type: text }) },
    severity_id: { type: "integer", minimum: 1, maximum: 5 },
    status_id: { type: "integer", minimum: 1, maximum: 4 },
    time,
    type_uid: { enum: [200401, 200402, 200403] },
    unmapped: { type: "object" },
  },
);

const ofFinding = checker(FINDING);
const ofSplunk = checker(
  object(["event"], {
    time: { type: "number", exclusiveMaximum: 100_000_000_000 },
    host: text,
    source: text,
    sourcetype: text,
    index: text,
    event: { type: "object" },
  }),
);

/** What is wrong with lines of findings. */
export function linesProblem(lines: string): string | undefined {
  if (!lines.endsWith("\n")) return "the last line has no end";
  return firstProblem(
    lines
      .slice(0, -1)
      .split("\n")
      .map((line) => ofFinding(JSON.parse(line))),
  );
}

export function startLinesServer(header: string, value: string): Promise<StrictServer> {
  return startStrictServer({
    problemOf: ({ headers, body }) => {
      if (headers[header] !== value) return "the token is unknown";
      return headers["content-type"] === "application/x-ndjson" ? linesProblem(body) : "these are no lines";
    },
    take: () => ({ status: 204 }),
    refuse: (problem) => ({ status: 400, body: problem }),
  });
}

export function startSplunkServer(token: string): Promise<StrictServer> {
  return startStrictServer({
    problemOf: (request) => {
      if (request.method !== "POST" || request.path !== "/services/collector/event") return "no collector";
      if (request.headers.authorization !== `Splunk ${token}`) return "Invalid token";
      const events = splunkEvents(request);
      return firstProblem(events.flatMap((event) => [ofSplunk(event), ofFinding(event.event)]));
    },
    take: () => json(200, { text: "Success", code: 0 }),
    refuse: (problem) => json(problem === "Invalid token" ? 403 : 400, { text: problem, code: 6 }),
  });
}

interface SplunkEvent {
  readonly time: number;
  readonly event: Readonly<Record<string, unknown>>;
}

/** The collector takes objects one behind the other, with nothing between. */
export function splunkEvents({ body }: Pick<Received, "body">): readonly SplunkEvent[] {
  return JSON.parse(`[${body.replaceAll("}{", "},{")}]`) as readonly SplunkEvent[];
}

function firstProblem(problems: readonly (string | undefined)[]): string | undefined {
  return problems.find((problem) => problem !== undefined);
}

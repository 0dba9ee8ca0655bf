/**
 * A stand-in for GitHub's REST API. What it takes is extracted from GitHub's published OpenAPI description (github/rest-api-description,
 * api.github.com, version 2022-11-28): the operations issues/create, issues/update, issues/list-for-repo, issues/create-comment,
 * issues/list-comments and repos/get, closed to members that the description does not have.
 */
import { type ForgeServer, type KeptIssue, newIssue } from "../forge/keptIssues.fixture.ts";
import { checker, json, type Received, type Reply, startStrictServer } from "../strictServer.fixture.ts";

export const TOKEN = "github_pat_standin";
const REPOSITORY = "/repos/acme/infra";

const object = (required: readonly string[], properties: Readonly<Record<string, object>>) => ({
  type: "object",
  additionalProperties: false,
  required,
  properties,
});
const string = { type: "string" };
const whole = { type: "string", pattern: "^[1-9][0-9]*$" };
const PAGING = { page: whole, per_page: { type: "string", pattern: "^(?:[1-9][0-9]?|100)$" } };
const TITLE = { type: "string", minLength: 1, maxLength: 256 };
const BODY = { type: "string", maxLength: 65_536 };
const LABELS = { type: "array", items: { type: "string", minLength: 1, maxLength: 50 } };
const SINCE = { type: "string", format: "date-time" };

const OPERATIONS = {
  "GET repository": { query: checker(object([], {})) },
  "GET issues": {
    query: checker(
      object([], {
        ...{ milestone: string, state: { enum: ["open", "closed", "all"] }, assignee: string, type: string },
        ...{ creator: string, mentioned: string, labels: string, since: SINCE },
        ...{ sort: { enum: ["created", "updated", "comments"] }, direction: { enum: ["asc", "desc"] } },
        ...PAGING,
      }),
    ),
  },
  "POST issues": {
    query: checker(object([], {})),
    body: checker(
      object(["title"], {
        ...{ title: TITLE, body: BODY, labels: LABELS, assignees: LABELS, type: string },
        milestone: { type: ["string", "integer", "null"] },
      }),
    ),
  },
  "PATCH issue": {
    query: checker(object([], {})),
    body: checker(
      object([], {
        ...{ title: TITLE, body: BODY, labels: LABELS, assignees: LABELS, type: string },
        state: { enum: ["open", "closed"] },
        state_reason: { enum: ["completed", "not_planned", "duplicate", "reopened", null] },
        milestone: { type: ["string", "integer", "null"] },
      }),
    ),
  },
  "GET comments": { query: checker(object([], { since: SINCE, ...PAGING })) },
  "POST comments": { query: checker(object([], {})), body: checker(object(["body"], { body: BODY })) },
} as const;
type Operation = keyof typeof OPERATIONS;

interface Asked {
  readonly operation: Operation;
  readonly number: number;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Record<string, unknown>;
}

export async function startGithubServer(): Promise<ForgeServer> {
  const issues: KeptIssue[] = [];
  const state = { isPublic: false };
  const server = await startStrictServer({
    problemOf: (request) => {
      const asked = askedOf(request);
      if (asked === undefined) return `${request.method} ${request.path} is no operation`;
      const { authorization, accept, "x-github-api-version": version } = request.headers;
      if (authorization !== `Bearer ${TOKEN}`) return "Bad credentials";
      if (accept !== "application/vnd.github+json" || version !== "2022-11-28")
        return "the version is another";
      const checks: { readonly query: Check; readonly body?: Check } = OPERATIONS[asked.operation];
      return checks.query(asked.query) ?? checks.body?.(asked.body);
    },
    take: (request) => {
      const asked = askedOf(request);
      return asked === undefined
        ? json(404, { message: "Not Found" })
        : answer(asked, issues, state.isPublic);
    },
    refuse: (problem) =>
      problem === "Bad credentials" ? json(401, { message: problem }) : json(422, { message: problem }),
  });
  return {
    ...server,
    issues,
    get isPublic() {
      return state.isPublic;
    },
    set isPublic(is) {
      state.isPublic = is;
    },
  };
}

type Check = (value: unknown) => string | undefined;

function askedOf({ method, path, body }: Received): Asked | undefined {
  const url = new URL(path, "http://localhost");
  if (!url.pathname.startsWith(REPOSITORY)) return undefined;
  const rest = url.pathname.slice(REPOSITORY.length);
  const [, number = "0", what] = /^\/issues\/(\d+)(\/comments)?$/.exec(rest) ?? [];
  const plain: Readonly<Record<string, string>> = { "": "repository", "/issues": "issues" };
  const one = what === undefined ? "issue" : "comments";
  const operation = `${method} ${plain[rest] ?? (number === "0" ? "nothing" : one)}`;
  if (!Object.hasOwn(OPERATIONS, operation)) return undefined;
  return {
    operation: operation as Operation,
    number: Number(number),
    query: Object.fromEntries(url.searchParams),
    body: body === "" ? {} : (JSON.parse(body) as Record<string, unknown>),
  };
}

function answer({ operation, number, query, body }: Asked, issues: KeptIssue[], isPublic: boolean): Reply {
  const issue = issues.find((one) => one.number === number);
  if (number > 0 && issue === undefined) return json(410, { message: "This issue was deleted" });
  const from = (Number(query["page"] ?? 1) - 1) * Number(query["per_page"] ?? 30);
  const paged = <Item>(all: readonly Item[]) => all.slice(from, from + Number(query["per_page"] ?? 30));
  switch (operation) {
    case "GET repository":
      return json(200, { full_name: "acme/infra", private: !isPublic });
    case "GET issues": {
      const labelled = issues.filter(({ labels }) => labels.includes(query["labels"] ?? "anchorwatch"));
      const found = labelled.filter(({ state }) => query["state"] === "all" || state === "open");
      return json(200, paged(found.toReversed()).map(shown));
    }
    case "POST issues": {
      const { title, body: text, labels = [] } = body as { title: string; body: string; labels: string[] };
      const made = newIssue(issues, { title, body: text, labels, confidential: false });
      issues.push(made);
      return json(201, shown(made));
    }
    case "PATCH issue":
      if (issue === undefined) return json(404, { message: "Not Found" });
      Object.assign(
        issue,
        Object.fromEntries(Object.entries(body).filter(([name]) => name !== "state_reason")),
      );
      return json(200, shown(issue));
    case "GET comments":
      return json(
        200,
        paged(issue?.comments ?? []).map((text) => ({ id: 1, body: text })),
      );
    case "POST comments":
      issue?.comments.push(String(body["body"]));
      return json(201, { id: 1, body: String(body["body"]) });
  }
}

function shown({ number, title, body, state, labels }: KeptIssue) {
  return { number, title, body, state, labels: labels.map((name) => ({ name })) };
}

/**
 * A stand-in for GitLab's REST API v4, with the parameters of its reference pages and of its own code (lib/api/issues.rb, notes.rb), and
 * no others.
 * @see https://docs.gitlab.com/api/issues/ https://docs.gitlab.com/api/notes/
 */
import { type ForgeServer, type KeptIssue, newIssue } from "../forge/keptIssues.fixture.ts";
import { checker, json, type Received, type Reply, startStrictServer } from "../strictServer.fixture.ts";

export const TOKEN = "glpat-standin";
const ISSUES = "/api/v4/projects/acme%2Finfra/issues";

const object = (required: readonly string[], properties: Readonly<Record<string, object>>) => ({
  type: "object",
  additionalProperties: false,
  required,
  properties,
});
const string = { type: "string" };
const boolean = { type: "boolean" };
const whole = { type: "string", pattern: "^[1-9][0-9]*$" };
const PAGING = { page: whole, per_page: { type: "string", pattern: "^(?:[1-9][0-9]?|100)$" } };
const ORDER = { sort: { enum: ["asc", "desc"] } };
const TITLE = { type: "string", minLength: 1, maxLength: 255 };
const DESCRIPTION = { type: "string", maxLength: 1_048_576 };
const TIME = { type: "string", format: "date-time" };
const nothing = checker(object([], {}));

type Check = (value: unknown) => string | undefined;
const OPERATIONS = {
  "GET issues": {
    query: checker(
      object([], {
        ...{ labels: string, state: { enum: ["all", "opened", "closed"] }, search: string, in: string },
        ...{
          scope: { enum: ["created_by_me", "assigned_to_me", "all"] },
          updated_after: TIME,
          created_after: TIME,
        },
        ...{ order_by: { enum: ["created_at", "updated_at", "priority", "due_date"] }, ...ORDER, ...PAGING },
      }),
    ),
    body: nothing,
  },
  "POST issues": {
    query: nothing,
    body: checker(
      object(["title"], {
        ...{ title: TITLE, description: DESCRIPTION, labels: string, confidential: boolean },
        ...{ issue_type: { enum: ["issue", "incident", "test_case", "task"] } },
      }),
    ),
  },
  "PUT issue": {
    query: nothing,
    body: checker(
      object([], {
        ...{
          title: TITLE,
          description: DESCRIPTION,
          labels: string,
          add_labels: string,
          remove_labels: string,
        },
        ...{ state_event: { enum: ["close", "reopen"] }, confidential: boolean },
      }),
    ),
  },
  "GET notes": {
    query: checker(
      object([], {
        ...{ activity_filter: { enum: ["all_notes", "only_comments", "only_activity"] } },
        ...{ order_by: { enum: ["created_at", "updated_at"] }, ...ORDER, ...PAGING },
      }),
    ),
    body: nothing,
  },
  "POST notes": {
    query: nothing,
    body: checker(object(["body"], { body: DESCRIPTION, internal: boolean, created_at: TIME })),
  },
} as const satisfies Readonly<Record<string, { readonly query: Check; readonly body: Check }>>;
type Operation = keyof typeof OPERATIONS;

interface Asked {
  readonly operation: Operation;
  readonly number: number;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Record<string, unknown>;
}

export async function startGitlabServer(): Promise<ForgeServer> {
  const issues: KeptIssue[] = [];
  const server = await startStrictServer({
    problemOf: (request) => {
      const asked = askedOf(request);
      if (asked === undefined) return `${request.method} ${request.path} is no operation`;
      if (request.headers["private-token"] !== TOKEN) return "401 Unauthorized";
      const { query, body } = OPERATIONS[asked.operation];
      return query(asked.query) ?? body(asked.body);
    },
    take: (request) => {
      const asked = askedOf(request);
      return asked === undefined ? json(404, { error: "404 Not Found" }) : answer(asked, issues);
    },
    refuse: (problem) => json(problem.startsWith("401") ? 401 : 400, { message: problem }),
  });
  return { ...server, issues, isPublic: false };
}

function askedOf({ method, path, body }: Received): Asked | undefined {
  const url = new URL(path, "http://localhost");
  if (!url.pathname.startsWith(ISSUES)) return undefined;
  const rest = url.pathname.slice(ISSUES.length);
  const [, number = "0", what] = /^\/(\d+)(\/notes)?$/.exec(rest) ?? [];
  const one = what === undefined ? "issue" : "notes";
  const operation = `${method} ${rest === "" ? "issues" : one}`;
  if (!Object.hasOwn(OPERATIONS, operation) || (rest !== "" && number === "0")) return undefined;
  return {
    operation: operation as Operation,
    number: Number(number),
    query: Object.fromEntries(url.searchParams),
    body: body === "" ? {} : (JSON.parse(body) as Record<string, unknown>),
  };
}

function answer({ operation, number, query, body }: Asked, issues: KeptIssue[]): Reply {
  const issue = issues.find((one) => one.number === number);
  if (number > 0 && issue === undefined) return json(404, { message: "404 Issue Not Found" });
  const size = Number(query["per_page"] ?? 20);
  const from = (Number(query["page"] ?? 1) - 1) * size;
  const paged = <Item>(all: readonly Item[]) => all.slice(from, from + size);
  switch (operation) {
    case "GET issues":
      return json(
        200,
        paged(issues.filter(({ labels }) => labels.includes(query["labels"] ?? "")).toReversed()).map(shown),
      );
    case "POST issues": {
      const { title, description, labels, confidential } = body as Record<string, string> & {
        confidential: boolean;
      };
      const given = {
        title: title ?? "",
        body: description ?? "",
        labels: (labels ?? "").split(","),
        confidential,
      };
      const made = newIssue(issues, given);
      issues.push(made);
      return json(201, shown(made));
    }
    case "PUT issue": {
      if (issue === undefined) return json(404, { message: "404 Issue Not Found" });
      issue.title = String(body["title"]);
      issue.body = String(body["description"]);
      if (body["state_event"] !== undefined)
        issue.state = body["state_event"] === "close" ? "closed" : "open";
      return json(200, shown(issue));
    }
    case "GET notes": {
      // What the token may not see is counted, and left out.
      const notes = ["(hidden)", ...(issue?.comments ?? []).toReversed()];
      const seen = paged(notes).filter((text) => text !== "(hidden)");
      const link = notes.length > from + size ? { link: `<${ISSUES}/1/notes?page=2>; rel="next"` } : {};
      const { headers, ...reply } = json(
        200,
        seen.map((text) => ({ id: 1, body: text, system: false })),
      );
      return { ...reply, headers: { ...headers, ...link } };
    }
    case "POST notes":
      issue?.comments.push(String(body["body"]));
      return json(201, { id: 1, body: String(body["body"]) });
  }
}

function shown({ number, title, body, state, labels, confidential }: KeptIssue) {
  return {
    ...{ id: 1000 + number, iid: number, title, description: body, labels: [...labels], confidential },
    state: state === "open" ? "opened" : "closed",
  };
}

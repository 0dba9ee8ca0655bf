/** `anchorwatch access explain … --server URL`: a server knows the roles that were given by API, the groups of people, and its stacks. */
import { answerOf } from "../../client/connect.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { ExplainFlags } from "../access/explain.ts";
import { resourceNamed } from "../access/namedAsking.ts";
import { escapeText } from "../formats/escape.ts";
import type { LedgerPaint } from "../ledger/paint.ts";
import type { Surroundings } from "../surroundings.ts";
import { roleText } from "./logout.ts";
import { connectedServer } from "./namedServer.ts";
import { type Api, type Shapes, stackNamed } from "./records.ts";
import { runRemote } from "./run.ts";
import { labelText } from "./table.ts";

type Explanation = Shapes["AccessExplanation"];
type ActionName = Explanation["action"];

/** 0 allowed, 2 denied. */
export function runExplainThere(
  [user, action, resource]: readonly [string, string, string],
  { server, strong, channel = "session", group, ...flags }: ExplainFlags,
  surroundings: Surroundings,
): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson, paint }) => {
    if (group !== undefined) {
      throw new AnchorwatchError(
        "server_flag_unfit",
        "--group stands against what the server knows of a user",
        {
          hint: "Leave it out: the server goes by the groups of the user's last sign-in.",
        },
      );
    }
    const { api } = await connectedServer(server, surroundings);
    const body = {
      user,
      action: action as ActionName,
      ...(await resourceOf(resource, api)),
      strong,
      channel,
    };
    const explanation = await answerOf(api.POST("/api/v1/access/explain", { body }));
    await (flags.format === "json"
      ? sayJson(explanation)
      : say(explanationText(explanation, resource, paint)));
    return explanation.allowed ? 0 : 2;
  });
}

/** @throws AnchorwatchError `access_question_invalid`, `request_not_found` */
async function resourceOf(text: string, api: Api) {
  const named = resourceNamed(text);
  if (named.kind === "stack") return { resource: { stack: (await stackNamed(api, named.name)).id } };
  if (named.kind === "asked") {
    return named.asked.kind === "labelled" ? { resource: { labels: named.asked.labels } } : {};
  }
  throw new AnchorwatchError(
    "access_question_invalid",
    "The server is asked about accounts by their labels",
    {
      hint: "Name the labels: labels:team=payments,env=prod.",
    },
  );
}

function explanationText(explanation: Explanation, asked: string, paint: LedgerPaint): string {
  const { allowed, principal, action, resource, roles, rolesElsewhere, failures, ways } = explanation;
  const labels = resource.labels === undefined ? "" : `  (${labelText(resource.labels) || "no labels"})`;
  const verdict = allowed ? paint.good("ALLOWED") : paint.bad("DENIED");
  const blocks = [
    [`${verdict}  ${paint.strong(escapeText(principal.name))}  ${action}  ${escapeText(asked + labels)}`],
    block(
      "Could not be decided",
      failures.map(({ message, policy }) => `${policy === undefined ? "" : `“${policy.id}”: `}${message}`),
    ),
    reasons(explanation),
    block("Roles that count here", roles.map(assignmentText)),
    block("Roles that do not count here", rolesElsewhere.map(assignmentText)),
    block(
      "What would allow it",
      ways.map((way) => way.map(changeText).join(", and ")),
    ),
  ];
  const shown = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
  return `${shown.join("\n\n")}\n`;
}

function reasons({ allowed, policies, limitedByToken }: Explanation): readonly string[] {
  if (limitedByToken) return ["The token is limited to less than its owner may."];
  if (policies.length === 0) return allowed ? [] : ["No policy permits it to these roles."];
  const texts = policies.map(({ id, means, file, line }) => {
    const where = file === undefined ? "built in" : `${file}:${line}`;
    return `“${id}” (${where})${means === undefined ? "" : `: ${means}`}`;
  });
  return block(allowed ? "Permitted by" : "Forbidden by", texts);
}

function assignmentText({ role, labels, subject, file, line }: Explanation["roles"][number]): string {
  return `${roleText(role, labels)} (${subject}, ${file === undefined ? "given by API" : `${file}:${line}`})`;
}

function changeText({ kind, role }: Explanation["ways"][number][number]): string {
  switch (kind) {
    case "role":
      return `the role ${role ?? "that is missing"} here`;
    case "strong":
      return "signing in with a passkey or a second factor";
    case "session":
      return "doing it in the browser, not with a token";
    case "unlimited":
      return "a token without this limit";
  }
}

function block(title: string, texts: readonly string[]): readonly string[] {
  return texts.length === 0 ? [] : [`${title}:`, ...texts.map((text) => `  ${escapeText(text)}`)];
}

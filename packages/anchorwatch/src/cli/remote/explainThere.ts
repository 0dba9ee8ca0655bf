/** `anchorwatch access explain … --server URL`: a server knows the roles that were given by API, the groups of people, and its stacks. */
import { answerOf } from "../../client/connect.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { ExplainFlags } from "../access/explain.ts";
import { explanationText } from "../access/explanationText.ts";
import { resourceNamed } from "../access/namedAsking.ts";
import type { Surroundings } from "../surroundings.ts";
import { connectedServer } from "./namedServer.ts";
import { type Api, type Shapes, stackNamed } from "./records.ts";
import { runRemote } from "./run.ts";

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
  throw named.kind === "repository"
    ? invalid("The server is asked about the stacks of a repository by their names", "Name one: stack:NAME.")
    : invalid(
        "The server is asked about accounts by their labels",
        "Name the labels: labels:team=payments,env=prod.",
      );
}

function invalid(message: string, hint: string): AnchorwatchError {
  return new AnchorwatchError("access_question_invalid", message, { hint });
}

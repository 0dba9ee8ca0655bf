/** What a server knows of the stack: drift, freezes, and the operator's rules and limits. */

import type { GateSettings } from "../../app/gate/gateSettings.ts";
import { rulesFrom } from "../../app/gate/sharedRules.ts";
import type { AskedSync, FreezeAnswer } from "../../app/gate/stackAnswer.ts";
import type { PolicySettings } from "../../app/policy/rules/policySettings.ts";
import { type AnchorwatchClient, answerOf } from "../../client/connect.ts";
import { strangeAnswer } from "../../client/problem.ts";
import type { Labels } from "../../domain/labels.ts";
import { clientOf, connectedServer, loginTo, namedServer } from "../remote/namedServer.ts";
import { pipelineLogin } from "../remote/pipelineLogin.ts";
import { stackNamed } from "../remote/records.ts";
import type { Surroundings } from "../surroundings.ts";
import type { GateFlags } from "./gateFlags.ts";
import { type ToldGate, toldGate } from "./toldGate.ts";

export interface ServersAnswer {
  readonly name: string;
  readonly labels: Labels;
  readonly sync: AskedSync;
  readonly freeze: FreezeAnswer;
  readonly settings: GateSettings;
  readonly policy: PolicySettings;
}

/**
 * @param name of the stack, or its id
 * @throws AnchorwatchError what keeps it from being asked, also `request_not_found`
 */
export async function askServer(
  name: string,
  flags: Pick<GateFlags, "server" | "idTokenVariable" | "audience">,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<ServersAnswer> {
  const client = await connected(flags, surroundings, signal);
  const { id } = await stackNamed(client.api, name);
  const body = await answerOf(
    client.api.GET("/api/v1/stacks/{id}/gate", { params: { path: { id } }, signal }),
  );
  const told = toldGate(body, client.server);
  const { stack, freeze, settings, rules } = told;
  if (stack.name !== name && stack.id !== name)
    throw strangeAnswer(client.server, "it speaks of another stack than it was asked about");
  return {
    ...{ name: stack.name, labels: stack.labels, sync: syncOf(told), settings },
    freeze: freeze === undefined ? { kind: "free" } : { kind: "frozen", freeze },
    policy: rulesFrom(rules, client.server),
  };
}

/** As who is logged in, else as the pipeline that this is. */
async function connected(
  flags: Pick<GateFlags, "server" | "idTokenVariable" | "audience">,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<AnchorwatchClient> {
  const { environment } = surroundings;
  const server = await namedServer(flags.server, surroundings);
  if ((await loginTo(server, surroundings)) !== undefined || !isPipeline(flags, environment))
    return await connectedServer(flags.server, surroundings);
  const found = environment[ID_TOKEN_VARIABLE] ? { idTokenVariable: ID_TOKEN_VARIABLE } : {};
  const anonymous = clientOf(server, undefined, surroundings);
  const { token } = await pipelineLogin(anonymous, { ...found, ...flags }, surroundings, signal);
  return clientOf(server, token, surroundings);
}

/** Where GitLab puts the token, when the template of docs/gate.md asks it to. */
const ID_TOKEN_VARIABLE = "ANCHORWATCH_ID_TOKEN";

function isPipeline(
  { idTokenVariable }: Pick<GateFlags, "idTokenVariable">,
  environment: Surroundings["environment"],
): boolean {
  const marks = [ID_TOKEN_VARIABLE, "GITHUB_ACTIONS", "GITLAB_CI", "ACTIONS_ID_TOKEN_REQUEST_URL"];
  return idTokenVariable !== undefined || marks.some((name) => (environment[name] ?? "") !== "");
}

function syncOf({ sync, because, asOf, drifts }: ToldGate): AskedSync {
  if (sync === "unknown" || asOf === undefined)
    return { kind: "unknown", because: because ?? "the server does not know", drifts };
  return { kind: "known", asOf, drifts };
}

/** `anchorwatch access policies --server URL`: those that are in force on a server. */
import { answerOf } from "../../client/connect.ts";
import { policiesText } from "../access/policies.ts";
import type { Surroundings } from "../surroundings.ts";
import { connectedServer } from "./namedServer.ts";
import { type RemoteFlags, runRemote } from "./run.ts";

export function runPoliciesThere(
  flags: Pick<RemoteFlags, "server" | "format">,
  surroundings: Surroundings,
): Promise<number> {
  return runRemote(surroundings, { color: false }, async ({ say, sayJson }) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const answer = await answerOf(api.GET("/api/v1/access/policies"));
    await (flags.format === "json" ? sayJson(answer) : say(policiesText(answer.policies)));
    return 0;
  });
}

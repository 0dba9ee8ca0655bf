/** The login that somebody confirms at a browser, here or on another machine (RFC 8628). */
import { type AnchorwatchClient, answerOf } from "../../client/connect.ts";
import { ServerProblem } from "../../client/problem.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import { escapeText } from "../../domain/escape.ts";
import type { Surroundings } from "../surroundings.ts";
import type { Login } from "./logins.ts";
import type { RemoteRun } from "./run.ts";

/** @throws AnchorwatchError `login_failed`, and what the client throws */
export async function deviceLogin(
  { server, api }: AnchorwatchClient,
  { remote, lasting }: Pick<Surroundings, "remote" | "lasting">,
  { note, paint, signal }: RemoteRun,
): Promise<Login> {
  const asked = await answerOf(
    api.POST("/api/v1/device", { body: { name: remote.hostName.slice(0, 200) }, signal }),
  );
  const end = lasting.clock().getTime() + asked.expiresIn * 1000;
  await note(
    [
      `Open ${paint.strong(addressOf(asked.verificationUriComplete, server))}`,
      `and confirm the code ${paint.strong(escapeText(asked.userCode))}`,
      paint.quiet("Waiting … Ctrl-C gives up."),
      "",
    ].join("\n"),
  );
  let waitMs = asked.interval * 1000;
  for (;;) {
    await remote.sleep(waitMs, signal);
    signal.throwIfAborted();
    const answer = await questioned(api, asked.deviceCode, signal);
    if (answer?.status === "slow_down") waitMs += 5000;
    if (answer?.status === "denied") throw failed("The login was denied", "Somebody said no at the browser.");
    if (answer?.status === "allowed" && answer.secret !== undefined) {
      const { id: tokenId, expiresAt } = answer.token ?? {};
      return { server, token: answer.secret, tokenId, expiresAt };
    }
    if (answer?.status === "expired" || lasting.clock().getTime() > end) {
      throw failed("Nobody confirmed the login in time", "Run it again, and confirm the code that it shows.");
    }
  }
}

/** Undefined: the server is gone for a moment, and is asked again, as long as the code is good. */
async function questioned(api: AnchorwatchClient["api"], deviceCode: string, signal: AbortSignal) {
  try {
    return await answerOf(api.POST("/api/v1/device/token", { body: { deviceCode }, signal }));
  } catch (error) {
    const isPassing =
      (error instanceof ServerProblem && (error.status === 429 || error.status >= 500)) ||
      (error instanceof AnchorwatchError && error.code === "server_unreachable");
    if (isPassing && !signal.aborted) return undefined;
    throw error;
  }
}

/** People open what is shown to them: it must be a page of the server that they named. */
function addressOf(given: string, server: string): string {
  if (URL.canParse(given) && new URL(given).origin === server) return escapeText(given);
  const named = URL.canParse(given) ? new URL(given).origin : "another place";
  throw failed(
    `${server} wants the login to be confirmed at ${named}`,
    `Name the server by the address that people use: anchorwatch login --server ${named}. If that is none of yours, somebody is fishing for a login.`,
  );
}

function failed(message: string, hint: string): AnchorwatchError {
  return new AnchorwatchError("login_failed", message, { hint });
}

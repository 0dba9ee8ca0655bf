/** `anchorwatch check NAME --server URL`: the server looks now, and what it finds is shown here. */
import { type AnchorwatchClient, answerOf } from "../../client/connect.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import { escapeText } from "../../domain/escape.ts";
import type { CheckFlags } from "../checkFlags.ts";
import type { Surroundings } from "../surroundings.ts";
import { driftsLike, driftsText } from "./drifts.ts";
import { connectedServer } from "./namedServer.ts";
import { type Shapes, stackNamed } from "./records.ts";
import { type RemoteRun, runRemote } from "./run.ts";

export interface CheckThereFlags
  extends Pick<CheckFlags, "server" | "format" | "color" | "target" | "timeout"> {
  /** The flags that were given, as commander calls them. */
  readonly named?: readonly string[];
}

/** A check of the largest stack, behind others. */
const PATIENCE_MS = 15 * 60_000;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 2000;
/** Clocks of the server and of the worker that checks. */
const SKEW_MS = 2000;

/** 0: no drift. 1: not everything could be seen, or an error. 2: drift. */
export function runCheckThere(
  name: string | undefined,
  flags: CheckThereFlags,
  surroundings: Surroundings,
): Promise<number> {
  return runRemote(surroundings, flags, async (run) => {
    assertFitsServer(flags);
    if (name === undefined) {
      throw new AnchorwatchError("stack_not_chosen", "A server has many stacks, and none was named", {
        hint: "Give its name: anchorwatch check NAME --server URL. `anchorwatch stacks list` lists them.",
      });
    }
    const client = await connectedServer(flags.server, surroundings);
    const stack = await stackNamed(client.api, name);
    const check = await checkNow(client, stack, flags, surroundings, run);
    const { items: drifts } = await driftsLike(client.api, { status: "open" }, stack.id);
    if (flags.format === "json")
      await run.sayJson({ schema: "anchorwatch.server-check/v1", stack, check, drifts });
    else await sayFound(stack, check, drifts, run);
    if (check.outcome !== "complete") return 1;
    return drifts.length > 0 ? 2 : 0;
  });
}

type Check = Shapes["CheckRecord"];

async function checkNow(
  { api }: AnchorwatchClient,
  { id, name }: Shapes["Stack"],
  { target, timeout = PATIENCE_MS }: Pick<CheckThereFlags, "target" | "timeout">,
  { remote, lasting }: Pick<Surroundings, "remote" | "lasting">,
  { signal }: RemoteRun,
): Promise<Check> {
  const query = { stack: id, trigger: "manual" } as const;
  const asked = async () => (await answerOf(api.GET("/api/v1/checks", { params: { query }, signal }))).checks;
  const known = new Set((await asked()).map((check) => check.id));
  const params = { path: { id } };
  const { at } = await answerOf(
    api.POST("/api/v1/stacks/{id}/check", { params, body: { addresses: [...target] }, signal }),
  );
  // One that was under way by then may not have seen what was changed just before.
  const since = Date.parse(at) - SKEW_MS;
  const end = lasting.clock().getTime() + timeout;
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    await remote.sleep(wait, signal);
    signal.throwIfAborted();
    const ours = (await asked()).findLast(
      (check) => !known.has(check.id) && Date.parse(check.startedAt) >= since,
    );
    if (ours !== undefined) return ours;
    if (lasting.clock().getTime() > end) throw late(name);
  }
}

function late(name: string): AnchorwatchError {
  const message = `The server has not finished its check of ${JSON.stringify(name)}`;
  return new AnchorwatchError("server_check_late", message, {
    hint: `Wait longer with --timeout, or look later: anchorwatch drifts list --stack ${name}`,
  });
}

async function sayFound(
  { name }: Shapes["Stack"],
  { outcome, coverage, error }: Check,
  drifts: readonly Shapes["Drift"][],
  { say, paint, now }: RemoteRun,
): Promise<void> {
  if (drifts.length > 0) await say(`${driftsText(drifts, () => name, paint, now)}\n`);
  const seen =
    coverage && `${coverage.resources} resources: ${coverage.inSync} in sync, ${coverage.unknown} unknown`;
  const found =
    drifts.length === 0
      ? "No open drift"
      : `${drifts.length} open ${drifts.length === 1 ? "drift" : "drifts"}`;
  const verdict =
    outcome === "complete"
      ? (drifts.length === 0 ? paint.good : paint.doubtful)(`${found}.`)
      : paint.bad(`${found}, and the check is ${outcome}: there may be more.`);
  await say(`${verdict}${seen === undefined ? "" : ` ${seen}.`}\n`);
  if (error !== undefined) await say(`${paint.bad(escapeText(error.message))} (${escapeText(error.code)})\n`);
}

/** What says how this machine is to check means nothing to a server. */
function assertFitsServer({ named = [], format }: CheckThereFlags): void {
  const fitting = ["server", "format", "target", "timeout", "color"];
  const unfit = named.find((flag) => !fitting.includes(flag));
  if (unfit === undefined && (format === "text" || format === "json")) return;
  const flag =
    unfit === undefined
      ? `--format ${format}`
      : `--${unfit.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw new AnchorwatchError(
    "server_flag_unfit",
    `${flag} says how this machine is to check, and the server was asked to`,
    { hint: "Leave it out. --target, --timeout and --format text or json can be given." },
  );
}

import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { AnchorwatchError } from "../../../domain/errors.ts";
import { UNATTENDED } from "../../command.ts";
import { wholeStateError } from "../errors.ts";
import { absent } from "./absent.ts";
import { type CommandOutcome, runCommand } from "./command.ts";
import type { PullSource, StateSurroundings } from "./source.ts";

/** Characters of what the command said of its failure. */
const MAX_SAID = 2000;

/**
 * What `terraform state pull` prints.
 * @throws AnchorwatchError `state_pull_failed`, `state_backend_unsupported` without the command, `state_absent`
 */
export async function pullState(
  source: PullSource,
  origin: string,
  surroundings: StateSurroundings,
  limit: AbortSignal,
): Promise<Buffer> {
  const { terraform: command, environment, run = runCommand } = surroundings;
  if (command === undefined) throw noCommand(origin);
  await checkFolder(source.dir);
  const outcome = await run({
    command,
    args: ["state", "pull"],
    cwd: source.dir,
    environment: {
      ...environment,
      ...(source.workspace === undefined ? {} : { TF_WORKSPACE: source.workspace }),
      ...UNATTENDED,
      // Options meant for the user's own commands have no place in what we read.
      TF_CLI_ARGS: undefined,
      TF_CLI_ARGS_state_pull: undefined,
    },
    signal: limit,
  });
  limit.throwIfAborted();
  if (outcome.kind === "failed" || outcome.status !== 0) {
    throw pullFailed(origin, basename(command), outcome, surroundings);
  }
  // Terraform prints nothing, with status 0, where nothing was ever deployed.
  if (outcome.stdout.length === 0)
    throw absent(origin, "Deploy the stack first, or choose another workspace.");
  return outcome.stdout;
}

/** A missing folder would otherwise look like a missing command. */
async function checkFolder(dir: string): Promise<void> {
  const found = await stat(dir).catch(() => undefined);
  if (found?.isDirectory() === true) return;
  throw wholeStateError(
    dir,
    "state_missing",
    "is no folder with code",
    "Give the folder where `terraform init` was run.",
  );
}

function noCommand(origin: string): AnchorwatchError {
  return wholeStateError(
    origin,
    "state_backend_unsupported",
    "needs the command terraform or tofu, and neither is on the PATH",
    "Install one of them, or run `terraform state pull > state.json` elsewhere and give that file with --state.",
  );
}

function pullFailed(
  origin: string,
  command: string,
  outcome: CommandOutcome,
  { scrub }: StateSurroundings,
): AnchorwatchError {
  const what = `${command} state pull`;
  const why =
    outcome.kind === "failed"
      ? scrub(outcome.reason)
      : `ended with status ${outcome.status}: ${shortened(scrub(plain(outcome.stderr)))}`;
  const hint =
    "Make `terraform state pull` work in that folder; it may want `terraform init` or credentials first.";
  return wholeStateError(origin, "state_pull_failed", `was not read: ${what} ${why}`, hint);
}

/** Without the colours and the frame that Terraform puts around errors, on one line. */
function plain(stderr: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are made of them
  const text = stderr.replace(/\u001b\[[0-9;]*m/g, "").replace(/[│╷╵]/g, " ");
  return text.replace(/\s+/g, " ").trim() || "it said nothing";
}

/** To be used after secrets were removed: the part of one that is left by cutting would not be known. */
function shortened(text: string): string {
  return text.length > MAX_SAID ? `${text.slice(0, MAX_SAID)} …` : text;
}

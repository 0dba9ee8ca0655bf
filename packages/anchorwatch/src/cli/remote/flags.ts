/** Flags that commands against a server have in common, and the forms that they must have. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { parseDuration, parseLasting } from "../../app/configuration/duration.ts";
import { addColorFlag, nonEmpty } from "../ledger/flags.ts";

export const SERVER_FLAG =
  "address of the server (default: ANCHORWATCH_SERVER_URL, or the one you are logged in to)";

/** `--server`, `--format` and `--no-color`. */
export function addRemoteFlags(command: Command): Command {
  return addColorFlag(
    command
      .option("--server <URL>", SERVER_FLAG, nonEmpty)
      .addOption(
        new Option("--format <FORMAT>", "form of the answer").choices(["text", "json"]).default("text"),
      ),
  );
}

/** A moment, or how long ago it was. @param now of the machine */
export function parseSince(text: string, now: Date): Date {
  const ago = parseDuration(text);
  if (ago !== undefined) return new Date(now.getTime() - ago);
  const at = new Date(text);
  if (/^\d{4}-\d{2}-\d{2}(T|$)/.test(text) && !Number.isNaN(at.getTime())) return at;
  throw new InvalidArgumentError("Expected a duration such as 24h, or a time such as 2026-11-21T13:00:00Z.");
}

/** A moment, or how long from now on. @param now of the machine */
export function parseUntil(text: string, now: Date): Date {
  const lasting = parseLasting(text);
  if (lasting !== undefined) return new Date(now.getTime() + lasting);
  const at = new Date(text);
  if (/^\d{4}-\d{2}-\d{2}(T|$)/.test(text) && !Number.isNaN(at.getTime())) return at;
  throw new InvalidArgumentError("Expected a duration such as 7d, or a time such as 2026-12-24T00:00:00Z.");
}

export function parseLimit(text: string): number {
  const limit = /^[0-9]{1,7}$/.test(text) ? Number(text) : 0;
  if (limit < 1) throw new InvalidArgumentError("Expected a whole number from 1.");
  return limit;
}

export function collectLabel(text: string, before: readonly string[] = []): readonly string[] {
  if (!/^[^=]+=.+$/s.test(text))
    throw new InvalidArgumentError("Expected NAME=VALUE, such as team=payments.");
  return [...before, text];
}

export function parseEvery(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) throw new InvalidArgumentError("Expected a duration such as 5m or 1h.");
  return milliseconds;
}

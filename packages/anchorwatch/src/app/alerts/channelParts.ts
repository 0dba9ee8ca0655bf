/** What channels are opened with. */
import { readFile } from "node:fs/promises";
import type { ChannelParts } from "../../alerts/channels/definition.ts";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import type { ChannelSettings, SecretPlace } from "./alertSettings.ts";

export interface ChannelSurroundings extends Omit<ChannelParts, "name" | "secret"> {
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export function channelParts(
  { name, secrets }: Pick<ChannelSettings, "name" | "secrets">,
  { environment, ...parts }: ChannelSurroundings,
): ChannelParts {
  return {
    ...parts,
    name,
    secret: async (secret) => {
      const place = secrets.get(secret);
      return place && (await readSecret(place, `${secret} of the channel ${name}`, environment));
    },
  };
}

async function readSecret(
  place: SecretPlace,
  what: string,
  environment: ChannelSurroundings["environment"],
): Promise<string> {
  if (place.kind === "variable") {
    const value = environment[place.name]?.trim() ?? "";
    if (value !== "") return value;
    throw missing(`The ${what} is missing: the environment has no variable ${place.name}`);
  }
  try {
    const text = (await readFile(place.path, "utf8")).trim();
    if (text !== "") return text;
  } catch (cause) {
    throw missing(`The ${what} cannot be read: ${messageOf(cause)}`, cause);
  }
  throw missing(`The ${what} is missing: ${place.path} is empty`);
}

function missing(message: string, cause?: unknown): AnchorwatchError {
  return new AnchorwatchError("channel_secret_missing", message, {
    hint: "Correct the file or the variable that anchorwatch.server.yaml names.",
    cause,
  });
}

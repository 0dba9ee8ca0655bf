/** The external id: what an intermediary who was made to ask for a stranger's role does not know. */
import { AnchorwatchError } from "../../domain/errors.ts";
import { EXTERNAL_ID_PATTERN } from "./forms.ts";

const BYTES = 24;

export function newExternalId(random: (bytes: number) => Uint8Array): string {
  return `anchorwatch-${Buffer.from(random(BYTES)).toString("hex")}`;
}

/** @throws AnchorwatchError `connection_invalid` */
export function externalIdOf(text: string): string {
  if (EXTERNAL_ID_PATTERN.test(text)) return text;
  throw new AnchorwatchError("connection_invalid", "--external-id: it cannot be used", {
    hint: "Expected 16 to 128 letters, digits or _+=,.@:/- that nobody guesses. Leave it out to get a random one.",
  });
}

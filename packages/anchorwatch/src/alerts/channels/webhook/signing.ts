/**
 * Who sends: the headers of Standard Webhooks, with a signature (HMAC-SHA256) of each secret.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme
 */
import { Webhook } from "standardwebhooks";
import { ChannelFailure } from "../../channel.ts";

export interface Signed {
  /** Without a dot: dots stand between the parts of what is signed. */
  readonly id: string;
  /** Of this try. */
  readonly at: Date;
  readonly body: string;
}

/** @throws ChannelFailure where a secret is none; it is never repeated */
export function signingHeaders({ id, at, body }: Signed, secrets: readonly string[]): Record<string, string> {
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": secrets.map((secret) => new Webhook(checked(secret)).sign(id, at, body)).join(" "),
  };
}

function checked(secret: string): string {
  const [, encoded = ""] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
  const { length } = Buffer.from(encoded, "base64");
  if (length >= 24 && length <= 64) return secret;
  throw new ChannelFailure(
    "its secret is none: expected whsec_ and the base64 of 24 to 64 random bytes, as echo whsec_$(openssl rand -base64 32) makes it",
    "again",
  );
}

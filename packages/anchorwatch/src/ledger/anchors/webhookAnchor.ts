/**
 * Checkpoints posted to an address, signed so that the receiver knows from whom they are.
 * @see https://www.standardwebhooks.com for the headers: HMAC-SHA-256 over `id.timestamp.body`
 */
import { createHmac, hash } from "node:crypto";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { Anchor } from "./anchor.ts";
import { checkAddress, type Delivery, post, refused } from "./delivery.ts";

export interface WebhookAnchorOptions extends Delivery {
  readonly url: string;
  /** `whsec_` and the base64 of 24 to 64 random bytes, known to both sides. Without it, nothing tells who posted. */
  readonly secret?: string;
  readonly clock: () => Date;
}

/**
 * What was posted cannot be asked back: `latest` is always undefined. Whoever knows the address of a chat's webhook may post there,
 * so of it only the host is ever told. @throws AnchorwatchError `ledger_anchor_invalid`
 */
export function webhookAnchor(options: WebhookAnchorOptions): Anchor {
  const url = checkAddress(options.url);
  const key = options.secret === undefined ? undefined : parseSecret(options.secret);
  const name = `${url.origin} (webhook)`;
  return {
    name,
    latest: async () => undefined,
    publish: async (checkpoint) => {
      const headers = headersOf(checkpoint, key, options.clock());
      const { status } = await post(options, { url, name, body: checkpoint, headers });
      if (status < 200 || status > 299) throw refused(name, `status ${status}`);
    },
  };
}

/** The same checkpoint has the same id, however often it is sent: receivers drop what they have. */
function headersOf(body: string, key: Uint8Array | undefined, now: Date): Record<string, string> {
  const id = `msg_${hash("sha256", body).slice(0, 32)}`;
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const common = {
    "content-type": "text/plain; charset=utf-8",
    "webhook-id": id,
    "webhook-timestamp": timestamp,
  };
  if (key === undefined) return common;
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return { ...common, "webhook-signature": `v1,${signature}` };
}

function parseSecret(secret: string): Uint8Array {
  const [, encoded = ""] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
  const key = Buffer.from(encoded, "base64");
  if (key.length >= 24 && key.length <= 64) return key;
  // The secret itself is never repeated.
  throw new AnchorwatchError("ledger_anchor_invalid", "The secret of a webhook anchor is none", {
    hint: "Give whsec_ and the base64 of 24 to 64 random bytes: echo whsec_$(openssl rand -base64 32)",
  });
}

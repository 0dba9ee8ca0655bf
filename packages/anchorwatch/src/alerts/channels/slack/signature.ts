/**
 * Whether Slack sent a request: nobody else knows the app's signing secret.
 * @see https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
import { createHmac, timingSafeEqual } from "node:crypto";

export interface SignedRequest {
  /** Header `x-slack-request-timestamp`. */
  readonly timestamp: string | undefined;
  /** Header `x-slack-signature`. */
  readonly signature: string | undefined;
  /** As it came: whatever is parsed and written again may have other bytes. */
  readonly body: Uint8Array;
}

/** A request is believed so long before and after it was signed. */
export const WINDOW_SECONDS = 300;

/** Attacker-controlled throughout; never throws. */
export function isSlacks({ timestamp, signature, body }: SignedRequest, secret: string, now: Date): boolean {
  if (timestamp === undefined || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(Math.floor(now.getTime() / 1000) - Number(timestamp)) > WINDOW_SECONDS) return false;
  const given = /^v0=([0-9a-f]{64})$/.exec(signature ?? "")?.[1];
  if (given === undefined || secret === "") return false;
  const expected = createHmac("sha256", secret).update(`v0:${timestamp}:`).update(body).digest();
  return timingSafeEqual(Buffer.from(given, "hex"), expected);
}

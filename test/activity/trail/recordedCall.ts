/** Calls that moto's recorder saw: of each its request, as it came. */
import { SupportError } from "../../support/error.ts";

export interface RecordedCall {
  readonly method: string;
  /** With host and query. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Forgets what it has, and begins. Moto must have been started with a file for its recording. */
export async function startRecording(endpoint: string): Promise<void> {
  await post(endpoint, "reset-recording");
  await post(endpoint, "start-recording");
}

/** Everything since the recording was started, in the order in which it came. */
export async function recordedCalls(endpoint: string): Promise<readonly RecordedCall[]> {
  const response = await fetch(`${endpoint}/moto-api/recorder/download-recording`);
  const lines = (await response.text()).split("\n").filter((line) => line !== "");
  return lines.map((line) => readCall(JSON.parse(line) as Line));
}

interface Line {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly body_encoded: boolean;
}

function readCall({ method, url, headers, body, body_encoded }: Line): RecordedCall {
  return {
    method,
    url,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: Buffer.from(body ?? "", body_encoded ? "base64" : "utf8"),
  };
}

async function post(endpoint: string, what: string): Promise<void> {
  const response = await fetch(`${endpoint}/moto-api/recorder/${what}`, { method: "POST" });
  await response.arrayBuffer();
  if (!response.ok)
    throw new SupportError("moto_failed", `moto's recorder answered ${response.status} to ${what}`);
}

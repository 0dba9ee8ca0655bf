import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { NO_METER } from "../../watch/meter.ts";
import { openSignedSources } from "./signedSources.ts";

const key = Buffer.alloc(32, 7);
const now = new Date("2026-01-02T03:04:35Z");

function secretFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "anchorwatch-signed-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "secret");
  writeFileSync(file, `whsec_${key.toString("base64")}\n`);
  return file;
}

it("what was forged or is too old is not taken, keeps nothing alive, and is counted by its reason", async () => {
  const refused: unknown[] = [];
  const beats: unknown[] = [];
  const taken: unknown[] = [];
  const receive = await openSignedSources(
    [{ kind: "http", name: "deploys", secretFile: secretFile(), expectedWithinMs: 60_000 }],
    {
      records: { detectors: { beat: async (beat: unknown) => void beats.push(beat) } } as never,
      sink: async (batch) => void taken.push(batch),
      now: () => now,
      meter: { ...NO_METER, refused: (post) => void refused.push(post) },
      onWarning: (warning) => expect.unreachable(warning.message),
    },
  );
  const post = (timestamp: number, signedBy: Uint8Array) => {
    const signature = createHmac("sha256", signedBy).update(`m1.${timestamp}.{}`).digest("base64");
    return receive("deploys", {
      headers: {
        "webhook-id": "m1",
        "webhook-timestamp": String(timestamp),
        "webhook-signature": `v1,${signature}`,
      },
      body: Buffer.from("{}"),
    });
  };
  const seconds = now.getTime() / 1000;
  expect([await post(seconds, Buffer.alloc(32, 8)), await post(seconds - 3600, key)]).toMatchObject([
    { kind: "unauthentic" },
    { kind: "unauthentic" },
  ]);
  expect(await receive("others", { headers: {}, body: Buffer.alloc(0) })).toEqual({ kind: "unknown_source" });
  expect(refused).toEqual([
    { source: "deploys", code: "event_signature_invalid" },
    { source: "deploys", code: "event_signature_late" },
  ]);
  expect({ taken, beats }).toEqual({ taken: [], beats: [] });
});

import { expect, it } from "vitest";
import type { Attribution } from "../../domain/actor.ts";
import { encodeEntry } from "../../ledger/entry/entry.ts";
import { attributionData, entryActor } from "./attributionData.ts";

/** As whoever sends events could have it. */
function attribution(text: string, name = "ada"): Attribution {
  return {
    eventId: text,
    eventName: text,
    service: text,
    time: new Date("2026-01-02T03:04:05.678Z"),
    actor: {
      principal: text,
      kind: "role",
      channel: "console",
      sessionIssuer: text,
      sessionName: text,
      sourceIdentity: text,
      federated: { provider: text, subject: text },
      account: text,
      sourceAddress: text,
      userAgent: text,
    },
    person: { kind: "mapped", name, rule: "anchorwatch.server.yaml:12" },
    isDelivery: false,
  };
}

it.each([
  ["long texts", "x".repeat(100_000)],
  ["texts that are cut inside of a character", `${"x".repeat(999)}😀`],
  ["texts that get longer when they are written", "\u0001".repeat(2_000)],
  ["texts of many bytes", "語".repeat(2_000)],
])("an entry takes twenty candidates with %s", (_, text) => {
  const attributions = Array.from({ length: 30 }, () => attribution(text));
  const data = attributionData(attributions);
  expect(data.length).toBeGreaterThan(0);
  const bytes = encodeEntry({
    id: "drift-1",
    kind: "drift.attributed",
    time: "2026-01-02T03:04:05.678Z",
    actor: entryActor(attributions, { type: "system", id: "anchorwatch/check" }),
    data: { resource: { type: "t", provider: "p" }, attributions: data as never },
  });
  // Beside what drifted, which may take 40,000.
  expect(bytes.length).toBeLessThan(20_000);
});

it("names at most twenty, the likeliest first", () => {
  const data = attributionData(Array.from({ length: 30 }, (_, at) => attribution(`e-${at}`)));
  expect(data.map(({ eventId }) => eventId)).toEqual(Array.from({ length: 20 }, (_, at) => `e-${at}`));
});

it("a person whose name a rule makes empty is still one that an entry takes", () => {
  const [data] = attributionData([attribution("e", "")]);
  expect(data?.person?.name).toBe("unknown");
  expect(entryActor([attribution("e", "")], { type: "system", id: "s" }).name).toBe("unknown");
});

/** Answers that are kept for idempotency keys, in memory, for tests of the server. */
import type { AnswerRecords, KeptAnswer } from "../auth/records.ts";

export function memoryAnswers(): AnswerRecords {
  const kept = new Map<string, { request: string; at: Date; answer?: KeptAnswer }>();
  return {
    begin: async ({ principal, key, request }, at, patienceMs) => {
      const name = `${principal} ${key}`;
      const found = kept.get(name);
      const asked = Buffer.from(request).toString("hex");
      if (found === undefined) {
        kept.set(name, { request: asked, at });
        return { kind: "new" };
      }
      if (found.request !== asked) return { kind: "other" };
      if (found.answer !== undefined) return { kind: "kept", answer: found.answer };
      return { kind: at.getTime() - found.at.getTime() < patienceMs ? "underway" : "lost" };
    },
    keep: async (principal, key, answer) => {
      const found = kept.get(`${principal} ${key}`);
      if (found !== undefined) found.answer = answer;
    },
    release: async (principal, key) => void kept.delete(`${principal} ${key}`),
    forget: async () => 0,
  };
}

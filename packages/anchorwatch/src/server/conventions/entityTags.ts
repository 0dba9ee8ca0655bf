/** Whoever has already what he asks for is told so, without it being sent again (RFC 9110, section 13.1.2). */
import type { Api } from "../api.ts";

/** For all routes that are added after it, and after their answers have got their tags. */
export function answerConditions(api: Api): void {
  api.addHook("onSend", async ({ method, headers }, reply, payload) => {
    const tag = reply.getHeader("etag");
    const condition = headers["if-none-match"];
    const isReading = method === "GET" || method === "HEAD";
    if (!isReading || reply.statusCode !== 200 || typeof tag !== "string" || condition === undefined) {
      return payload;
    }
    if (!isAmong(tag, condition)) return payload;
    reply.code(304).removeHeader("content-type").removeHeader("content-length");
    return "";
  });
}

/** Weak and strong tags are the same here (section 8.8.3.2). */
function isAmong(tag: string, condition: string): boolean {
  if (condition.trim() === "*") return true;
  const tags: readonly string[] = condition.match(/"[^"]*"/g) ?? [];
  return tags.includes(tag.replace(/^W\//, ""));
}

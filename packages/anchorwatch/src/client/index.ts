/**
 * A client of a running Anchorwatch, typed by its OpenAPI document:
 *
 * ```ts
 * import { answerOf, connectTo, pages } from "anchorwatch/client";
 *
 * const { api } = connectTo({ server: "https://anchorwatch.example.com", token: process.env.ANCHORWATCH_TOKEN });
 * const open = { status: "open", limit: 500 } as const;
 * for await (const page of pages((after) => answerOf(api.GET("/api/v1/drifts", { params: { query: { ...open, ...after } } })))) {
 *   for (const drift of page.drifts) console.log(drift.address, drift.verdict);
 * }
 * ```
 */

export { AnchorwatchError } from "../domain/errors.ts";
export type { components, paths } from "./api.ts";
export { type AnchorwatchClient, answerOf, type ConnectOptions, connectTo } from "./connect.ts";
export type { FollowOptions, LiveChange } from "./liveChanges.ts";
export { type After, pages } from "./pages.ts";
export { ServerProblem } from "./problem.ts";

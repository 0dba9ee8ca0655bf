/**
 * How something leaves the API: for at least a year it says so in each answer (RFC 9745), with the day it ends (RFC 8594) and what stands
 * in its place; within v1 nothing changes its meaning.
 */
import type { Api } from "../api.ts";

export interface Deprecation {
  readonly since: Date;
  /** It may be gone from then on; at least a year after `since`. */
  readonly sunset: Date;
  /** Address of what stands in its place. */
  readonly successor?: string;
}

declare module "fastify" {
  interface FastifyContextConfig {
    deprecation?: Deprecation;
  }
}

/** For all routes that are added after it. */
export function announceDeprecations(api: Api): void {
  api.addHook("onRoute", (route) => {
    if (route.config?.deprecation !== undefined) route.schema = { ...route.schema, deprecated: true };
  });
  api.addHook("onRequest", async ({ routeOptions }, reply) => {
    const { deprecation } = routeOptions.config;
    if (deprecation === undefined) return;
    const { since, sunset, successor } = deprecation;
    reply.header("deprecation", `@${Math.floor(since.getTime() / 1000)}`);
    reply.header("sunset", sunset.toUTCString());
    if (successor !== undefined) reply.header("link", `<${successor}>; rel="successor-version"`);
  });
}

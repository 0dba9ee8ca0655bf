/** The HTTP server of a process that has no API: whether it lives and works, and its numbers. It listens nowhere by itself. */
import type { Api } from "./api.ts";
import { SERVER_LIMITS, type ServerDependencies } from "./dependencies.ts";
import { createFoundation } from "./foundation.ts";
import { addHealthRoutes } from "./routes/health.ts";
import { presentPart } from "./shapes/status.ts";

export function createHealthServer(
  dependencies: Omit<
    ServerDependencies,
    "limits" | "access" | "accounts" | "control" | "elsewhere" | "pages" | "answers"
  >,
): Api {
  const api = createFoundation(dependencies, SERVER_LIMITS);
  addHealthRoutes(api, dependencies, () => 0, presentPart);
  return api;
}

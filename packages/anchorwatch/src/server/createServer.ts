/** The HTTP server: all routes. It listens nowhere by itself, see listen.ts. */
import swagger from "@fastify/swagger";
import type { Api } from "./api.ts";
import { SERVER_LIMITS, type ServerDependencies, type ServerLimits } from "./dependencies.ts";
import { createFoundation } from "./foundation.ts";
import { describedApi } from "./openApi.ts";
import { addCheckRoutes } from "./routes/checks.ts";
import { addClaimRoutes } from "./routes/claims.ts";
import { addDetectorRoutes } from "./routes/detectors.ts";
import { addDriftRoutes } from "./routes/drifts.ts";
import { addEventRoutes } from "./routes/events.ts";
import { addHealthRoutes } from "./routes/health.ts";
import { addLedgerRoutes } from "./routes/ledger.ts";
import { addStackRoutes } from "./routes/stacks.ts";
import { addStatusRoutes } from "./routes/status.ts";
import { addStreamRoute } from "./routes/stream.ts";
import { Broadcast } from "./stream/broadcast.ts";

export async function createServer(dependencies: ServerDependencies): Promise<Api> {
  const { watch, now, newId } = dependencies;
  const limits: ServerLimits = { ...SERVER_LIMITS, ...dependencies.limits };
  const api = createFoundation(dependencies, limits);
  await api.register(swagger, describedApi);

  const broadcast = new Broadcast(newId());
  const unsubscribe = watch.subscribe((change) => broadcast.publish(change, now()));
  api.addHook("onClose", async () => unsubscribe());
  addHealthRoutes(api, dependencies, () => broadcast.listeners);
  addLedgerRoutes(api, watch);
  await api.register(
    async (v1) => {
      addStatusRoutes(v1 as Api, dependencies);
      addStackRoutes(v1 as Api, dependencies);
      addDriftRoutes(v1 as Api, watch.records);
      addCheckRoutes(v1 as Api, watch.records);
      addClaimRoutes(v1 as Api, watch.records);
      addEventRoutes(v1 as Api, watch, limits);
      addDetectorRoutes(v1 as Api, dependencies);
      addStreamRoute(v1 as Api, dependencies, broadcast, limits);
      v1.get("/openapi.json", { schema: { hide: true } }, async () => api.swagger());
    },
    { prefix: "/api/v1" },
  );
  return api;
}

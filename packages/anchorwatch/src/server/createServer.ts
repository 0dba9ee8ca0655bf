/** The HTTP server: all routes. It listens nowhere by itself, see listen.ts. */
import cookie from "@fastify/cookie";
import etag from "@fastify/etag";
import swagger from "@fastify/swagger";
import { guardRoutes } from "./access/requestAccess.ts";
import type { Api } from "./api.ts";
import { announceDeprecations } from "./conventions/deprecation.ts";
import { answerConditions } from "./conventions/entityTags.ts";
import { keepAnswers } from "./conventions/idempotency.ts";
import { refuseUnreadBodies } from "./conventions/jsonBodies.ts";
import { refuseUnknownQueries } from "./conventions/strictQueries.ts";
import { SERVER_LIMITS, type ServerDependencies, type ServerLimits } from "./dependencies.ts";
import { createFoundation } from "./foundation.ts";
import { describedApi } from "./openApi.ts";
import { addPages } from "./pages/pages.ts";
import { addAccessRoutes } from "./routes/access.ts";
import { addActorRoutes } from "./routes/actors.ts";
import { addAlertRoutes } from "./routes/alerts.ts";
import { addChannelRoutes } from "./routes/channels.ts";
import { addChatAccountRoutes } from "./routes/chatAccounts.ts";
import { addCheckRoutes } from "./routes/checks.ts";
import { addClaimRoutes } from "./routes/claims.ts";
import { addConfigurationRoutes } from "./routes/configuration.ts";
import { addDetectorRoutes } from "./routes/detectors.ts";
import { addDeviceRoutes } from "./routes/device.ts";
import { addDriftRoutes } from "./routes/drifts.ts";
import { addEventRoutes } from "./routes/events.ts";
import { addExceptionRoutes } from "./routes/exceptions.ts";
import { addFreezeRoutes } from "./routes/freezes.ts";
import { addGateRoutes } from "./routes/gate.ts";
import { addHealthRoutes } from "./routes/health.ts";
import { addLedgerRoutes } from "./routes/ledger.ts";
import { addLedgerEntryRoutes } from "./routes/ledgerEntries.ts";
import { addLedgerProofRoutes } from "./routes/ledgerProofs.ts";
import { addOidcRoutes } from "./routes/oidc.ts";
import { addOwnPasswordRoutes } from "./routes/ownPassword.ts";
import { addPasskeyRoutes } from "./routes/passkeys.ts";
import { addPlaybookRoutes } from "./routes/playbooks.ts";
import { addProofRoutes } from "./routes/proof.ts";
import { addResourceRoutes } from "./routes/resources.ts";
import { addRoleRoutes } from "./routes/roles.ts";
import { addSessionRoutes } from "./routes/session.ts";
import { addSetupRoutes } from "./routes/setup.ts";
import { addSlackRoutes } from "./routes/slack.ts";
import { addStackRoutes } from "./routes/stacks.ts";
import { addStatusRoutes } from "./routes/status.ts";
import { addStreamRoute, OpenStreams } from "./routes/stream.ts";
import { addTokenRoutes } from "./routes/tokens.ts";
import { addUnmanagedRoutes } from "./routes/unmanaged.ts";
import { addUserRoutes } from "./routes/users.ts";
import { addWorkloadRoutes } from "./routes/workloads.ts";
import { Broadcast } from "./stream/broadcast.ts";

export async function createServer(dependencies: ServerDependencies): Promise<Api> {
  const { watch, now, newId } = dependencies;
  const limits: ServerLimits = { ...SERVER_LIMITS, ...dependencies.limits };
  const api = createFoundation(dependencies, limits);
  await api.register(cookie);
  await api.register(swagger, describedApi);
  // It would answer 304 to writes as well.
  await api.register(etag, { replyWith304: false });
  guardRoutes(api, dependencies);
  announceDeprecations(api);
  answerConditions(api);
  keepAnswers(api, dependencies);

  const broadcast = new Broadcast(newId());
  const open = new OpenStreams();
  const unsubscribe = watch.subscribe((change) => {
    // Who may hear what can be different from now on.
    if (change.kind === "access") open.end(change.userId);
    else broadcast.publish(change, now());
    if (change.kind === "configuration") open.end();
  });
  api.addHook("onClose", async () => unsubscribe());
  addHealthRoutes(api, dependencies, () => broadcast.listeners);
  addLedgerRoutes(api, watch);
  addPages(api);
  await api.register(
    async (v1) => {
      refuseUnknownQueries(v1 as Api);
      refuseUnreadBodies(v1 as Api);
      addStatusRoutes(v1 as Api, dependencies);
      addStackRoutes(v1 as Api, dependencies);
      addGateRoutes(v1 as Api, dependencies);
      addResourceRoutes(v1 as Api, dependencies);
      addActorRoutes(v1 as Api, dependencies);
      addDriftRoutes(v1 as Api, dependencies);
      addAlertRoutes(v1 as Api, dependencies);
      addChannelRoutes(v1 as Api, dependencies);
      addCheckRoutes(v1 as Api, dependencies);
      addClaimRoutes(v1 as Api, dependencies);
      addEventRoutes(v1 as Api, dependencies, limits);
      addDetectorRoutes(v1 as Api, dependencies);
      addUnmanagedRoutes(v1 as Api, dependencies);
      addExceptionRoutes(v1 as Api, dependencies);
      addFreezeRoutes(v1 as Api, dependencies);
      addPlaybookRoutes(v1 as Api, dependencies);
      addConfigurationRoutes(v1 as Api, dependencies);
      addLedgerEntryRoutes(v1 as Api, dependencies);
      addLedgerProofRoutes(v1 as Api, dependencies);
      addSessionRoutes(v1 as Api, dependencies);
      addSetupRoutes(v1 as Api, dependencies);
      addProofRoutes(v1 as Api, dependencies);
      addPasskeyRoutes(v1 as Api, dependencies);
      addOwnPasswordRoutes(v1 as Api, dependencies);
      addUserRoutes(v1 as Api, dependencies);
      addRoleRoutes(v1 as Api, dependencies);
      addAccessRoutes(v1 as Api, dependencies);
      addTokenRoutes(v1 as Api, dependencies);
      addDeviceRoutes(v1 as Api, dependencies);
      addOidcRoutes(v1 as Api, dependencies);
      addChatAccountRoutes(v1 as Api, dependencies);
      addSlackRoutes(v1 as Api, dependencies);
      addWorkloadRoutes(v1 as Api, dependencies.elsewhere);
      addStreamRoute(v1 as Api, dependencies, { broadcast, open }, limits);
      v1.get("/openapi.json", { config: { access: "public" }, schema: { hide: true } }, async () =>
        api.swagger(),
      );
    },
    { prefix: "/api/v1" },
  );
  return api;
}

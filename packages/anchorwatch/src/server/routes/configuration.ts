import type { Api } from "../api.ts";
import type { ServerDependencies } from "../dependencies.ts";
import { inForceShape, presentConfiguration } from "../shapes/configuration.ts";
import { problemAnswers } from "./problemAnswers.ts";

export function addConfigurationRoutes(api: Api, { watch }: Pick<ServerDependencies, "watch">): void {
  api.get(
    "/configuration",
    {
      config: { access: "configuration.view" },
      schema: {
        summary: "The configuration that is in force",
        description: "Names of secrets are shown, their values never.",
        tags: ["status"],
        response: { 200: inForceShape, ...problemAnswers },
      },
    },
    async () => {
      const { settings, atNextStart } = watch.configuration();
      return {
        schema: "anchorwatch.configuration-in-force/v1" as const,
        configuration: presentConfiguration(watch.status().configuration),
        settings,
        atNextStart: [...atNextStart],
      };
    },
  );
}

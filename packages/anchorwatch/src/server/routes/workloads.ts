/** Pipelines exchange the token that their forge made for them. */
import { z } from "zod";
import type { SignInElsewhere } from "../../app/access/signInElsewhere.ts";
import type { Api } from "../api.ts";
import { schemaName } from "../shapes/wire.ts";
import { problemAnswers } from "./problemAnswers.ts";

const workloadTokenShape = z.object({
  schema: schemaName("workload-token"),
  workload: z.string().meta({ description: "As the operator's file calls the pipeline." }),
  token: z.string().meta({ description: "For Authorization: Bearer TOKEN. It is shown this once." }),
  expiresAt: z.iso.datetime(),
});

export function addWorkloadRoutes(api: Api, elsewhere: SignInElsewhere): void {
  api.post(
    "/session/workload",
    {
      config: { access: "public", secretAnswer: true },
      schema: {
        summary: "Gives a pipeline a token for the one that its forge made for it",
        description:
          "The pipeline must be one of access.workloads in anchorwatch.server.yaml. Each token of a forge is good once; what is given lasts 15 minutes.",
        tags: ["session"],
        body: z.strictObject({
          token: z
            .string()
            .min(1)
            .max(16_384)
            .meta({ description: "ID token of GitHub Actions or GitLab CI." }),
        }),
        response: { 200: workloadTokenShape, ...problemAnswers },
      },
    },
    async ({ body, requester }) => {
      const { workload, token, expiresAt } = await elsewhere.workload(body.token, requester);
      return {
        schema: "anchorwatch.workload-token/v1" as const,
        workload,
        token,
        expiresAt: expiresAt.toISOString(),
      };
    },
  );
}

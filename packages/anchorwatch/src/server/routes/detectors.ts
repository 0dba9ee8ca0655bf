import { z } from "zod";
import type { Api } from "../api.ts";
import { detectorShape, isAlive, presentDetector } from "../shapes/detector.ts";
import { schemaName } from "../shapes/wire.ts";
import type { Watch } from "../watch.ts";
import { problemAnswers } from "./problemAnswers.ts";

const detectorsShape = z.object({
  schema: schemaName("detectors"),
  detectors: z.array(detectorShape).meta({ description: "The dead first, then by age." }),
});

export function addDetectorRoutes(api: Api, { watch, now }: { watch: Watch; now: () => Date }): void {
  api.get(
    "/detectors",
    {
      schema: {
        summary: "What has to give signs of life, and whether it does",
        tags: ["detectors"],
        response: { 200: detectorsShape, ...problemAnswers },
      },
    },
    async () => {
      const at = now();
      const found = await watch.records.detectors.list();
      const worst = found.toSorted(
        (a, b) => Number(isAlive(a, at)) - Number(isAlive(b, at)) || a.at.getTime() - b.at.getTime(),
      );
      return {
        schema: "anchorwatch.detectors/v1" as const,
        detectors: worst.map((detector) => presentDetector(detector, at)),
      };
    },
  );
}

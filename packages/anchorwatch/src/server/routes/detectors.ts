import { z } from "zod";
import type { Api } from "../api.ts";
import { detectorShape, presentDetector } from "../shapes/detector.ts";
import { count, schemaName } from "../shapes/wire.ts";
import type { Watch } from "../watch.ts";
import { problemAnswers } from "./problemAnswers.ts";

const detectorsShape = z.object({
  schema: schemaName("detectors"),
  detectors: z.array(detectorShape).meta({ description: "The dead first, then by age; the first 500." }),
  alive: count.meta({ description: "How many there are in all." }),
  dead: count,
});

/** Each stack has one: of a hundred thousand only the worst are told. */
const MOST = 500;

export function addDetectorRoutes(api: Api, { watch, now }: { watch: Watch; now: () => Date }): void {
  api.get(
    "/detectors",
    {
      config: { access: "watch.view" },
      schema: {
        summary: "What has to give signs of life, and whether it does",
        tags: ["detectors"],
        response: { 200: detectorsShape, ...problemAnswers },
      },
    },
    async () => {
      const at = now();
      const [worst, totals] = await Promise.all([
        watch.records.detectors.worst(at, MOST),
        watch.records.detectors.totals(at),
      ]);
      return {
        schema: "anchorwatch.detectors/v1" as const,
        detectors: worst.map((detector) => presentDetector(detector, at)),
        ...totals,
      };
    },
  );
}

import type { S3Source, StateSurroundings } from "./source.ts";
import { variable } from "./variable.ts";

/** Where S3 is asked, when that is not Amazon's own place for the region. */
export function s3Endpoint(
  source: S3Source,
  environment: StateSurroundings["environment"],
): string | undefined {
  const names = ["AWS_ENDPOINT_URL_S3", "AWS_S3_ENDPOINT", "AWS_ENDPOINT_URL"];
  return source.endpoint ?? variable(environment, ...names);
}

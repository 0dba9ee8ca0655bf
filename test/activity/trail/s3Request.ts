/** A request to S3 as CloudTrail writes it: `bucketName`, `key`, the parameters of the query, and the body under its own name. */
import { refOf, shapeOf } from "../../support/serviceModel.ts";
import type { ApiCall } from "./apiCall.ts";
import { inputShape } from "./apiCall.ts";
import { spell } from "./spelling.ts";

export function s3Parameters({ model, operation, input, region }: ApiCall): Record<string, unknown> {
  const shape = inputShape(model, operation);
  const [, query = ""] = operation.http.requestUri.split("?");
  const bucket = String(input["Bucket"]);
  return {
    bucketName: bucket,
    Host: `${bucket}.s3.${region}.amazonaws.com`,
    ...(input["Key"] === undefined ? {} : { key: input["Key"] }),
    ...Object.fromEntries(new URLSearchParams(query)),
    ...bodyOf(),
  };

  function bodyOf(): Record<string, unknown> {
    const name = shape.payload;
    const body = name === undefined ? undefined : input[name];
    if (name === undefined || body === undefined) return {};
    const ref = refOf(shape.members?.[name]);
    // A policy is parsed; what goes into an object is not told.
    if (name === "Policy") return { bucketPolicy: JSON.parse(String(body)) as unknown };
    if (shapeOf(model, ref.shape).type !== "structure") return {};
    return {
      [ref.locationName ?? name]: spell(model, ref, body, (own, { locationName = own }) => locationName),
    };
  }
}

/** The trail's names of operations that the API calls otherwise. */
export const S3_NAMES: Readonly<Record<string, string>> = {
  PutBucketLifecycleConfiguration: "PutBucketLifecycle",
  PutBucketNotificationConfiguration: "PutBucketNotification",
  PutPublicAccessBlock: "PutBucketPublicAccessBlock",
  DeletePublicAccessBlock: "DeleteBucketPublicAccessBlock",
};

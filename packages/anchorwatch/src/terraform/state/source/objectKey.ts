import type { S3Source } from "./source.ts";

/** Where the state of the source's workspace lies in the bucket. */
export function objectKey({ key, workspace = "default", workspaceKeyPrefix = "env:" }: S3Source): string {
  if (workspace === "default") return key;
  return workspaceKeyPrefix === "" ? `${workspace}/${key}` : `${workspaceKeyPrefix}/${workspace}/${key}`;
}

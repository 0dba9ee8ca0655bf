/** Every version of every object of a log. */
import {
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type ObjectVersion as SdkVersion,
} from "@aws-sdk/client-s3";
import { parseTilePath, tileWidth } from "tlog";
import { servedFile } from "../servedFile.ts";
import { ask } from "./bucket.ts";
import type { Bucket } from "./place.ts";
import type { Place } from "./renewalState.ts";

export interface ObjectVersion extends Place {
  readonly latest: boolean;
  /** False for a deletion marker. */
  readonly content: boolean;
}

/** What else lies in the bucket is left out. In S3's order: by path, the newest version first; markers after a page's versions. */
export async function* listVersions(bucket: Bucket): AsyncGenerator<ObjectVersion> {
  let markers: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
  while (markers !== undefined) {
    const command = new ListObjectVersionsCommand({
      Bucket: bucket.name,
      Prefix: bucket.prefix,
      ...markers,
    });
    const page: ListObjectVersionsCommandOutput = await ask(
      bucket,
      "listing its versions",
      "s3:ListBucketVersions",
      (abortSignal) => bucket.client.send(command, { abortSignal }),
    );
    for (const version of page.Versions ?? []) yield* named(bucket, version, true);
    for (const marker of page.DeleteMarkers ?? []) yield* named(bucket, marker, false);
    markers = page.IsTruncated === true ? markersOf(page) : undefined;
  }
}

/**
 * True for a partial tile that a tree of that size has outgrown: everything in it is in a wider one.
 * Old checkpoints need it no more, since partial tiles are prefixes of what replaces them.
 */
export function isOutgrown(path: string, size: number): boolean {
  if (!path.startsWith("tile/")) return false;
  const { level, index, width } = parseTilePath(path);
  return width < tileWidth(level, index, size);
}

function markersOf(page: ListObjectVersionsCommandOutput) {
  return {
    ...(page.NextKeyMarker === undefined ? {} : { KeyMarker: page.NextKeyMarker }),
    ...(page.NextVersionIdMarker === undefined ? {} : { VersionIdMarker: page.NextVersionIdMarker }),
  };
}

function* named(
  bucket: Bucket,
  found: Pick<SdkVersion, "Key" | "VersionId" | "IsLatest" | "LastModified">,
  content: boolean,
): Generator<ObjectVersion> {
  const path = found.Key?.slice(bucket.prefix.length) ?? "";
  if (servedFile(path) === undefined) return;
  const { VersionId: version = "null", IsLatest: latest = false, LastModified: modified } = found;
  yield { path, version, latest, content, modified: modified?.getTime() ?? 0 };
}

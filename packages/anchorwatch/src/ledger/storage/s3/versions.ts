/** The versions of a log's objects: what is there below a deletion marker, or below what somebody put over it. */
import { ListObjectVersionsCommand, type ObjectVersion as SdkVersion } from "@aws-sdk/client-s3";
import { parseTilePath, TILE_WIDTH, tilePath, tileWidth } from "tlog";
import { servedFile } from "../servedFile.ts";
import { ask } from "./bucket.ts";
import type { Bucket } from "./place.ts";
import type { Place } from "./renewalState.ts";
import { type Markers, versionPages } from "./versionPages.ts";

export interface ObjectVersion extends Place {
  /** False for a deletion marker. */
  readonly content: boolean;
}

/**
 * Of the objects whose path begins so; what else lies in the bucket is left out. In S3's order: by path, the newest version first;
 * markers after a page's versions.
 */
export async function* listVersions(bucket: Bucket, prefix = ""): AsyncGenerator<ObjectVersion> {
  const list = (after: Markers) => {
    const place = { Bucket: bucket.name, Prefix: bucket.prefix + prefix };
    const command = new ListObjectVersionsCommand({ ...place, ...after });
    return ask(bucket, "listing its versions", "s3:ListBucketVersions", (abortSignal) =>
      bucket.client.send(command, { abortSignal }),
    );
  };
  for await (const page of versionPages(list)) {
    for (const version of page.Versions ?? []) yield* named(bucket, version, true);
    for (const marker of page.DeleteMarkers ?? []) yield* named(bucket, marker, false);
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

/**
 * An entry bundle that a tree of that size has not, when there is a version of one. Object Lock keeps them all, so a log that was
 * longer shows here, although a deletion marker or an older checkpoint lies over its newest one. Looked at is the place of the
 * next entry alone: no log has entries further on that has none there.
 */
export async function bundleBeyond(bucket: Bucket, size: number): Promise<ObjectVersion | undefined> {
  const edge = tilePath({ level: "entries", index: Math.floor(size / TILE_WIDTH), width: TILE_WIDTH });
  for await (const version of listVersions(bucket, edge)) {
    if (version.content && parseTilePath(version.path).width > size % TILE_WIDTH) return version;
  }
  return undefined;
}

function* named(
  bucket: Bucket,
  found: Pick<SdkVersion, "Key" | "VersionId" | "LastModified">,
  content: boolean,
): Generator<ObjectVersion> {
  const path = found.Key?.slice(bucket.prefix.length) ?? "";
  if (servedFile(path) === undefined) return;
  const { VersionId: version = "null", LastModified: modified } = found;
  yield { path, version, content, modified: modified?.getTime() ?? 0 };
}

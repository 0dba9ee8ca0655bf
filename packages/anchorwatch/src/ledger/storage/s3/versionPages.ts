import type { ListObjectVersionsCommandOutput } from "@aws-sdk/client-s3";

/** Where the next page begins; nothing for the first one. */
export interface Markers {
  readonly KeyMarker?: string;
  readonly VersionIdMarker?: string;
}

/** Every page of a listing of versions. In S3's order: keys ascend, the versions of one come newest first; markers apart. */
export async function* versionPages(
  list: (after: Markers) => Promise<ListObjectVersionsCommandOutput>,
): AsyncGenerator<ListObjectVersionsCommandOutput> {
  let after: Markers | undefined = {};
  while (after !== undefined) {
    const page: ListObjectVersionsCommandOutput = await list(after);
    yield page;
    after = page.IsTruncated === true ? markersOf(page) : undefined;
  }
}

function markersOf(page: ListObjectVersionsCommandOutput): Markers {
  return {
    ...(page.NextKeyMarker === undefined ? {} : { KeyMarker: page.NextKeyMarker }),
    ...(page.NextVersionIdMarker === undefined ? {} : { VersionIdMarker: page.NextVersionIdMarker }),
  };
}

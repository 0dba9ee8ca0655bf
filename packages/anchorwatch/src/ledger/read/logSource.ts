import type { S3Client } from "@aws-sdk/client-s3";
import { httpSource, type LogSource } from "tlog";
import { get, list } from "../storage/s3/bucket.ts";
import { bucketOf } from "../storage/s3/s3Storage.ts";
import { servedFile } from "../storage/servedFile.ts";
import type { LogPlace } from "./logPlace.ts";
import { openFolder } from "./openFolder.ts";

export interface SourceMachine {
  readonly fetch: typeof globalThis.fetch;
  readonly newS3Client: () => Promise<S3Client>;
}

/** The files of the log at a place. Nothing that it gives is believed. */
export async function logSourceOf(place: LogPlace, machine: SourceMachine): Promise<LogSource> {
  switch (place.kind) {
    case "folder":
      return openFolder(place.name, place.path);
    case "http":
      return { ...httpSource(place.url, { fetch: machine.fetch }), name: place.name };
    case "s3": {
      const { bucket, prefix, name } = place;
      const from = bucketOf({ client: await machine.newS3Client(), bucket, prefix });
      return {
        name,
        read: async (path, options = {}) => (await get(from, path, options))?.bytes,
        async *list(start) {
          for await (const path of list(from, start)) if (servedFile(path) !== undefined) yield path;
        },
      };
    }
  }
}

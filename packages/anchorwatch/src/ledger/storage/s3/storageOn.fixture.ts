import type { S3Server } from "./s3Server.fixture.ts";
import { S3Storage, type S3StorageOptions } from "./s3Storage.ts";

let owners = 0;

/** A log in the stand-in's bucket, under `logs/prod`. */
export function storageOn(server: S3Server, options: Partial<S3StorageOptions> = {}): S3Storage {
  return new S3Storage({
    client: server.client,
    bucket: "ledger",
    prefix: "logs/prod",
    retention: { days: 10, renewBeforeDays: 3 },
    clock: () => new Date(),
    newOwner: () => `owner ${++owners}`,
    onWarning: () => {},
    ...options,
  });
}

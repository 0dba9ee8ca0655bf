/** All the chains of a trail's bucket. */
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { AnchorwatchError } from "../../domain/errors.ts";
import { type FilePlace, nameOf } from "../envelope/filePlace.ts";
import { awsProblem, FILE } from "../sources/awsProblem.ts";
import { FILE_LIMITS } from "../sources/logFile.ts";
import { listFiles, listFolders, type TrailPlace } from "../sources/trail/listing.ts";
import { checkChain, type PublicKeys, type StoredFile } from "./checkChain.ts";
import type { TrailReport } from "./report.ts";

export interface TrailCheck extends TrailPlace {
  /** Of a region. */
  readonly keys: (region: string) => PublicKeys;
  readonly from: Date;
  readonly to: Date;
  readonly signal: AbortSignal;
}

/** One chain for each trail, account and region. */
export interface CheckedChain extends TrailReport {
  readonly account: string;
  readonly region: string;
  /** What its files are named after, the time apart: `…_CloudTrail-Digest_eu-central-1_TRAIL_eu-central-1_`. */
  readonly chain: string;
}

/** Digests are written up to so much after the hour that they tell of. */
const LATEST_MS = 2 * 60 * 60 * 1000;

/** @throws AnchorwatchError `trail_*`, `event_file_refused`, `event_file_unreachable`: then nothing is known */
export async function checkTrail(check: TrailCheck): Promise<readonly CheckedChain[]> {
  const { from, signal, bucket } = check;
  const checked: CheckedChain[] = [];
  for (const folder of await listFolders(check, signal, "CloudTrail-Digest")) {
    const window = { from, to: new Date(check.to.getTime() + LATEST_MS) };
    const files = (await listFiles(check, folder, window, signal)).filter(({ kind }) => kind === "digest");
    for (const [chain, keys] of Map.groupBy(files, ({ key }) => chainOf(key))) {
      const digests = keys.map(({ key }) => ({ bucket, key })).reverse();
      const report = await checkChain({
        files: { digests, fetch: (place) => fetchStored(check, place) },
        keys: check.keys(folder.region),
        from,
        to: check.to,
        signal,
      });
      checked.push({ account: folder.account, region: folder.region, chain, ...report });
    }
  }
  return checked;
}

function chainOf(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1).replace(/\d{8}T\d{6}Z.*$/, "");
}

async function fetchStored(check: TrailCheck, place: FilePlace): Promise<StoredFile | undefined> {
  const command = new GetObjectCommand({ Bucket: place.bucket, Key: place.key });
  try {
    const {
      Body,
      Metadata = {},
      ContentLength = 0,
    } = await check.s3.send(command, { abortSignal: check.signal });
    if (ContentLength > FILE_LIMITS.packed) return { bytes: Buffer.of(), signature: undefined };
    return {
      bytes: (await Body?.transformToByteArray()) ?? Buffer.of(),
      signature: Metadata["signature"],
    };
  } catch (error) {
    check.signal.throwIfAborted();
    const asked = { what: nameOf(place), permission: "s3:GetObject on the objects of that bucket" };
    const problem = awsProblem(error, asked, FILE);
    if (problem instanceof AnchorwatchError && problem.code === "event_file_missing") return undefined;
    throw problem;
  }
}

/** All the chains of a trail's bucket: what was written since each was checked the last time. */
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { AnchorwatchError } from "../../domain/errors.ts";
import { type FilePlace, nameOf } from "../envelope/filePlace.ts";
import { awsProblem, FILE } from "../sources/awsProblem.ts";
import { FILE_LIMITS } from "../sources/logFile.ts";
import {
  type ListedFile,
  listFiles,
  listFolders,
  type TrailFolder,
  type TrailPlace,
} from "../sources/trail/listing.ts";
import { checkChain, type PublicKeys, type StoredFile } from "./checkChain.ts";
import type { TrailReport } from "./report.ts";

export interface TrailCheck extends TrailPlace {
  /** Of a region. */
  readonly keys: (region: string) => PublicKeys;
  /** Chains that were checked before, and until when. */
  readonly known: ReadonlyMap<string, Date>;
  /** A chain that was not checked before is checked from its first digest since then. */
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
  /** Until then it was looked at, right or not: the time of its newest digest. */
  readonly until: Date;
}

/** Clocks differ: a digest may be named after a minute that has not come yet. */
const AHEAD_MS = 60 * 60 * 1000;

/**
 * The digest that a chain was checked up to is looked at again: what comes next names it.
 * @throws AnchorwatchError `trail_*`, `event_file_refused`, `event_file_unreachable`, and whatever `keys` throws: then nothing is known
 */
export async function checkTrail(check: TrailCheck): Promise<readonly CheckedChain[]> {
  const checked: CheckedChain[] = [];
  const folders = await listFolders(check, check.signal, "CloudTrail-Digest");
  if (folders.length === 0) throw withoutDigests(check);
  for (const folder of folders) {
    const known = [...check.known].filter(([chain]) => chain.startsWith(beginningOf(folder)));
    const from = new Date(Math.min(...known.map(([, until]) => until.getTime()), check.from.getTime()));
    const window = { from, to: new Date(check.to.getTime() + AHEAD_MS) };
    const listed = await listFiles(check, folder, window, check.signal);
    const chains = Map.groupBy(
      listed.filter(({ kind }) => kind === "digest"),
      ({ key }) => chainOf(key),
    );
    // Of which there is nothing at all any more has to be told, too.
    for (const [chain] of known) if (!chains.has(chain)) chains.set(chain, []);
    for (const [chain, files] of chains) checked.push(await checkOne(check, folder, chain, files));
  }
  return checked;
}

/** @param listed oldest first; of a chain that is known perhaps more than is new */
async function checkOne(
  check: TrailCheck,
  { account, region }: TrailFolder,
  chain: string,
  listed: readonly ListedFile[],
): Promise<CheckedChain> {
  const { bucket, to, signal } = check;
  const known = check.known.get(chain);
  const files = known === undefined ? listed : listed.filter(({ time }) => time >= known);
  const begin = known ?? files[0]?.time ?? to;
  const digests = files.map(({ key }) => ({ bucket, key })).reverse();
  const report = await checkChain({
    files: { digests, fetch: (place) => fetchStored(check, place) },
    keys: check.keys(region),
    // A moment earlier, so that the digest that ended then is one of them.
    from: new Date(begin.getTime() - 1),
    to,
    signal,
  });
  return { account, region, chain, until: files.at(-1)?.time ?? begin, ...report };
}

function beginningOf({ account, region }: TrailFolder): string {
  return `${account}_CloudTrail-Digest_${region}_`;
}

function chainOf(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1).replace(/\d{8}T\d{6}Z.*$/, "");
}

function withoutDigests({ bucket, prefix }: TrailPlace): AnchorwatchError {
  const place = prefix === "" ? `s3://${bucket}` : `s3://${bucket}/${prefix}`;
  return new AnchorwatchError("trail_without_digests", `The trail in ${place} has no digest files`, {
    hint: "Switch on log file validation of the trail, or say checkDigests: false. A new trail has its first digest within two hours.",
  });
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

/** What lies in a trail's bucket: the accounts and regions that it has, and the files of some days. */
import { ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { readTrailKey, type TrailFile } from "../../envelope/trailFile.ts";
import { awsProblem, TRAIL } from "../awsProblem.ts";

export interface TrailPlace {
  readonly s3: S3Client;
  readonly bucket: string;
  /** What comes before `AWSLogs/`; with or without a slash at its end, and empty for none. */
  readonly prefix: string;
}

/** Where the files of one account and region lie: `AWSLogs/123456789012/CloudTrail/eu-central-1/`. */
export interface TrailFolder {
  readonly path: string;
  readonly account: string;
  readonly region: string;
  readonly kind: FolderKind;
}

export interface ListedFile extends TrailFile {
  readonly key: string;
}

export type FolderKind = "CloudTrail" | "CloudTrail-Digest";

const ACCOUNT = /^\d{12}$/;
const ORGANIZATION = /^o-[a-z0-9]+$/;

/** By account, then by region. @throws AnchorwatchError `trail_*` */
export async function listFolders(
  place: TrailPlace,
  signal: AbortSignal,
  kind: FolderKind = "CloudTrail",
): Promise<readonly TrailFolder[]> {
  const base = baseOf(place.prefix);
  const accounts: { readonly path: string; readonly account: string }[] = [];
  for (const name of await listNames(place, base, signal)) {
    if (ACCOUNT.test(name)) accounts.push({ path: `${base}${name}/`, account: name });
    if (!ORGANIZATION.test(name)) continue;
    const inside = `${base}${name}/`;
    for (const member of await listNames(place, inside, signal)) {
      if (ACCOUNT.test(member)) accounts.push({ path: `${inside}${member}/`, account: member });
    }
  }
  const folders: TrailFolder[] = [];
  for (const { path, account } of accounts) {
    for (const region of await listNames(place, `${path}${kind}/`, signal)) {
      folders.push({ path: `${path}${kind}/${region}/`, account, region, kind });
    }
  }
  return folders;
}

/** Below it are the accounts: `PREFIX/AWSLogs/`. */
export function baseOf(prefix: string): string {
  return `${prefix}${prefix === "" || prefix.endsWith("/") ? "" : "/"}AWSLogs/`;
}

/**
 * The files that were written in that time, by time and then by name. Both ends are exact to the minute, as the files' names are,
 * and belong to it. @throws AnchorwatchError `trail_*`
 */
export async function listFiles(
  place: TrailPlace,
  folder: TrailFolder,
  { from, to }: { readonly from: Date; readonly to: Date },
  signal: AbortSignal,
): Promise<readonly ListedFile[]> {
  const [first, last] = [floorToMinute(from).getTime(), to.getTime()];
  const files: ListedFile[] = [];
  for (const day of daysBetween(from, to)) {
    const inDay = `${folder.path}${day}/`;
    // Names of logs begin with their time; those of digests have the trail's name before it.
    const after =
      folder.kind === "CloudTrail"
        ? { StartAfter: `${inDay}${folder.account}_CloudTrail_${folder.region}_${stampOf(from)}` }
        : {};
    for await (const key of listKeys(place, { Prefix: inDay, ...after }, signal)) {
      const file = readTrailKey(key);
      if (file === undefined || file.time.getTime() < first || file.time.getTime() > last) continue;
      files.push({ ...file, key });
    }
  }
  return files.sort(
    (one, other) => one.time.getTime() - other.time.getTime() || (one.key < other.key ? -1 : 1),
  );
}

function floorToMinute(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 60_000) * 60_000);
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** `2026/01/02`, by UTC. */
function daysBetween(from: Date, to: Date): readonly string[] {
  const days: string[] = [];
  for (let day = Math.floor(from.getTime() / DAY_MS); day * DAY_MS <= to.getTime(); day++) {
    days.push(new Date(day * DAY_MS).toISOString().slice(0, 10).replaceAll("-", "/"));
  }
  return days;
}

/** `20260102T0305`, which every name of that minute and of later ones comes after. */
function stampOf(time: Date): string {
  return time.toISOString().replace(/[-:]/g, "").slice(0, 13);
}

interface Wanted {
  readonly Prefix: string;
  readonly StartAfter?: string;
  readonly Delimiter?: string;
}

async function* listKeys(place: TrailPlace, wanted: Wanted, signal: AbortSignal): AsyncGenerator<string> {
  for await (const { Contents = [] } of pages(place, wanted, signal)) {
    for (const { Key } of Contents) if (Key !== undefined) yield Key;
  }
}

/** Names of the folders in a folder. */
async function listNames(place: TrailPlace, Prefix: string, signal: AbortSignal): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { CommonPrefixes = [] } of pages(place, { Prefix, Delimiter: "/" }, signal)) {
    for (const common of CommonPrefixes) names.push((common.Prefix ?? "").slice(Prefix.length, -1));
  }
  return names;
}

async function* pages({ s3, bucket }: TrailPlace, wanted: Wanted, abortSignal: AbortSignal) {
  let after: string | undefined;
  do {
    const next = after === undefined ? {} : { ContinuationToken: after };
    const command = new ListObjectsV2Command({ Bucket: bucket, ...wanted, ...next });
    const answer = await s3.send(command, { abortSignal }).catch((error: unknown) => {
      abortSignal.throwIfAborted();
      throw awsProblem(error, { what: `s3://${bucket}`, permission: "s3:ListBucket on it" }, TRAIL);
    });
    yield answer;
    after = answer.IsTruncated === true ? answer.NextContinuationToken : undefined;
  } while (after !== undefined);
}

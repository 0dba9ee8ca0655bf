/**
 * The names of CloudTrail's files in a bucket:
 * `PREFIX/AWSLogs/ACCOUNT/CloudTrail/REGION/YYYY/MM/DD/ACCOUNT_CloudTrail_REGION_YYYYMMDDTHHmmZ_RANDOM.json.gz`; in the trail of an
 * organization its id comes before the account. Digests have `CloudTrail-Digest` in both places, insights `CloudTrail-Insight`.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
 */

export interface TrailFile {
  readonly kind: "log" | "digest" | "insight";
  readonly account: string;
  readonly region: string;
  /** When it was written: up to a quarter of an hour, seldom more, after what it tells of. */
  readonly time: Date;
}

const NAME =
  /(?:^|\/)AWSLogs\/(?:o-[a-z0-9]+\/)?(\d{12})\/CloudTrail(-Digest|-Insight|)\/([a-z0-9-]+)\/\d{4}\/\d\d\/\d\d\/[^/]*?(\d{8}T\d{4}(?:\d\d)?Z)[^/]*\.json\.gz$/;

const KINDS: Readonly<Record<string, TrailFile["kind"]>> = {
  "": "log",
  "-Digest": "digest",
  "-Insight": "insight",
};

/** Undefined for what is no file of CloudTrail. */
export function readTrailKey(key: string): TrailFile | undefined {
  const [, account = "", suffix = "", region = "", stamp = ""] = NAME.exec(key) ?? [];
  const kind = KINDS[suffix];
  const time = timeOf(stamp);
  return account === "" || kind === undefined || time === undefined
    ? undefined
    : { kind, account, region, time };
}

function timeOf(stamp: string): Date | undefined {
  const [, year, month, day, hour, minute, second = "00"] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)?Z$/.exec(stamp) ?? [];
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

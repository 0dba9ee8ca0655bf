/** The documents of the stand-in for S3. */
export interface Version {
  readonly id: string;
  /** Undefined: a deletion marker. */
  readonly bytes: Buffer | undefined;
  readonly etag: string;
  readonly modified: Date;
  readonly headers: Readonly<Record<string, string>>;
  retention: { readonly mode: string; readonly until: Date } | undefined;
}

export interface StandInBucket {
  versioning: "Enabled" | "Suspended" | undefined;
  locked: boolean;
  defaultRetention: { readonly mode: "COMPLIANCE" | "GOVERNANCE"; readonly days: number } | undefined;
  policy: string | undefined;
  /** XML of the rules. */
  lifecycle: string | undefined;
  ownership: string;
  /** Newest first. */
  readonly objects: Map<string, Version[]>;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** An answer that is an error; thrown inside the stand-in alone. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';
const PAGE = 3; // small, so that every listing has several

export function errorXml(code: string): string {
  return `${HEAD}<Error><Code>${code}</Code><Message>said by the stand-in</Message></Error>`;
}

export function retentionXml({ mode, until }: NonNullable<Version["retention"]>): string {
  return `${HEAD}<Retention><Mode>${mode}</Mode><RetainUntilDate>${until.toISOString()}</RetainUntilDate></Retention>`;
}

/** The configuration that the query asks for; undefined when it asks for something else. */
export function bucketDocument(bucket: StandInBucket, query: URLSearchParams): string | undefined {
  if (query.has("versioning")) {
    const status = bucket.versioning === undefined ? "" : `<Status>${bucket.versioning}</Status>`;
    return `${HEAD}<VersioningConfiguration>${status}</VersioningConfiguration>`;
  }
  if (query.has("object-lock")) return lockXml(bucket);
  if (query.has("policy")) return bucket.policy ?? refuse("NoSuchBucketPolicy");
  if (query.has("lifecycle")) {
    const rules = bucket.lifecycle ?? refuse("NoSuchLifecycleConfiguration");
    return `${HEAD}<LifecycleConfiguration>${rules}</LifecycleConfiguration>`;
  }
  if (query.has("ownershipControls")) {
    return `${HEAD}<OwnershipControls><Rule><ObjectOwnership>${bucket.ownership}</ObjectOwnership></Rule></OwnershipControls>`;
  }
  return undefined;
}

function lockXml({ locked, defaultRetention }: StandInBucket): string {
  if (!locked) throw new Refusal(404, "ObjectLockConfigurationNotFoundError");
  const rule =
    defaultRetention === undefined
      ? ""
      : `<Rule><DefaultRetention><Mode>${defaultRetention.mode}</Mode><Days>${defaultRetention.days}</Days></DefaultRetention></Rule>`;
  return `${HEAD}<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>${rule}</ObjectLockConfiguration>`;
}

export function listXml(bucket: StandInBucket, query: URLSearchParams): string {
  const after = query.get("continuation-token") ?? "";
  const found = keysOf(bucket, query.get("prefix") ?? "").filter(
    (key) => bucket.objects.get(key)?.[0]?.bytes !== undefined && key > after,
  );
  const page = found.slice(0, PAGE);
  const more = found.length > PAGE;
  const contents = page.map((key) => `<Contents><Key>${key}</Key></Contents>`).join("");
  const token = more ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : "";
  return `${HEAD}<ListBucketResult><IsTruncated>${more}</IsTruncated>${token}${contents}</ListBucketResult>`;
}

/** A page may end between two versions of a key. */
export function versionsXml(bucket: StandInBucket, query: URLSearchParams): string {
  const all = keysOf(bucket, query.get("prefix") ?? "").flatMap((key) =>
    (bucket.objects.get(key) ?? []).map((version, index) => ({ key, version, isLatest: index === 0 })),
  );
  const [key, id] = [query.get("key-marker"), query.get("version-id-marker")];
  const after = all.findIndex((each) => each.key === key && each.version.id === id);
  const page = all.slice(after + 1, after + 1 + PAGE);
  const last = after + 1 + PAGE < all.length ? page.at(-1) : undefined;
  const contents = page.map(({ key, version, isLatest }) => {
    const about = `<Key>${key}</Key><VersionId>${version.id}</VersionId><IsLatest>${isLatest}</IsLatest><LastModified>${version.modified.toISOString()}</LastModified>`;
    return version.bytes === undefined
      ? `<DeleteMarker>${about}</DeleteMarker>`
      : `<Version>${about}<ETag>${version.etag}</ETag><Size>${version.bytes.length}</Size></Version>`;
  });
  const next =
    last === undefined
      ? ""
      : `<NextKeyMarker>${last.key}</NextKeyMarker><NextVersionIdMarker>${last.version.id}</NextVersionIdMarker>`;
  return `${HEAD}<ListVersionsResult><IsTruncated>${last !== undefined}</IsTruncated>${next}${contents.join("")}</ListVersionsResult>`;
}

function keysOf(bucket: StandInBucket, prefix: string): string[] {
  return [...bucket.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
}

function refuse(code: string): never {
  throw new Refusal(404, code);
}

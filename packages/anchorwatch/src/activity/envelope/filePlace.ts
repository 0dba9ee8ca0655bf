/** An object of S3. The key is as S3 knows it, not as URLs write it. */
export interface FilePlace {
  readonly bucket: string;
  readonly key: string;
}

/** `s3://bucket/key` */
export function nameOf({ bucket, key }: FilePlace): string {
  return `s3://${bucket}/${key}`;
}

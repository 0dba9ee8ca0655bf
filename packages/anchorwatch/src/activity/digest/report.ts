/** What a look at a trail's integrity found. */
export interface TrailReport {
  /** Digests that are right. */
  readonly digests: number;
  /** Log files that are right. */
  readonly logFiles: number;
  /** Empty: everything in that time is what CloudTrail wrote. */
  readonly findings: readonly TrailFinding[];
}

export type TrailFinding =
  /**
   * `missing`: a file that a digest names is not there. `moved`: it lies elsewhere than it was written. `invalid`: its content, or its
   * signature, is not CloudTrail's.
   */
  | {
      readonly kind: "missing" | "moved" | "invalid";
      readonly what: "digest" | "log";
      /** `s3://bucket/key` */
      readonly file: string;
      readonly why: string;
    }
  /** No digest tells of that time: what happened in it may have been taken away, or nothing was logged. */
  | { readonly kind: "gap"; readonly from: Date; readonly to: Date; readonly why: string };

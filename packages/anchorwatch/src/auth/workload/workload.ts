/** A pipeline that may ask, as the operator's file names it: pinned to issuer, repository, and ref or environment. */
export interface Workload {
  readonly name: string;
  readonly issuer: string;
  /** What `aud` must be. */
  readonly audience: string;
  readonly forge: "github" | "gitlab";
  /** `owner/name`, or GitLab's `group/sub/name`. Exactly. */
  readonly repository: string;
  /** `refs/heads/main`; at least one of the two is there. */
  readonly ref?: string;
  readonly environment?: string;
}

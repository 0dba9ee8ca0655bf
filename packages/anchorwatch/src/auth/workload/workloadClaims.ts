/** What the token of a pipeline says, and whether it is the one that the operator's file means. Every text of it is another's. */
import type { Workload } from "./workload.ts";

/** Those that say which pipeline it is; they are kept with the token that it gets. */
export type WorkloadClaims = Readonly<Record<string, string>>;

/** Of GitHub ("OpenID Connect reference") and of GitLab ("OpenID Connect (OIDC) authentication using ID tokens"). */
const KEPT: Readonly<Record<Workload["forge"], readonly string[]>> = {
  github: [
    ...["repository", "repository_id", "repository_owner", "repository_owner_id"],
    ...["ref", "ref_type", "environment", "event_name", "workflow_ref", "job_workflow_ref"],
    ...["sha", "actor", "run_id", "run_attempt"],
  ],
  gitlab: [
    ...["project_path", "project_id", "namespace_path", "ref", "ref_type", "ref_path", "ref_protected"],
    ...["environment", "environment_protected", "pipeline_source", "pipeline_id", "job_id"],
    ...["ci_config_ref_uri", "sha", "user_login"],
  ],
};
const ALWAYS = ["iss", "aud", "sub"];
const LONGEST = 500;

/** Visible texts alone: what is anything else in a token is not what these claims are. */
export function keptClaims(
  claims: Readonly<Record<string, unknown>>,
  forge: Workload["forge"],
): WorkloadClaims {
  return Object.fromEntries(
    [...ALWAYS, ...KEPT[forge]].flatMap((name) => {
      const value = claims[name];
      return typeof value === "string" && value.length <= LONGEST && !/\p{C}/u.test(value)
        ? [[name, value]]
        : [];
    }),
  );
}

/** Undefined: it is that pipeline. Else what stands against it, for people. */
export function whyOther(workload: Workload, claims: WorkloadClaims): string | undefined {
  if (claims["iss"] !== workload.issuer) return `its issuer is not ${workload.issuer}`;
  if (claims["aud"] !== workload.audience) return `it was not made for ${workload.audience} alone`;
  return workload.forge === "github" ? whyNotGithub(workload, claims) : whyNotGitlab(workload, claims);
}

/** For tokens that were given before: whether they are still that pipeline's, as the file says now. */
export function workloadFits(workload: Workload, claims: WorkloadClaims): boolean {
  return whyOther(workload, claims) === undefined;
}

function whyNotGithub(
  { repository, ref, environment }: Workload,
  claims: WorkloadClaims,
): string | undefined {
  if (claims["repository"] !== repository) return `its repository is ${shown(claims["repository"])}`;
  if (claims["repository_owner"] !== repository.split("/", 1)[0]) {
    return `the owner of its repository is ${shown(claims["repository_owner"])}`;
  }
  if (ref !== undefined && claims["ref"] !== ref) return `its ref is ${shown(claims["ref"])}`;
  if (environment !== undefined && claims["environment"] !== environment) {
    return `its environment is ${shown(claims["environment"])}`;
  }
  // Whoever may propose a change can make such a run: neither ref nor environment says that anybody has agreed to it.
  const isProposal =
    claims["event_name"]?.startsWith("pull_request") || claims["ref"]?.startsWith("refs/pull/");
  if (isProposal && !ref?.startsWith("refs/pull/")) return "it is of a pull request";
  return undefined;
}

function whyNotGitlab(
  { repository, ref, environment }: Workload,
  claims: WorkloadClaims,
): string | undefined {
  if (claims["project_path"] !== repository) return `its project is ${shown(claims["project_path"])}`;
  if (ref !== undefined) {
    const named = gitlabRef(claims);
    if (named !== ref) return `its ref is ${shown(named)}`;
    // Else everybody who may push anything could make a branch of that name, once it is gone.
    if (claims["ref_protected"] !== "true") return `GitLab does not protect its ref ${ref}`;
  }
  if (environment !== undefined) {
    if (claims["environment"] !== environment) return `its environment is ${shown(claims["environment"])}`;
    // Any job of any branch can name an environment that is not protected.
    if (claims["environment_protected"] !== "true")
      return `GitLab does not protect its environment ${environment}`;
  }
  const isProposal =
    claims["pipeline_source"] === "merge_request_event" ||
    claims["pipeline_source"] === "external_pull_request_event";
  if (isProposal && !ref?.startsWith("refs/merge-requests/")) return "it is of a merge request";
  return undefined;
}

/** A branch and a tag may have the same name: `ref_type` tells them apart. */
function gitlabRef({ ref_path: path, ref, ref_type: type }: WorkloadClaims): string | undefined {
  const folder = type === "branch" ? "refs/heads/" : type === "tag" ? "refs/tags/" : undefined;
  const named = ref === undefined || folder === undefined ? undefined : `${folder}${ref}`;
  // Older versions have no path; where both are there and differ, nothing is sure.
  if (path === undefined) return named;
  return named === undefined || named === path || !path.startsWith("refs/heads/") ? path : undefined;
}

function shown(text: string | undefined): string {
  return text === undefined ? "not told" : JSON.stringify(text);
}

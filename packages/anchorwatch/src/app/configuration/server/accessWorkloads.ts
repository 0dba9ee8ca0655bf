/** `access.workloads`: pipelines that may ask. */
import type { Workload } from "../../../auth/workload/workload.ts";
import { written } from "../issues.ts";
import type { DocumentPath } from "../yamlDocument.ts";
import { checkIssuer } from "./accessProviders.ts";
import { WORKLOAD_KINDS, type WorkloadSection } from "./accessSchema.ts";
import { kindOf } from "./kindOf.ts";
import type { ListenSettings } from "./listenSettings.ts";
import type { SectionContext } from "./section.ts";

const ISSUERS: Readonly<Record<Workload["forge"], string>> = {
  github: "https://token.actions.githubusercontent.com",
  gitlab: "https://gitlab.com",
};

const REPOSITORIES: Readonly<Record<Workload["forge"], RegExp>> = {
  github: /^[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/,
  gitlab: /^[A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.-]+)+$/,
};

export function readWorkloads(
  sections: readonly WorkloadSection[],
  at: DocumentPath,
  listen: ListenSettings,
  context: SectionContext,
): readonly Workload[] {
  const { problems, lineOf } = context;
  const names = new Map<string, number>();
  return sections.flatMap((section, index) => {
    const here = [...at, index];
    const line = names.get(section.name);
    if (line !== undefined) {
      const message = `the name “${section.name}” is already taken in line ${line}`;
      problems.reportAt([...here, "name"], message, "Give each pipeline its own.");
    } else names.set(section.name, lineOf([...here, "name"]));
    const workload = readWorkload(section, here, listen, context);
    return workload === undefined ? [] : [workload];
  });
}

function readWorkload(
  section: WorkloadSection,
  at: DocumentPath,
  listen: ListenSettings,
  context: SectionContext,
): Workload | undefined {
  const { problems } = context;
  const forge = kindOf(section, at, problems, {
    what: "workload",
    kinds: WORKLOAD_KINDS,
    members: { github: [], gitlab: [] },
    common: ["name", "audience"],
  });
  const pinned = forge === undefined ? undefined : section[forge];
  if (forge === undefined || pinned === undefined) return undefined;
  const here = [...at, forge];
  const { repository, ref, environment, issuer = ISSUERS[forge] } = pinned;
  if (pinned.issuer !== undefined) checkIssuer(pinned.issuer, [...here, "issuer"], context);
  checkPins(forge, pinned, here, context);
  const audience = section.audience ?? listen.publicUrl;
  if (audience === undefined) {
    const hint =
      "Add it, or server.publicUrl: a token that was made for another service must not count here.";
    problems.reportAt(at, `${written(at)} has no “audience”`, hint);
  }
  return {
    name: section.name,
    forge,
    issuer,
    audience: audience ?? "",
    repository,
    ...(ref === undefined ? {} : { ref }),
    ...(environment === undefined ? {} : { environment }),
  };
}

function checkPins(
  forge: Workload["forge"],
  {
    repository,
    ref,
    environment,
  }: {
    readonly repository: string;
    readonly ref?: string | undefined;
    readonly environment?: string | undefined;
  },
  at: DocumentPath,
  { problems }: SectionContext,
): void {
  if (!REPOSITORIES[forge].test(repository)) {
    const hint = `Expected ${forge === "github" ? "OWNER/NAME" : "GROUP/NAME"}, without address and patterns.`;
    problems.reportAt([...at, "repository"], `${written([...at, "repository"])} is no repository`, hint);
  }
  if (ref === undefined && environment === undefined) {
    const hint = "Without one every branch of the repository, also one that nobody has reviewed, could ask.";
    problems.reportAt(at, `${written(at)} has neither “ref” nor “environment”`, hint);
  }
  if (ref !== undefined && !/^refs\/(?:heads|tags|pull|merge-requests)\/[^\s*]+$/.test(ref)) {
    const hint = "Expected refs/heads/BRANCH or refs/tags/TAG, whole: * stands for nothing here.";
    problems.reportAt([...at, "ref"], `${written([...at, "ref"])} is no ref`, hint);
  }
  if (environment?.includes("*") === true) {
    const here = [...at, "environment"];
    problems.reportAt(
      here,
      `${written(here)} holds a *`,
      "The name of one environment: * stands for nothing here.",
    );
  }
}

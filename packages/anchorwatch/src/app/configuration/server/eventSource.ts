/** One of `events`. */
import { resolve } from "node:path";
import type { EventSourceSettings } from "../../watch/watchSettings.ts";
import { written } from "../issues.ts";
import type { DocumentPath } from "../yamlDocument.ts";
import { kindOf } from "./kindOf.ts";
import type { EventSection } from "./schema.ts";
import { awsOf, durationAt, placeAt, type SectionContext } from "./section.ts";
import { EVENT_COMMON, EVENT_KINDS, EVENT_MEMBERS } from "./watchSchema.ts";

/** Undefined when it is of no kind, or its place cannot be read; problems are reported. */
export function readEventSource(
  section: EventSection,
  at: DocumentPath,
  context: SectionContext,
): EventSourceSettings | undefined {
  const kind = kindOf(section, at, context.problems, {
    what: "source",
    kinds: EVENT_KINDS,
    members: EVENT_MEMBERS,
    common: EVENT_COMMON,
  });
  if (kind === undefined) return undefined;
  const { name, expectedWithin = kind === "http" ? "24h" : "5m" } = section;
  const expectedWithinMs = durationAt(expectedWithin, [...at, "expectedWithin"], context.problems);
  const common = { name, expectedWithinMs };
  switch (kind) {
    case "queue":
      return { ...common, ...readQueue(section, at, context) };
    case "trail": {
      const trail = readTrail(section, [...at, "trail"], context);
      return trail && { ...common, ...trail };
    }
    case "http":
      return {
        ...common,
        ...readHttp(section.http?.secretFile ?? "", [...at, "http", "secretFile"], context),
      };
  }
}

/** Each has a name of its own: it stands in addresses, and in what is known of every event. */
export function reportRepeatedNames(
  sections: readonly EventSection[],
  at: DocumentPath,
  { problems, lineOf }: SectionContext,
): void {
  const seen = new Map<string, number>();
  for (const [index, { name }] of sections.entries()) {
    const before = seen.get(name);
    if (before === undefined) seen.set(name, index);
    else {
      problems.reportAt(
        [...at, index, "name"],
        `the name “${name}” is already taken in line ${lineOf([...at, before, "name"])}`,
        "Give each event source its own.",
      );
    }
  }
}

function readQueue({ queue = "", aws }: EventSection, at: DocumentPath, { problems }: SectionContext) {
  const here = [...at, "queue"];
  const url = URL.parse(queue);
  const isQueue =
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.username === "" &&
    url.password === "" &&
    /^\/[^/]+\/[^/]+$/.test(url.pathname);
  if (!isQueue) {
    const hint = queue.startsWith("arn:")
      ? "That is its ARN; its address begins with https://sqs."
      : "Expected https://sqs.REGION.amazonaws.com/ACCOUNT/NAME.";
    problems.reportAt(here, `${written(here)} is no address of a queue`, hint);
  }
  const region = /^sqs\.([a-z0-9-]+)\.amazonaws\./.exec(url?.hostname ?? "")?.[1];
  return {
    kind: "sqs",
    queueUrl: queue,
    aws: { ...(region === undefined ? {} : { region }), ...awsOf(aws) },
  } as const;
}

function readTrail(section: EventSection, at: DocumentPath, { problems, folder }: SectionContext) {
  const place = placeAt(section.trail ?? "", at, folder, problems);
  if (place === undefined) return undefined;
  if (place.kind !== "s3") {
    problems.reportAt(at, `${written(at)} is no place in S3`, "Give s3://BUCKET/PREFIX.");
    return undefined;
  }
  const { bucket, prefix } = place;
  const { aws, checkDigests = true } = section;
  return { kind: "trail", bucket, prefix, aws: awsOf(aws), checkDigests } as const;
}

function readHttp(secretFile: string, at: DocumentPath, { problems, folder }: SectionContext) {
  if (secretFile.startsWith("whsec_")) {
    problems.reportAt(
      at,
      `${written(at)} is the secret itself`,
      "Put it into a file that only this user may read, and name that.",
    );
  }
  return { kind: "http", secretFile: resolve(folder, secretFile) } as const;
}

/** One of `watch.stacks`. */
import { posix, resolve } from "node:path";
import type { Labels } from "../../../domain/labels.ts";
import type { DeliverySettings, StackSource } from "../../watch/watchSettings.ts";
import { isInside } from "../inside.ts";
import { written } from "../issues.ts";
import type { DocumentPath } from "../yamlDocument.ts";
import { kindOf } from "./kindOf.ts";
import { readReading } from "./readSection.ts";
import type { StackSourceSection } from "./schema.ts";
import { durationAt, type SectionContext } from "./section.ts";
import { STACK_SOURCE_COMMON, STACK_SOURCE_KINDS, STACK_SOURCE_MEMBERS } from "./watchSchema.ts";

/** Undefined when it is of no kind; other problems are reported, and it is given as far as it goes. */
export function readStackSource(
  section: StackSourceSection,
  at: DocumentPath,
  context: SectionContext,
): StackSource | undefined {
  const kind = kindOf(section, at, context.problems, {
    what: "source",
    kinds: STACK_SOURCE_KINDS,
    members: STACK_SOURCE_MEMBERS,
    common: STACK_SOURCE_COMMON,
  });
  if (kind === undefined) return undefined;
  const { sweepEvery, labels } = section;
  const settings = {
    read: readReading(section.read, kind, [...at, "read"], context),
    delivery: readDelivery(section.delivery, [...at, "delivery", "principals"], context),
    ...(labels === undefined ? {} : { labels: readLabels(labels, [...at, "labels"], context) }),
    ...(sweepEvery === undefined
      ? {}
      : { sweepEveryMs: durationAt(sweepEvery, [...at, "sweepEvery"], context.problems) }),
  };
  return kind === "folder"
    ? { ...settings, ...readFolder(section.folder ?? "", [...at, "folder"], context) }
    : { ...settings, ...readRepository(section, at, context) };
}

const MOST_LABELS = 50;

/** A value with U+0000 or the like looks like another one wherever it is shown. */
function readLabels(labels: Labels, at: DocumentPath, { problems }: SectionContext): Labels {
  const count = Object.keys(labels).length;
  if (count > MOST_LABELS)
    problems.reportAt(at, `${written(at)} are ${count} labels`, `Expected ${MOST_LABELS} at most.`);
  for (const [name, value] of Object.entries(labels)) {
    if (/^[^\p{C}]+$/u.test(value)) continue;
    const here = [...at, name];
    problems.reportAt(here, `${written(here)} is empty or holds control characters`);
  }
  return labels;
}

/** Stacks that two sources find would be watched, and alarmed about, twice. */
export function reportOverlaps(
  sources: readonly (StackSource | undefined)[],
  at: DocumentPath,
  { problems }: SectionContext,
): void {
  for (const [index, source] of sources.entries()) {
    const before = sources.slice(0, index).findIndex((other) => source && other && overlap(source, other));
    if (before < 0) continue;
    const here = [...at, index];
    problems.reportAt(
      here,
      `${written(here)} and ${written([...at, before])} would find the same stacks`,
      "Take what both hold out of one of them.",
    );
  }
}

function overlap(a: StackSource, b: StackSource): boolean {
  if (a.kind === "folder" && b.kind === "folder") return nested(a.path, b.path);
  if (a.kind !== "repository" || b.kind !== "repository" || a.url !== b.url || a.ref !== b.ref) return false;
  if (a.folders.length === 0 || b.folders.length === 0) return true;
  return a.folders.some((one) => b.folders.some((other) => nested(`/${one}`, `/${other}`)));
}

function nested(a: string, b: string): boolean {
  return isInside(a, b) || isInside(b, a);
}

function readFolder(text: string, at: DocumentPath, { problems, folder }: SectionContext) {
  if (/^(?:[a-z][a-z0-9+.-]*:\/\/|[^/\\@]+@[^/\\:]+:)/i.test(text)) {
    problems.reportAt(at, `${written(at)} is an address, not a folder`, "Give it as repository.");
  }
  return { kind: "folder", path: resolve(folder, text) } as const;
}

function readRepository(section: StackSourceSection, at: DocumentPath, context: SectionContext) {
  const { problems, variables } = context;
  const { repository: url = "", ref, folders = [], fetchEvery = "1m", tokenVariable } = section;
  checkAddress(url, [...at, "repository"], context);
  if (ref === undefined) {
    problems.reportAt(at, `${written(at)} has no “ref”`, "Add the branch, tag or commit that is deployed.");
  } else if (!/^(?!-)(?!.*(?:\.\.|@\{|\/\/|\.lock$|[/.]$))[!-~]+$/.test(ref) || /[~^:?*[\\]/.test(ref)) {
    const here = [...at, "ref"];
    problems.reportAt(here, `${written(here)} is no name of a branch, tag or commit`);
  }
  if (tokenVariable !== undefined) {
    const here = [...at, "tokenVariable"];
    if (!/^https:/i.test(url)) {
      problems.reportAt(
        here,
        `${written(here)} is for https alone`,
        "ssh has keys of its own. Remove it.",
        "key",
      );
    }
    variables.push({ name: tokenVariable, at: here });
  }
  return {
    kind: "repository",
    url,
    ref: ref ?? "",
    folders: folders.map((text, index) => readInner(text, [...at, "folders", index], context)),
    fetchEveryMs: durationAt(fetchEvery, [...at, "fetchEvery"], problems),
    ...(tokenVariable === undefined ? {} : { tokenVariable }),
  } as const;
}

/** What is wrong with an address is said without it: it may hold a token, wherever in it. */
function checkAddress(text: string, at: DocumentPath, { problems }: SectionContext): void {
  const url = URL.parse(text);
  if (/^[A-Za-z0-9._-]+@[A-Za-z0-9.-]+:[^/].*$/.test(text)) return;
  if (url === null || !/^(?:https?|ssh|git|file):$/.test(url.protocol) || text.startsWith("-")) {
    const hint = "Expected https://host/path, ssh://git@host/path, git@host:path or file:///path.";
    problems.reportAt(at, `${written(at)} is no address of a git repository`, hint);
  } else if (url.password !== "" || (url.username !== "" && url.protocol !== "ssh:")) {
    problems.reportAt(
      at,
      `${written(at)} holds a user name or password`,
      "It would be stored and shown. Name the variable that holds the token as tokenVariable.",
    );
  } else if (url.search !== "" || url.hash !== "") {
    problems.reportAt(at, `${written(at)} ends in a query or a fragment`, "Give the branch as ref.");
  }
}

function readInner(text: string, at: DocumentPath, { problems }: SectionContext): string {
  const path = posix.normalize(text.replaceAll("\\", "/")).replace(/\/$/, "");
  if (path.startsWith("/") || path === ".." || path.startsWith("../") || path.includes("\0")) {
    problems.reportAt(
      at,
      `${written(at)} leaves the repository`,
      "Give a folder inside it, without / before.",
    );
  }
  return path;
}

/** Whoever a pattern names may change everything unnoticed, so it has to name somebody. */
function readDelivery(
  delivery: StackSourceSection["delivery"],
  at: DocumentPath,
  { problems }: SectionContext,
): DeliverySettings {
  const principals = delivery?.principals ?? [];
  for (const [index, pattern] of principals.entries()) {
    const here = [...at, index];
    const [, resource] = /^arn:[^:]+:(?:iam|sts)::[^:]+:(.*)$/.exec(pattern) ?? [];
    if (resource === undefined || !/^(?:role|user|assumed-role|federated-user)\//.test(resource)) {
      problems.reportAt(
        here,
        `${written(here)} is no ARN of a role, a user or a session`,
        "Expected arn:aws:iam::ACCOUNT:role/NAME; * stands for anything inside a part.",
      );
    } else if (/^[^/]+\/[*/]*$/.test(resource)) {
      problems.reportAt(here, `${written(here)} would be everybody`, "Name the role or user that deploys.");
    }
  }
  return { principals };
}

/** One of `identities`. */
import type { IdentityRule } from "../../watch/watchSettings.ts";
import { written } from "../issues.ts";
import type { DocumentPath } from "../yamlDocument.ts";
import { kindOf } from "./kindOf.ts";
import type { IdentitySection } from "./schema.ts";
import type { SectionContext } from "./section.ts";
import { IDENTITY_KINDS } from "./watchSchema.ts";

/** Undefined when it is of no kind; problems are reported. */
export function readIdentityRule(
  section: IdentitySection,
  at: DocumentPath,
  { problems, file, lineOf }: SectionContext,
): IdentityRule | undefined {
  const by = kindOf(section, at, problems, {
    what: "rule",
    kinds: IDENTITY_KINDS,
    members: { sourceIdentity: [], sessionName: [], principal: [] },
    common: ["person"],
  });
  if (by === undefined) return undefined;
  const { [by]: pattern = "", person } = section;
  const here = [...at, "person"];
  const placeholders = person.match(/\$[0-9]+/g) ?? [];
  if (placeholders.some((one) => one !== "$1")) {
    problems.reportAt(
      here,
      `${written(here)} holds ${placeholders.join(", ")}`,
      "Only $1 stands for something.",
    );
  } else if (placeholders.length > 0 && !pattern.includes("*")) {
    problems.reportAt(
      here,
      `${written(here)} holds $1, but ${by} has no * that it could stand for`,
      "Write the name itself, or put a * into the pattern.",
    );
  }
  return { match: { by, pattern }, person, origin: `${file}:${lineOf(at)}` };
}

/** The section `exceptions` of the operator's file. */
import { parsePathPattern } from "../../../compare/pathPattern.ts";
import { AnchorwatchError } from "../../../domain/errors.ts";
import type { StandingException } from "../../../watch/exception.ts";
import { written } from "../issues.ts";
import type { DocumentPath } from "../yamlDocument.ts";
import { EXCEPTION_KINDS, type ExceptionsSection } from "./exceptionsSchema.ts";
import type { SectionContext } from "./section.ts";

export function readExceptionsSection(
  section: ExceptionsSection | undefined = [],
  context: SectionContext,
): readonly StandingException[] {
  const names = new Set<string>();
  return section.flatMap((one, index) => {
    const at = ["exceptions", index];
    if (names.has(one.name)) {
      const place = [...at, "name"];
      context.problems.reportAt(
        place,
        `${written(place)}: the name “${one.name}” is there already`,
        "Give each its own.",
      );
    }
    names.add(one.name);
    return exceptionOf(one, at, context);
  });
}

function exceptionOf(
  one: ExceptionsSection[number],
  at: DocumentPath,
  { problems }: SectionContext,
): readonly StandingException[] {
  const { name, stack, labels, type, address, path, reason, ignore, escalate } = one;
  if ((ignore === undefined) === (escalate === undefined)) {
    problems.reportAt(at, `${written(at)}: expected one of ${EXCEPTION_KINDS.join(" and ")}`);
    return [];
  }
  if (path !== undefined) checkPath(path, [...at, "path"], problems);
  const common = {
    ...{ id: `the operator's “${name}”`, reason },
    ...(stack === undefined ? {} : { stack }),
    ...(labels === undefined ? {} : { labels }),
    pattern: {
      ...(type === undefined ? {} : { type }),
      ...(address === undefined ? {} : { address }),
      ...(path === undefined ? {} : { path }),
    },
  };
  if (ignore !== undefined) {
    const { until, evenCritical = false } = ignore;
    return [{ ...common, kind: "ignore", until: new Date(until), evenCritical }];
  }
  const { severity, class: ofClass, until } = escalate ?? {};
  if (severity === undefined && ofClass === undefined) {
    const place = [...at, "escalate"];
    problems.reportAt(place, `${written(place)}: expected severity or class`);
  }
  const raise = {
    ...(severity === undefined ? {} : { severity }),
    ...(ofClass === undefined ? {} : { class: ofClass }),
  };
  return [{ ...common, kind: "escalate", raise, ...(until === undefined ? {} : { until: new Date(until) }) }];
}

function checkPath(path: string, at: DocumentPath, problems: SectionContext["problems"]): void {
  try {
    parsePathPattern(path);
  } catch (error) {
    if (!(error instanceof AnchorwatchError)) throw error;
    problems.reportAt(at, `${written(at)}: ${error.message}`, error.hint);
  }
}

/** Rules of a checked document → their sources, with the places of every text. */
import type { RuleOrigin, Severity } from "../../../domain/classification.ts";
import type { AdjustmentSource, Effect, RuleSource, SourceText } from "../../../policy/rules/source.ts";
import { written } from "../../configuration/issues.ts";
import type { Problems } from "../../configuration/problems.ts";
import type { DocumentPath, YamlDocument } from "../../configuration/yamlDocument.ts";
import type { AdjustmentSection, RuleSection } from "./ruleSchema.ts";

export interface RuleSections {
  readonly rules?: readonly RuleSection[] | undefined;
  readonly adjust?: readonly AdjustmentSection[] | undefined;
}

export interface RuleSources {
  readonly rules: readonly RuleSource[];
  readonly adjustments: readonly AdjustmentSource[];
}

export const NO_SOURCES: RuleSources = { rules: [], adjustments: [] };

export interface RulesPlace {
  /** How it is called in messages. */
  readonly file: string;
  readonly origin: RuleOrigin;
  /** Where `rules` and `adjust` stand; empty: at the top. */
  readonly at: DocumentPath;
}

/** What a repository may not do is reported. */
export function readRules(
  { rules = [], adjust = [] }: RuleSections,
  { file, origin, at }: RulesPlace,
  document: YamlDocument,
  problems: Problems,
): RuleSources {
  const textAt = (path: DocumentPath, text: string): SourceText => ({
    text,
    place: (offset) => document.locateIn(path, offset),
  });
  return {
    rules: rules.map((section, index): RuleSource => {
      const here = [...at, "rules", index];
      const { id, title, types, on, severity, controls = [], remedy } = section;
      return {
        id,
        title,
        origin,
        ...(types === undefined ? {} : { types }),
        ...(on === undefined ? {} : { on }),
        when: textAt([...here, "when"], section.when),
        class: section.class,
        severity,
        explain: textAt([...here, "explain"], section.explain),
        controls,
        ...(remedy === undefined
          ? {}
          : {
              remedy: { strategy: remedy.strategy, text: textAt([...here, "remedy", "text"], remedy.text) },
            }),
        file,
        at: document.locate([...here, "id"]),
      };
    }),
    adjustments: adjust.map((section, index): AdjustmentSource => {
      const here = [...at, "adjust", index];
      const effect = effectOf(section.severity);
      if (origin === "repository" && (effect.kind === "lower" || effect.kind === "at_most")) {
        const place = [...here, "severity"];
        const message = `${written(place)}: a repository can only raise a severity`;
        problems.reportAt(
          place,
          message,
          "Write raise N or at least SEVERITY, or ask the operator for more.",
        );
      }
      return {
        id: section.id,
        origin,
        when: textAt([...here, "when"], section.when),
        effect,
        because: textAt([...here, "because"], section.because),
        file,
        at: document.locate([...here, "id"]),
      };
    }),
  };
}

export function joinSources(parts: readonly RuleSources[]): RuleSources {
  return {
    rules: parts.flatMap(({ rules }) => rules),
    adjustments: parts.flatMap(({ adjustments }) => adjustments),
  };
}

/** The schema has checked its form. */
function effectOf(text: string): Effect {
  const [verb, amount, severity] = text.split(" ");
  if (verb === "raise" || verb === "lower") return { kind: verb, by: Number(amount) };
  return { kind: amount === "least" ? "at_least" : "at_most", severity: severity as Severity };
}

/** The class of a drift that no rule speaks of: from what its attributes are. It says so. */
import {
  type DriftClass,
  type Fallback,
  isAtLeast,
  SEVERITIES,
  type Severity,
} from "../../domain/classification.ts";
import type { ChangeFacts, DriftFacts } from "../facts.ts";
import { MEANINGS, SECURITY_TYPES } from "./attributes.ts";

export interface Fallen {
  readonly class: DriftClass;
  readonly severity: Severity;
  readonly fallback: Fallback;
}

/** Of thousands of changes the worst is among the first, or it is as bad as it gets anyway. */
const MOST_CHANGES = 2000;

export function fallbackOf(facts: Pick<DriftFacts, "verdict" | "resource" | "changes">): Fallen {
  const ofVerdict = verdictMeaning(facts);
  const ofChanges = facts.changes
    .slice(0, MOST_CHANGES)
    .filter(({ ignored }) => !ignored)
    .map((change) => changeMeaning(change, facts.resource.type));
  return [...ofChanges, ...ofVerdict].reduce<Fallen | undefined>(worse, undefined) ?? nothing(facts);
}

function worse(worst: Fallen | undefined, one: Fallen): Fallen {
  return worst === undefined || isWorse(one, worst) ? one : worst;
}

/** Of two that are as bad, security counts. */
function isWorse(one: Fallen, other: Fallen): boolean {
  if (one.severity !== other.severity) return isAtLeast(one.severity, other.severity);
  return one.class === "security" && other.class === "operational";
}

function changeMeaning(change: ChangeFacts, type: string): Fallen {
  const { attribute } = change;
  const found = MEANINGS.find(({ words }) => words.test(attribute.slice(0, 200)));
  if (found !== undefined) {
    const { severity, about } = found;
    // How many there are of what keeps order is a matter of security; its name is not.
    const kind = severity !== "info" && SECURITY_TYPES.test(type) ? "security" : found.class;
    return fallen(kind, severity, `No rule speaks of it: “${attribute}” is about ${about}.`, attribute);
  }
  if (change.sensitive)
    return fallen("security", "high", `No rule speaks of it: “${attribute}” holds a secret.`, attribute);
  if (SECURITY_TYPES.test(type))
    return fallen(
      "security",
      "medium",
      `No rule speaks of it: ${type} is about security as a whole.`,
      attribute,
    );
  return fallen(
    "operational",
    "low",
    `No rule speaks of it: nothing known of “${attribute}” is about security.`,
    attribute,
  );
}

function verdictMeaning({ verdict, resource }: Pick<DriftFacts, "verdict" | "resource">): readonly Fallen[] {
  const isSecurity = SECURITY_TYPES.test(resource.type);
  const kind: DriftClass = isSecurity ? "security" : "operational";
  const what = isSecurity ? `, and ${resource.type} is about security` : "";
  switch (verdict) {
    case "deleted":
      return [
        fallen(
          kind,
          isSecurity ? "high" : "medium",
          `No rule speaks of it: what the code declares is gone${what}.`,
        ),
      ];
    case "unmanaged":
      return [fallen(kind, isSecurity ? "medium" : "low", `No rule speaks of it: no code knows it${what}.`)];
    case "absorbed":
      return [
        fallen(
          kind,
          isSecurity ? "medium" : "low",
          `No rule speaks of it: it was taken into the state without the code saying so${what}.`,
        ),
      ];
    case "changed":
      return [];
  }
}

function nothing({ resource }: Pick<DriftFacts, "resource">): Fallen {
  const isSecurity = SECURITY_TYPES.test(resource.type);
  const [least = "info"] = SEVERITIES;
  return isSecurity
    ? fallen("security", "low", `No rule speaks of it: ${resource.type} is about security.`)
    : fallen("operational", least, "No rule speaks of it, and nothing of it is known that matters.");
}

function fallen(kind: DriftClass, severity: Severity, because: string, attribute?: string): Fallen {
  return { class: kind, severity, fallback: { because, ...(attribute === undefined ? {} : { attribute }) } };
}

/** The section `gate` of both configuration files. */
import { DEFAULT_GATE, type GateRule, type GateSettings, type StricterGate } from "../gate/gateSettings.ts";
import { parseLasting } from "./duration.ts";
import type { OperatorsGateSection, RepositoryGateSection } from "./gateSchema.ts";
import { written } from "./issues.ts";
import type { Problems } from "./problems.ts";

export function readOperatorsGate(
  section: OperatorsGateSection | undefined,
  problems: Problems,
): GateSettings {
  if (section === undefined) return DEFAULT_GATE;
  const { failOn, drift, notKnown, tell = [], block = [] } = section;
  const { failOn: usual, drift: usualDrift, notKnown: usualNotKnown } = DEFAULT_GATE;
  return {
    failOn: failOn ?? usual,
    drift: drift ?? usualDrift,
    notKnown: notKnown ?? usualNotKnown,
    rules: [
      ...tell.map((id): GateRule => ({ id, does: "tell" })),
      ...block.map((id): GateRule => ({ id, does: "block" })),
    ],
    maxCheckAgeMs: ageOf(section, problems) ?? DEFAULT_GATE.maxCheckAgeMs,
  };
}

export function readRepositoryGate(
  section: RepositoryGateSection | undefined,
  problems: Problems,
): StricterGate {
  if (section === undefined) return {};
  const { failOn, drift, notKnown, block } = section;
  const maxCheckAgeMs = ageOf(section, problems);
  return {
    ...(failOn === undefined ? {} : { failOn }),
    ...(drift === undefined ? {} : { drift }),
    ...(notKnown === undefined ? {} : { notKnown }),
    ...(block === undefined ? {} : { block }),
    ...(maxCheckAgeMs === undefined ? {} : { maxCheckAgeMs }),
  };
}

function ageOf(
  { maxCheckAge }: Pick<RepositoryGateSection, "maxCheckAge">,
  problems: Problems,
): number | undefined {
  if (maxCheckAge === undefined) return undefined;
  const milliseconds = parseLasting(maxCheckAge);
  if (milliseconds === undefined) {
    const at = ["gate", "maxCheckAge"];
    problems.reportAt(
      at,
      `${written(at)}: ${maxCheckAge} is no such time`,
      "More than zero, such as 12h or 7d.",
    );
  }
  return milliseconds;
}

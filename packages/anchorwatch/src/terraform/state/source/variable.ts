import type { StateSurroundings } from "./source.ts";

/** The first of these variables that says something: one that is set to nothing counts as not set, as for Terraform. */
export function variable(
  environment: StateSurroundings["environment"],
  ...names: readonly string[]
): string | undefined {
  return names.map((name) => environment[name]).find((value) => value !== undefined && value !== "");
}

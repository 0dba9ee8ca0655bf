import type { Warning } from "../../../domain/errors.ts";
import { nearest } from "../nearest.ts";
import type { ServerConfiguration } from "./serverConfiguration.ts";

/** Variables that the file names and the environment does not have: whatever needs them fails later, and says less. */
export function unsetVariables(
  { variables }: Pick<ServerConfiguration, "variables">,
  environment: Readonly<Record<string, string | undefined>>,
): readonly Warning[] {
  const known = Object.keys(environment).filter((name) => (environment[name] ?? "") !== "");
  return variables
    .filter(({ name }) => !known.includes(name))
    .map(({ name, location }) => {
      const meant = nearest(name, known);
      const hint = meant === undefined ? "Set it, or correct its name." : `Did you mean ${meant}?`;
      return {
        code: "config_variable_unset",
        message: `the environment has no variable ${name}`,
        hint,
        location,
      };
    });
}

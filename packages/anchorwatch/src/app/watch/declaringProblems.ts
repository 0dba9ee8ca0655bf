/** What can be wrong with the stacks that sources have. */
import { AnchorwatchError, type Warning } from "../../domain/errors.ts";

export function nameTaken(name: string, source: string, other: string): Warning {
  return {
    code: "stack_name_taken",
    message: `The stack ${name} of ${source} has the name of one of ${other}, and is not watched`,
    hint: "Give each stack a name of its own in anchorwatch.yaml.",
  };
}

export function noToken(url: string, variable: string): Warning {
  return {
    code: "config_variable_unset",
    message: `The repository ${url} is fetched without a token: the environment has no ${variable}`,
    hint: `Set ${variable} for anchorwatch serve, or take tokenVariable out of anchorwatch.server.yaml.`,
  };
}

export function onlyDeclared(url: string): AnchorwatchError {
  return new AnchorwatchError("stack_unknown", `Stacks of the repository ${url} cannot be added by API`, {
    hint: "Name the repository under watch.stacks in anchorwatch.server.yaml: its credentials are the operator's to give.",
  });
}

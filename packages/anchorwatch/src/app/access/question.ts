/** An action and what it is asked of, as people name them → a question that can be decided. */
import { ACTIONS, type Action, type InstallationAction } from "../../auth/action.ts";
import type { Question } from "../../auth/authorize/decision.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { Labels } from "../../domain/labels.ts";
import { nearest } from "../configuration/nearest.ts";

/** What an action is asked of. `labelled`: of a stack or an account, whichever the action is about. */
export type Asked =
  | { readonly kind: "stack" | "account" | "labelled"; readonly labels: Labels }
  | { readonly kind: "installation" };

/** @throws AnchorwatchError `access_question_invalid` */
export function questionOf(name: string, asked: Asked): Question {
  const action = actionNamed(name);
  const { on } = ACTIONS[action];
  if (isOnInstallation(action)) {
    if (asked.kind === "installation") return { action };
    throw invalid(
      `${action} is asked of the installation, which has no labels`,
      `Ask for ${action} of “installation”.`,
    );
  }
  if (asked.kind !== "installation" && (asked.kind === "labelled" || asked.kind === on))
    return { action, labels: asked.labels };
  throw invalid(`${action} is asked of ${ON_WORDS[on]}, not of ${ON_WORDS[asked.kind]}`, ON_HINTS[on]);
}

const ON_WORDS = {
  stack: "a stack",
  account: "an account",
  labelled: "labels",
  installation: "the installation",
} as const;

const ON_HINTS = {
  stack: "Name its labels (labels:team=payments,env=prod), or the stack (stack:NAME).",
  account: "Name its labels: labels:env=prod.",
  installation: "Ask of “installation”.",
} as const;

/** @throws AnchorwatchError `access_question_invalid` */
function actionNamed(name: string): Action {
  if (Object.hasOwn(ACTIONS, name)) return name as Action;
  const known = Object.keys(ACTIONS);
  const meant = nearest(name, known);
  throw invalid(
    `there is no action “${name}”`,
    meant === undefined ? `There are ${known.join(", ")}.` : `Did you mean “${meant}”?`,
  );
}

function isOnInstallation(action: Action): action is InstallationAction {
  return ACTIONS[action].on === "installation";
}

function invalid(message: string, hint: string): AnchorwatchError {
  return new AnchorwatchError("access_question_invalid", message, { hint });
}

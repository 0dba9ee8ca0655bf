import { type PasswordOwner, passwordProblem } from "../../auth/password/passwordRules.ts";
import { AnchorwatchError } from "../../domain/errors.ts";

/** @throws AnchorwatchError `password_unfit` */
export function assertFit(password: string, owner: PasswordOwner): void {
  const problem = passwordProblem(password, owner);
  if (problem === undefined) return;
  throw new AnchorwatchError("password_unfit", `the password ${problem}`, {
    hint: "Take a few words that do not belong together, or let a password manager make one.",
  });
}

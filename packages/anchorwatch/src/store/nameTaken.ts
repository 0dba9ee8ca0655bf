import { AnchorwatchError } from "../domain/errors.ts";

export function nameTaken(name: string): AnchorwatchError {
  return new AnchorwatchError("stack_name_taken", `There is a stack named ${name} already.`, {
    hint: "Choose another name, or remove the stack that has it.",
  });
}

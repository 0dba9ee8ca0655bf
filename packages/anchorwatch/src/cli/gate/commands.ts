/** `anchorwatch gate`: its flags and examples. What it does is loaded when it is called. */
import type { Command } from "commander";
import type { Surroundings } from "../surroundings.ts";
import { addGateFlags } from "./gateFlags.ts";

export function addGateCommand(
  program: Command,
  surroundings: Surroundings,
  finish: (status: number) => void,
): void {
  const command = program
    .command("gate")
    .summary("say whether a deployment may go on")
    .description(
      "Says whether a deployment may go on: evaluates the rules about drift on what a plan would change, and asks whether the stack is in sync and not frozen.",
    )
    .argument("[DIR]", "folder of the root module, or name of a stack in anchorwatch.yaml (default: here)")
    .showHelpAfterError("See “anchorwatch gate --help” for examples.")
    .addHelpText("after", EXAMPLES);
  const flags = addGateFlags(command);
  command.action(async (wanted: string | undefined) => {
    const { runGate } = await import("./runGate.ts");
    finish(await runGate(wanted, flags(), surroundings));
  });
}

const EXAMPLES = `
Examples:
  terraform plan -out=PLAN && terraform show -json PLAN > plan.json
  anchorwatch gate --plan plan.json                    what the plan would change, by the rules
  terraform show -json PLAN | anchorwatch gate --plan -
  anchorwatch gate infra/network --plan plan.json --check   and whether the stack is in sync
  anchorwatch gate --plan plan.json --server https://anchorwatch.example.com --stack network
  anchorwatch gate --change-set changes.json
  anchorwatch gate --plan plan.json --format github --report sarif=gate.sarif
  anchorwatch gate --server https://anchorwatch.example.com --stack network   in sync, and not frozen?

Exit status:
  0  nothing speaks against it
  1  an error, or something that was asked could not be told: never a yes
  2  blocked
  130 and 143  interrupted`;

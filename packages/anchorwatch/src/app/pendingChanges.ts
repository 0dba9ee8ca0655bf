/** Everything that the code says and nobody deployed, from what can be told natively and, where asked for, from Terraform. */
import type { PendingChange } from "../domain/check.ts";
import { AnchorwatchError } from "../domain/errors.ts";
import { findTerraform } from "../terraform/command.ts";
import { type PlannedAction, planPending } from "../terraform/pending/terraformPlan.ts";
import type { CheckRequest, VariableInput } from "./checkRequest.ts";

export interface PendingSources {
  /** From the code's own values and addresses. */
  readonly native: readonly PendingChange[];
  readonly signal: AbortSignal;
  readonly mask: (text: string) => string;
}

/** @throws AnchorwatchError `terraform_command_failed`, `terraform_plan_failed` */
export async function pendingChanges(
  request: CheckRequest,
  { native, signal, mask }: PendingSources,
): Promise<readonly PendingChange[]> {
  if (request.pending === "literal" || !request.withCode) return native;
  const command = findTerraform(request.environment);
  if (command === undefined) throw notThere();
  const { dir, workspace } = request;
  // Left alone, Terraform plans in the workspace that is selected in the folder.
  const environment = { ...request.environment, ...(workspace && { TF_WORKSPACE: workspace }) };
  const variables = request.variables.flatMap(option);
  const planned = await planPending({ command, dir, variables, environment, signal, mask });
  return joined(native, planned);
}

/** Terraform says which resources; the values that were told natively come with them. */
function joined(
  native: readonly PendingChange[],
  planned: readonly PlannedAction[],
): readonly PendingChange[] {
  const known = new Map(native.map((change) => [change.address, change]));
  return planned.map(({ address, action }) => {
    const own = known.get(address);
    return own === undefined ? { address, action, changes: [], alreadyLive: false } : { ...own, action };
  });
}

function option(input: VariableInput): string[] {
  switch (input.kind) {
    case "file":
      return [`-var-file=${input.path}`];
    case "text":
      return [`-var=${input.name}=${input.text}`];
    case "value":
      return [
        `-var=${input.name}=${typeof input.value === "string" ? input.value : JSON.stringify(input.value)}`,
      ];
  }
}

function notThere(): AnchorwatchError {
  return new AnchorwatchError(
    "terraform_command_failed",
    "--pending needs terraform or tofu, and neither is on the PATH",
    {
      hint: "Install one of them, or leave --pending out: what the code tells by itself is shown all the same.",
    },
  );
}

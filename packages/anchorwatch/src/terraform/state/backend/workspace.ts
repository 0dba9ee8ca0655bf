import { join } from "node:path";
import type { AnchorwatchError } from "../../../domain/errors.ts";
import { wholeStateError } from "../errors.ts";
import { readInitFile } from "./initFile.ts";

/** What a path segment of a URL holds unescaped: such names Terraform allows. None of them can leave a folder. */
const NAME = /^(?!\.{1,2}$)[A-Za-z0-9$&+:=@_.~-]+$/;

/**
 * The workspace: as asked for, from `TF_WORKSPACE`, or chosen in the folder by `terraform workspace select`.
 * @throws AnchorwatchError `state_workspace_invalid`, `state_unreadable`
 */
export async function currentWorkspace(
  dataDir: string,
  options: {
    readonly workspace?: string | undefined;
    readonly environment: Readonly<Record<string, string | undefined>>;
  },
): Promise<string> {
  if (options.workspace) return checkedWorkspace(options.workspace, "anchorwatch.yaml");
  const fromEnvironment = options.environment["TF_WORKSPACE"];
  if (fromEnvironment) return checkedWorkspace(fromEnvironment, "TF_WORKSPACE");
  const file = join(dataDir, "environment");
  const chosen = (await readInitFile(file, (why) => unreadable(file, why)))?.toString("utf8").trim();
  return chosen ? checkedWorkspace(chosen, file) : "default";
}

function unreadable(file: string, why: string): AnchorwatchError {
  const hint = "Choose the workspace by TF_WORKSPACE, or as `workspace` of the stack in anchorwatch.yaml.";
  return wholeStateError(file, "state_unreadable", `cannot be read: ${why}`, hint);
}

/** @throws AnchorwatchError `state_workspace_invalid` */
export function checkedWorkspace(name: string, origin: string): string {
  if (NAME.test(name)) return name;
  throw invalid(name, origin);
}

function invalid(name: string, origin: string): AnchorwatchError {
  return wholeStateError(
    origin,
    "state_workspace_invalid",
    `names the workspace ${JSON.stringify(name.slice(0, 100))}, and no workspace can have that name`,
    "Expected letters, digits and -, _, ., for instance production.",
  );
}

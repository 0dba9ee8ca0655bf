import type { CheckRequest } from "../../packages/anchorwatch/src/app/checkRequest.ts";
import { createCheckStack } from "../../packages/anchorwatch/src/app/checkStack.ts";
import { thisMachine } from "../../packages/anchorwatch/src/cli/thisMachine.ts";
import type { CheckResult } from "../../packages/anchorwatch/src/domain/check.ts";
import type { Environment } from "../support/executable.ts";

const checkStack = createCheckStack(thisMachine());

/** Checks a root module in this process, as `anchorwatch check DIR` does. */
export function checkWithAnchorwatch(stack: {
  readonly folder: string;
  readonly env: Environment;
  /** Another state than the one in the folder, absolute. */
  readonly stateFile?: string;
}): Promise<CheckResult> {
  const request: CheckRequest = {
    dir: stack.folder,
    withCode: true,
    workingDirectory: stack.folder,
    targets: [],
    variables: [],
    ignore: [],
    ignoreFiles: [],
    sensitive: [],
    providerValues: new Map(),
    pending: "literal",
    deadlines: new Map(),
    trigger: "manual",
    environment: stack.env,
    ...(stack.stateFile !== undefined && { stateFile: stack.stateFile }),
  };
  const signal = new AbortController().signal;
  return checkStack(request, { progress: () => {}, result: () => {}, signal });
}

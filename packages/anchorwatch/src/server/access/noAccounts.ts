/** For servers whose routes are described, or tried without anybody's account. */
import type { AccessContext } from "../../app/access/accessContext.ts";
import { DEFAULT_ACCESS } from "../../app/access/accessSettings.ts";
import type { SignInElsewhere } from "../../app/access/signInElsewhere.ts";
import { AnchorwatchError } from "../../domain/errors.ts";

export function noAccounts(): AccessContext {
  const context: Pick<AccessContext, "settings"> = { settings: () => DEFAULT_ACCESS };
  return new Proxy(context as AccessContext, {
    get(target, name) {
      if (name === "settings") return target.settings;
      // Routes take it when they are added, and look into it when they are asked.
      if (name === "records") return new Proxy({}, { get: () => ({}) });
      throw new AnchorwatchError("internal", "a server without accounts was asked for one");
    },
  });
}

/** There is no identity provider, and there are no pipelines. */
export const NOBODY_ELSEWHERE: SignInElsewhere = {
  providers: () => [],
  begin: unasked,
  finish: unasked,
  workload: unasked,
};

async function unasked(): Promise<never> {
  throw new AnchorwatchError("internal", "a server without identity providers was asked for one");
}

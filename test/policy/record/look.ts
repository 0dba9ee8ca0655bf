/** What our own check sees of the estate, and what the rules are told of it. */

import { checkLoaded } from "../../../packages/anchorwatch/src/app/checkLoaded.ts";
import type { CheckRequest } from "../../../packages/anchorwatch/src/app/checkRequest.ts";
import { loadParts, openParts } from "../../../packages/anchorwatch/src/app/loadedStack.ts";
import { factsOf } from "../../../packages/anchorwatch/src/app/policy/facts.ts";
import { seenResource } from "../../../packages/anchorwatch/src/app/policy/seenResource.ts";
import { ownAccess } from "../../../packages/anchorwatch/src/app/stackAccess.ts";
import { thisMachine } from "../../../packages/anchorwatch/src/cli/thisMachine.ts";
import type { ResourceResult } from "../../../packages/anchorwatch/src/domain/check.ts";
import type { DriftFacts } from "../../../packages/anchorwatch/src/policy/facts.ts";
import { openProvider } from "../../../packages/anchorwatch/src/terraform/provider/open.ts";
import { wholeKey } from "../../../packages/anchorwatch/src/terraform/read/readStack.ts";
import { targeting } from "../../../packages/anchorwatch/src/terraform/read/targets.ts";
import type { WholeValues } from "../../../packages/anchorwatch/src/terraform/read/whole.ts";
import type { Terraform } from "../../support/terraform.ts";

export interface Sight {
  readonly result: ResourceResult;
  /** Of what differs. */
  readonly whole?: WholeValues;
}

/** Resources by their addresses, in sync or not. @param only those to read; absent: all */
export async function lookAt(
  terraform: Terraform,
  only: readonly string[] = [],
): Promise<ReadonlyMap<string, Sight>> {
  const machine = thisMachine();
  const { signal } = new AbortController();
  const request = { ...requestOf(terraform), targets: only };
  const access = ownAccess(request, machine);
  const opened = await openParts(request, access);
  try {
    const loaded = await loadParts(request, access, opened, await opened.state.load(undefined, signal));
    const { instances, origin } = loaded.stack.state;
    let wholes: ReadonlyMap<string, WholeValues> = new Map();
    const { resources } = await checkLoaded(loaded, {
      machine,
      open: openProvider,
      startedAt: machine.now(),
      trigger: "manual",
      isTargeted: targeting(only, instances, origin),
      withPending: false,
      onStart: () => {},
      onResult: () => {},
      onWholes: (found) => {
        wholes = found;
      },
      signal,
    });
    return new Map(
      resources.map((result) => {
        const whole = wholes.get(wholeKey(result));
        return [result.address, { result, ...(whole === undefined ? {} : { whole }) }];
      }),
    );
  } finally {
    opened.state.close();
  }
}

/** When cases are looked at where none is given. */
const RECORDED_AT = new Date("2026-01-05T12:00:00Z");

/** Undefined: there is no drift. Nobody is told to have done it: moto keeps no audit trail. */
export function factsOfSight({ result, whole }: Sight): DriftFacts | undefined {
  const { verdict, address, type, provider, id = "" } = result;
  if (verdict !== "changed" && verdict !== "deleted" && verdict !== "absorbed") return undefined;
  return factsOf({
    stack: { name: "ferry", engine: "terraform", labels: {} },
    resource: { address, type, provider, id },
    verdict,
    seen: seenResource(result, whole),
    attributions: [],
    openedAt: RECORDED_AT,
    now: RECORDED_AT,
    others: [],
    isBreakGlass: () => false,
  });
}

function requestOf({ folder, env }: Terraform): CheckRequest {
  return {
    dir: folder,
    withCode: true,
    workingDirectory: folder,
    targets: [],
    variables: [],
    ignore: [],
    ignoreFiles: [],
    sensitive: [],
    providerValues: new Map(),
    pending: "literal",
    deadlines: new Map(),
    trigger: "manual",
    environment: env,
  };
}

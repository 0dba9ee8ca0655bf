/** Fifteen resources: what a person waits for who types the command. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Deployment } from "../support/deployment.ts";
import { CHANGED_ADDRESSES, MIRRORED_ADDRESSES } from "./changes.ts";
import { atLeast, type Section } from "./report.ts";
import { checkContender, HEAD, planContender, race, rowOf } from "./sideBySide.ts";
import type { CloudWorkplace } from "./workplace.ts";

/** The estate has to be changed already: both must find the same nine. */
export async function measureSmallEstate(place: CloudWorkplace, deployment: Deployment): Promise<Section> {
  const fresh = join(place.folder, "cache-first");
  const contenders = {
    plan: planContender(place, deployment, {
      name: "terraform plan -refresh-only",
      expected: [...CHANGED_ADDRESSES, ...MIRRORED_ADDRESSES],
    }),
    warm: checkContender(place, deployment, {
      name: "anchorwatch check, warm cache",
      cache: "cache",
      expected: CHANGED_ADDRESSES,
    }),
    first: checkContender(place, deployment, {
      name: "anchorwatch check, very first run",
      cache: "cache-first",
      expected: CHANGED_ADDRESSES,
      before: () => rmSync(fresh, { recursive: true, force: true }),
    }),
  };
  const runs = place.quick ? 2 : 5;
  const { plan, warm, first } = await race(place, { contenders, warmUp: "warm", runs });
  return {
    title: "15 resources",
    about: "The whole command, with nine resources changed behind Terraform's back.",
    table: [
      HEAD,
      rowOf(contenders.plan, plan, undefined),
      rowOf(contenders.warm, warm, plan),
      rowOf(contenders.first, first, plan),
    ],
    goals: [
      atLeast("at least 5 times faster with a warm cache", plan.median / warm.median, 5),
      atLeast("at least 2.5 times faster at the very first run", plan.median / first.median, 2.5),
    ],
  };
}

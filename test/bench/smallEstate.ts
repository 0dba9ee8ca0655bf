/** Fifteen resources: what a person waits for who types the command. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Deployment } from "../support/deployment.ts";
import { CHANGED_ADDRESSES, MIRRORED_ADDRESSES } from "./changes.ts";
import { inTurn, measure } from "./measure.ts";
import { seconds } from "./numbers.ts";
import { atLeast, type Section } from "./report.ts";
import {
  checkCommand,
  driftOfCheck,
  driftOfPlan,
  expectDrift,
  HEAD,
  planCommand,
  rowOf,
  summaryOf,
} from "./sideBySide.ts";
import type { CloudWorkplace } from "./workplace.ts";

const DRIFT = [2];

/** The estate has to be changed already: both must find the same nine. */
export async function measureSmallEstate(place: CloudWorkplace, deployment: Deployment): Promise<Section> {
  const fresh = join(place.folder, "cache-first");
  const plan = planCommand(place, deployment, "terraform plan -refresh-only");
  const warm = checkCommand(place, deployment, {
    name: "anchorwatch check, warm cache",
    cache: "cache",
    statuses: DRIFT,
  });
  const first = checkCommand(place, deployment, {
    name: "anchorwatch check, very first run",
    cache: "cache-first",
    statuses: DRIFT,
    before: () => rmSync(fresh, { recursive: true, force: true }),
  });
  const commands = { plan, warm, first };
  await measure(warm, place.signal);
  const runs = await inTurn(
    commands,
    place.quick ? 2 : 5,
    place.signal,
    (which, { seconds: time, stdout }) => {
      const { name } = commands[which];
      place.say(`${name}: ${seconds(time)}`);
      if (which === "plan")
        expectDrift(name, driftOfPlan(stdout), [...CHANGED_ADDRESSES, ...MIRRORED_ADDRESSES]);
      else expectDrift(name, driftOfCheck(stdout), CHANGED_ADDRESSES);
    },
  );
  const planned = summaryOf(runs.plan);
  const warmed = summaryOf(runs.warm);
  const began = summaryOf(runs.first);
  return {
    title: "15 resources",
    about: "The whole command, with nine resources changed behind Terraform's back.",
    table: [
      HEAD,
      rowOf(plan.name, planned, undefined),
      rowOf(warm.name, warmed, planned),
      rowOf(first.name, began, planned),
    ],
    goals: [
      atLeast("at least 5 times faster with a warm cache", planned.median / warmed.median, 5),
      atLeast("at least 2.5 times faster at the very first run", planned.median / began.median, 2.5),
    ],
  };
}

/** A large estate: one of its resources, and all of them. */
import type { Deployment } from "../support/deployment.ts";
import { CHANGED_ADDRESSES, MIRRORED_ADDRESSES } from "./changes.ts";
import { inTurn, measure } from "./measure.ts";
import { count, median, megabytes, seconds } from "./numbers.ts";
import { processorSecondsOf } from "./processTree.ts";
import { atLeast, type Goal, type Section } from "./report.ts";
import {
  checkCommand,
  driftOfCheck,
  driftOfPlan,
  expectDrift,
  HEAD,
  planCommand,
  rowOf,
  type Summary,
  summaryOf,
} from "./sideBySide.ts";
import type { CloudWorkplace } from "./workplace.ts";

/** Not one of those that are changed. */
const ONE = "aws_security_group.service[1]";
const SAME_PARALLELISM = 50;

/** `--target` of one resource that is in sync. */
export async function measureTarget(
  place: CloudWorkplace,
  deployment: Deployment,
  resources: number,
): Promise<Section> {
  const plan = planCommand(place, deployment, "terraform plan -refresh-only -target", [`-target=${ONE}`]);
  const check = checkCommand(place, deployment, {
    name: "anchorwatch check --target",
    args: ["--target", ONE],
    cache: "cache",
    statuses: [0],
  });
  const commands = { plan, check };
  await measure(check, place.signal);
  const runs = await inTurn(
    commands,
    place.quick ? 2 : 5,
    place.signal,
    (which, { seconds: time, stdout }) => {
      const { name } = commands[which];
      place.say(`${name}: ${seconds(time)}`);
      expectDrift(name, which === "plan" ? driftOfPlan(stdout) : driftOfCheck(stdout), []);
    },
  );
  const planned = summaryOf(runs.plan);
  const checked = summaryOf(runs.check);
  return {
    title: `One resource of ${count(resources)}`,
    about: `The whole command for \`${ONE}\`.`,
    table: [HEAD, rowOf(plan.name, planned, undefined), rowOf(check.name, checked, planned)],
    goals: [atLeast("at least 10 times faster", planned.median / checked.median, 10)],
  };
}

/** The estate has to be changed already: both must find the same nine. */
export async function measureLargeEstate(
  place: CloudWorkplace,
  deployment: Deployment,
  resources: number,
): Promise<Section> {
  const plan = planCommand(place, deployment, "terraform plan -refresh-only");
  const wide = planCommand(
    place,
    deployment,
    `terraform plan -refresh-only -parallelism=${SAME_PARALLELISM}`,
    [`-parallelism=${SAME_PARALLELISM}`],
  );
  // 50 is what Anchorwatch does by itself; it is given so that the comparison says what it is.
  const check = checkCommand(place, deployment, {
    name: `anchorwatch check --concurrency ${SAME_PARALLELISM}`,
    args: ["--concurrency", String(SAME_PARALLELISM)],
    cache: "cache",
    statuses: [2],
  });
  const commands = { plan, wide, check };
  await measure(check, place.signal);
  const cloud = { plan: [] as number[], wide: [] as number[], check: [] as number[] };
  let used = processorSecondsOf(deployment.moto.pid);
  const runs = await inTurn(
    commands,
    place.quick ? 1 : 5,
    place.signal,
    (which, { seconds: time, stdout }) => {
      const { name } = commands[which];
      const before = used;
      used = processorSecondsOf(deployment.moto.pid);
      cloud[which].push(used - before);
      place.say(`${name}: ${seconds(time)}, of moto ${seconds(used - before)}`);
      if (which === "check") expectDrift(name, driftOfCheck(stdout), CHANGED_ADDRESSES);
      else expectDrift(name, driftOfPlan(stdout), [...CHANGED_ADDRESSES, ...MIRRORED_ADDRESSES]);
    },
  );
  const planned = summaryOf(runs.plan);
  const widely = summaryOf(runs.wide);
  const checked = summaryOf(runs.check);
  return {
    title: `${count(resources)} resources`,
    about:
      "The whole command with a warm cache, with nine resources changed behind Terraform's back. Ratios are against Terraform at its default parallelism of 10. moto is one process that answers one request after the other: nobody can be faster than its own processor time.",
    table: [
      [...HEAD, "moto's own time"],
      [...rowOf(plan.name, planned, undefined), seconds(median(cloud.plan))],
      [...rowOf(wide.name, widely, planned), seconds(median(cloud.wide))],
      [...rowOf(check.name, checked, planned), seconds(median(cloud.check))],
    ],
    goals: [
      atLeast("at least 2 times faster than Terraform by default", planned.median / checked.median, 2),
      atLeast("at least 1.4 times faster at the same parallelism", widely.median / checked.median, 1.4),
      lessMemory(planned, checked),
    ],
  };
}

function lessMemory(planned: Summary, checked: Summary): Goal {
  return {
    text: "less peak memory in all, providers included",
    measured: `${megabytes(checked.peakBytes)} against ${megabytes(planned.peakBytes)}`,
    reached: checked.peakBytes < planned.peakBytes,
  };
}

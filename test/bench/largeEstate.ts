/** A large estate: one of its resources, and all of them. */
import { CHANGED_ADDRESSES, MIRRORED_ADDRESSES } from "./changes.ts";
import type { BenchEstate } from "./estate.ts";
import { count, median, megabytes, seconds } from "./numbers.ts";
import { processorSecondsOf } from "./processTree.ts";
import { atLeast, type Goal, type Section } from "./report.ts";
import { checkContender, HEAD, planContender, race, rowOf, type Summary } from "./sideBySide.ts";
import type { CloudWorkplace } from "./workplace.ts";

/** Not one of those that are changed. */
const ONE = "aws_security_group.service[1]";
const SAME_PARALLELISM = 50;

/** `--target` of one resource that is in sync. */
export async function measureTarget(
  place: CloudWorkplace,
  estate: BenchEstate,
  resources: number,
): Promise<Section> {
  const contenders = {
    plan: planContender(place, estate, {
      name: "terraform plan -refresh-only -target",
      args: [`-target=${ONE}`],
      expected: [],
    }),
    check: checkContender(place, estate, {
      name: "anchorwatch check --target",
      args: ["--target", ONE],
      cache: "cache",
      expected: [],
    }),
  };
  const runs = place.quick ? 2 : 5;
  const { plan, check } = await race(place, { contenders, warmUp: "check", runs });
  return {
    title: `One resource of ${count(resources)}`,
    about: `The whole command for \`${ONE}\`.`,
    table: [HEAD, rowOf(contenders.plan, plan, undefined), rowOf(contenders.check, check, plan)],
    goals: [atLeast("at least 10 times faster", plan.median / check.median, 10)],
  };
}

const ABOUT = `The whole command with a warm cache, with nine resources changed behind Terraform's back. Ratios are against
Terraform at its default parallelism of 10. The cloud is two processes of moto, one for EC2 and one for all other services: a
process of moto answers one request after the other, and both sides would wait for a single one most of the time.`;

/** The estate has to be changed already: both must find the same nine. */
export async function measureLargeEstate(
  place: CloudWorkplace,
  estate: BenchEstate,
  resources: number,
): Promise<Section> {
  const drifted = [...CHANGED_ADDRESSES, ...MIRRORED_ADDRESSES];
  const contenders = {
    plan: planContender(place, estate, { name: "terraform plan -refresh-only", expected: drifted }),
    wide: planContender(place, estate, {
      name: `terraform plan -refresh-only -parallelism=${SAME_PARALLELISM}`,
      args: [`-parallelism=${SAME_PARALLELISM}`],
      expected: drifted,
    }),
    // 50 is what Anchorwatch does by itself; it is given so that the comparison says what it is.
    check: checkContender(place, estate, {
      name: `anchorwatch check --concurrency ${SAME_PARALLELISM}`,
      args: ["--concurrency", String(SAME_PARALLELISM)],
      cache: "cache",
      expected: CHANGED_ADDRESSES,
    }),
  };
  const cloud = { plan: [] as number[], wide: [] as number[], check: [] as number[] };
  const processorSeconds = () => estate.clouds.reduce((sum, { pid }) => sum + processorSecondsOf(pid), 0);
  let used = 0;
  const counted = (which: keyof typeof cloud) => {
    const now = processorSeconds();
    cloud[which].push(now - used);
    used = now;
  };
  const { plan, wide, check } = await race(place, {
    contenders,
    warmUp: "check",
    runs: place.quick ? 1 : 5,
    onBegin: () => {
      used = processorSeconds();
    },
    onRun: counted,
  });
  return {
    title: `${count(resources)} resources`,
    about: ABOUT.replaceAll("\n", " "),
    table: [
      [...HEAD, "moto's own time"],
      [...rowOf(contenders.plan, plan, undefined), seconds(median(cloud.plan))],
      [...rowOf(contenders.wide, wide, plan), seconds(median(cloud.wide))],
      [...rowOf(contenders.check, check, plan), seconds(median(cloud.check))],
    ],
    goals: [
      atLeast("at least 2 times faster than Terraform by default", plan.median / check.median, 2),
      atLeast("at least 1.4 times faster at the same parallelism", wide.median / check.median, 1.4),
      lessMemory(plan, check),
    ],
  };
}

function lessMemory(plan: Summary, check: Summary): Goal {
  return {
    text: "less peak memory in all, providers included",
    measured: `${megabytes(check.peakBytes)} against ${megabytes(plan.peakBytes)}`,
    reached: check.peakBytes < plan.peakBytes,
  };
}

/** `npm start`: deploys a small network, changes it as people do in a console, checks it, and cleans up after itself. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import pc from "picocolors";
import { cloudMachine, inspectMachine } from "../support/machine.ts";
import { awsStage } from "./awsStage.ts";
import { referenceStage } from "./referenceStage.ts";
import type { Stage } from "./stage.ts";

const PROGRAM = fileURLToPath(new URL("../../packages/anchorwatch/src/cli/main.ts", import.meta.url));
const DRIFT_FOUND = 2;

const started = performance.now();
let leaving = false;
const opening = openStage();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void leave(signal));
const stage = await opening;
try {
  if (!leaving) process.exitCode = await play(stage);
} finally {
  await stage.close();
}
say("");
say(pc.dim(`Everything is removed again. ${((performance.now() - started) / 1000).toFixed(0)} s in all.`));

/** What is half deployed can only be removed when it is whole. A second signal does not wait. */
async function leave(signal: "SIGINT" | "SIGTERM"): Promise<never> {
  leaving = true;
  say("Cleaning up …");
  const opened = await opening.catch(() => undefined);
  await opened?.close();
  process.exit(signal === "SIGINT" ? 130 : 143);
}

async function openStage(): Promise<Stage> {
  const found = cloudMachine(inspectMachine(process.env));
  if (!found.ok) {
    const missing = found.skipped.map((line) => line.replace(/^.*because /, "")).join("; ");
    say(`The reference provider stands in for AWS: ${missing}.`);
    return referenceStage();
  }
  say("Deploying a small network with the real AWS provider, on moto's mock of AWS …");
  return awsStage(found.machine, process.env);
}

async function play(stage: Stage): Promise<number> {
  say(`${stage.resources} resources are deployed. ${pc.bold("Then, at three in the morning, somebody")}`);
  for (const { says, make } of stage.changes) {
    await make();
    say(`  ${pc.yellow("•")} ${says}`);
  }
  say("");
  say(pc.dim(`$ anchorwatch check ${stage.name}`));
  const status = await check(stage);
  if (status === DRIFT_FOUND) return 0;
  say(`The check ended with status ${status}; ${DRIFT_FOUND} was expected.`);
  return 1;
}

function check({ folder, environment }: Stage): Promise<number | null> {
  const child = spawn(process.execPath, [PROGRAM, "check"], {
    cwd: folder,
    env: environment,
    stdio: "inherit",
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/**
 * `npm start`: deploys a small network, starts the server on it, changes it as people do in a console, and shows each drift arriving
 * with its actor. The server stays up until it is stopped (with `--once`: until everything was shown), and everything is removed.
 */
import pc from "picocolors";
import { cloudMachine, inspectMachine } from "../support/machine.ts";
import { awsStage } from "./awsStage.ts";
import { referenceStage } from "./referenceStage.ts";
import { type DemoServer, type OpenDrift, startServer, until } from "./server.ts";
import type { Stage, StageChange } from "./stage.ts";

const PORT = 7478;
const isOnce = process.argv.includes("--once");

const started = performance.now();
let leaving = false;
const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => leave());
const stage = await openStage();
try {
  if (!leaving) process.exitCode = await play(stage);
} finally {
  await stage.close();
}
say("");
say(pc.dim(`Everything is removed again. ${((performance.now() - started) / 1000).toFixed(0)} s in all.`));

/** What is half deployed can only be removed when it is whole. A second signal does not wait. */
function leave(): void {
  if (leaving) process.exit(130);
  leaving = true;
  say("Cleaning up …");
  stop();
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
  say(`${stage.resources} resources are deployed. Starting ${pc.bold("anchorwatch serve")} on them …`);
  const server = await startServer(stage, isOnce ? 0 : PORT);
  try {
    say(`It is at ${pc.cyan(server.address)}, and has looked at everything once.`);
    say(pc.bold("Then, at three in the morning, somebody"));
    for (const change of leaving ? [] : stage.changes) await show(change, server);
    say("");
    if (isOnce) return 0;
    sayWhatToTry(server);
    await Promise.race([server.failed, stopped]);
    return 0;
  } finally {
    await server.stop();
  }
}

async function show({ says, make, call, address }: StageChange, server: DemoServer): Promise<void> {
  say(`  ${pc.yellow("•")} ${says}`);
  await make();
  const told = performance.now();
  await server.tell(call);
  let drift: OpenDrift | undefined;
  const find = async () => {
    drift = (await server.openDrifts()).find((one) => one.address === address);
    return drift !== undefined;
  };
  await Promise.race([until(find, 10), server.failed, stopped]);
  const seconds = ((performance.now() - told) / 1000).toFixed(2);
  const [cause] = drift?.attributions ?? [];
  const who = cause?.person.name ?? cause?.actor.principal ?? "somebody";
  const from = cause === undefined ? "" : ` (${cause.actor.channel}, ${cause.actor.sourceAddress})`;
  say(
    `    ${pc.red(drift?.verdict ?? "")} ${pc.bold(address)} — ${cause?.eventName} by ${pc.bold(who)}${from}, ${pc.green(`${seconds} s`)} after the event came`,
  );
}

function sayWhatToTry({ address, ledger }: DemoServer): void {
  say("The server stays up until you press Ctrl-C. In another terminal:");
  say(pc.dim(`  curl ${address}/api/v1/drifts`));
  say(pc.dim(`  curl -N ${address}/api/v1/stream`));
  say(pc.dim(`  npx anchorwatch ledger tail -f ${ledger}`));
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/**
 * `npm start`: deploys a small network, starts the server on it, changes it as people do in a console, and shows each drift arriving
 * with its actor, and why it matters. The server stays up until it is stopped (with `--once`: until everything was shown), and everything is removed.
 */
import pc from "picocolors";
import { cloudMachine, inspectMachine } from "../support/machine.ts";
import { awsStage } from "./awsStage.ts";
import { referenceStage } from "./referenceStage.ts";
import { DemoError, type DemoServer, type OpenDrift, startServer, until } from "./server.ts";
import type { Stage, StageChange } from "./stage.ts";

const PORT = 7478;
const isOnce = process.argv.includes("--once");

const started = performance.now();
let leaving = false;
const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => leave());
const stage = await openStage();
try {
  if (!leaving) await play(stage);
} catch (error) {
  if (!(error instanceof DemoError)) throw error;
  say(pc.red(error.message));
  process.exitCode = 1;
} finally {
  await stage.close();
}
say("");
say(pc.dim(`Everything was removed again, after ${((performance.now() - started) / 1000).toFixed(0)} s.`));

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

async function play(stage: Stage): Promise<void> {
  say(`${stage.resources} resources are deployed. Starting ${pc.bold("anchorwatch serve")} on them …`);
  const server = await startOnPort(stage);
  try {
    say(`It is at ${pc.cyan(server.address)}, and has looked at everything once.`);
    say("");
    say(pc.bold("Then, at three in the morning, somebody in a console"));
    for (const change of stage.changes) if (!leaving) await show(change, server);
    if (isOnce || leaving) return;
    sayWhatToTry(server);
    await Promise.race([server.failed, stopped]);
  } finally {
    await server.stop();
  }
}

/** The usual port, unless somebody has it. */
async function startOnPort(stage: Stage): Promise<DemoServer> {
  if (isOnce) return await startServer(stage, 0);
  try {
    return await startServer(stage, PORT);
  } catch (error) {
    if (!(error instanceof DemoError) || !error.message.includes("(server_address_taken)")) throw error;
    say(`Another program listens on port ${PORT}; taking a free one …`);
    return await startServer(stage, 0);
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
  if (drift === undefined) return;
  const seconds = ((performance.now() - told) / 1000).toFixed(2);
  const { verdict } = drift;
  say(`    ${pc.red(verdict)} ${pc.bold(address)}, seen ${pc.green(`${seconds} s`)} after its event came`);
  const indent = " ".repeat(4 + verdict.length + 1);
  for (const { eventName, actor, person } of drift.attributions.slice(0, 1)) {
    const from = [actor.channel, actor.sourceAddress].filter((part) => part !== undefined).join(", ");
    say(`${indent}${eventName} by ${pc.bold(person.name ?? actor.principal)} (${from})`);
  }
  if (drift.classification !== undefined) say(`${indent}${whyOf(drift.classification)}`);
}

function whyOf(classification: NonNullable<OpenDrift["classification"]>): string {
  const { severity, rules, fallback } = classification;
  const colour = ["high", "critical"].includes(severity) ? pc.red : pc.yellow;
  return `${colour(pc.bold(severity))}, ${classification.class}: ${rules[0]?.explanation ?? fallback?.because ?? ""}`;
}

function sayWhatToTry({ address, administrator, ledger }: DemoServer): void {
  const { login, password, headers } = administrator;
  const token = headers.authorization.replace(/^Bearer /, "");
  say("");
  say("The server stays up until you press Ctrl-C. In another terminal:");
  say(pc.dim(`  export ANCHORWATCH_SERVER_URL=${address} ANCHORWATCH_TOKEN=${token}`));
  say(pc.dim("  npx anchorwatch drifts list --watch"));
  say(pc.dim(`  curl -H "authorization: Bearer $ANCHORWATCH_TOKEN" ${address}/api/v1/stacks`));
  say(pc.dim(`  npx anchorwatch ledger tail -f ${ledger}`));
  say(`In a browser: ${address}/sign-in as ${pc.bold(login)} with the password ${pc.bold(password)}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** A provider that runs already: what one security group costs, and what the cloud's own answer costs of it. */
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { findProvider, openReader, type ProviderReader, platformOf, verifyProvider } from "tfprovider";
import { objectOf, type Value } from "../../packages/anchorwatch/src/domain/value.ts";
import { providerConfig } from "../../packages/anchorwatch/src/terraform/provider/configuration.ts";
import { readInstance } from "../../packages/anchorwatch/src/terraform/read/reading.ts";
import {
  loadState,
  type StateFile,
  type StateInstance,
} from "../../packages/anchorwatch/src/terraform/state/index.ts";
import type { Deployment } from "../support/deployment.ts";
import { BenchError } from "./error.ts";
import { REGION, SERVICES } from "./estates.ts";
import { median, milliseconds } from "./numbers.ts";
import { atMost, type Section } from "./report.ts";
import type { CloudWorkplace } from "./workplace.ts";

const SOURCE = "registry.terraform.io/hashicorp/aws";
const TYPE = "aws_security_group";
/** The first ones open connections and fill the caches of both. */
const UNCOUNTED = 30;
const ROUNDS = 5;

/** The estate has to be as it was deployed: the group is in sync, as nearly everything is. */
export async function measureWarmProvider(place: CloudWorkplace, deployment: Deployment): Promise<Section> {
  const runs = place.quick ? 100 : 500;
  const state = await stateOf(place, deployment);
  const group = state.instances.find(({ type }) => type === TYPE);
  if (group === undefined) throw new BenchError("reports_differ", `the state holds no ${TYPE}`);
  // The first start fills the cache.
  await (await openWarmReader(place, deployment)).close();
  const began = performance.now();
  const reader = await openWarmReader(place, deployment);
  const startMs = performance.now() - began;
  try {
    place.say(`checking ${group.address} ${runs} times`);
    const [checked, upgraded, own] = await bestMedians(runs, [
      () => checkGroup(group, reader, place.signal),
      () => upgradeGroup(group, reader, place.signal),
      () => askMoto(deployment, group),
    ]);
    return section({ start: startMs, checked, upgraded, own });
  } finally {
    await reader.close();
  }
}

function section(found: { start: number; checked: number; upgraded: number; own: number }): Section {
  return {
    title: "A warm provider",
    about: "One security group, one call after the other; the best of five medians.",
    table: [
      ["what", "best median"],
      ["checked: its record encoded, read, compared", milliseconds(found.checked)],
      ["moto's own answer to DescribeSecurityGroups", milliseconds(found.own)],
      ["what an upgrade of the record by the provider would add", milliseconds(found.upgraded)],
      ["starting and configuring the provider, schema cached", milliseconds(found.start)],
    ],
    goals: [atMost("a security group checked in under 10 ms", found.checked, 10, milliseconds)],
  };
}

type Works = readonly [() => Promise<void>, () => Promise<void>, () => Promise<void>];

/** The best of five of each, in turn, since the machine is never alone. */
async function bestMedians(runs: number, works: Works): Promise<readonly [number, number, number]> {
  const best: [number, number, number] = [Infinity, Infinity, Infinity];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const which of [0, 1, 2] as const) {
      best[which] = Math.min(best[which], await medianOf(runs / ROUNDS, works[which]));
    }
  }
  return best;
}

async function medianOf(runs: number, work: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < runs + UNCOUNTED; run += 1) {
    const started = performance.now();
    await work();
    if (run >= UNCOUNTED) times.push(performance.now() - started);
  }
  return median(times);
}

async function checkGroup(group: StateInstance, reader: ProviderReader, signal: AbortSignal): Promise<void> {
  const { kind } = await readInstance(group, reader, { ...limits(signal), sleep });
  if (kind !== "same") throw new BenchError("reports_differ", `${group.address} is not in sync`);
}

async function upgradeGroup(
  group: StateInstance,
  reader: ProviderReader,
  signal: AbortSignal,
): Promise<void> {
  const upgraded = await reader.upgrade(TYPE, group.schemaVersion, group.recorded(), limits(signal));
  if (upgraded.length === 0) throw new BenchError("reports_differ", `${group.address} was not upgraded`);
}

async function askMoto({ moto }: Deployment, group: StateInstance): Promise<void> {
  const response = await fetch(moto.endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      // Moto tells the service by the scope; it checks no signature.
      authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${REGION}/ec2/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: `Action=DescribeSecurityGroups&Version=2016-11-15&GroupId.1=${group.id}`,
  });
  const text = await response.text();
  if (!response.ok || !text.includes(String(group.id))) {
    throw new BenchError("reports_differ", `moto does not know ${group.id}: ${text.slice(0, 300)}`);
  }
}

function limits(signal: AbortSignal) {
  return { deadlineMs: 30_000, signal };
}

export function stateOf({ signal }: CloudWorkplace, { folder, terraform }: Deployment): Promise<StateFile> {
  const path = join(folder, "terraform.tfstate");
  const surroundings = {
    environment: terraform.env,
    terraform: undefined,
    scrub: (text: string) => text,
    deadlineMs: 60_000,
    signal,
  };
  return loadState({ kind: "file", path }, surroundings);
}

/** As the code of the estate configures it. */
export async function openWarmReader(
  place: CloudWorkplace,
  { folder, moto, terraform }: Deployment,
): Promise<ProviderReader> {
  const { env } = terraform;
  const cacheFolder = join(place.folder, "cache");
  const platform = platformOf(process.platform, process.arch);
  const found = await findProvider({ source: SOURCE, dir: folder, env, homeDir: homedir(), platform });
  const { path, binaryHash } = await verifyProvider(found, { cacheFolder, userId: process.getuid?.() });
  const values = objectOf(Object.entries(providerValues(moto.endpoint)));
  return openReader({
    executable: path,
    binaryHash,
    cacheFolder,
    environment: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value ?? ""])),
    signal: place.signal,
    config: ({ provider }) => providerConfig(values, provider, {}, {}),
  });
}

function providerValues(endpoint: string): Readonly<Record<string, Value>> {
  return {
    region: REGION,
    access_key: "test",
    secret_key: "test",
    skip_credentials_validation: true,
    skip_metadata_api_check: "true",
    endpoints: [objectOf(["ec2", ...SERVICES].map((service) => [service, endpoint]))],
  };
}

/** `anchorwatch serve` with the demo's network: configured, started, asked. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type FirstAdministrator,
  makeFirstAdministrator,
  setupLinkIn,
} from "../support/firstAdministrator.ts";
import { secretText, signedPost } from "../support/signedPost.ts";
import type { AuditedCall, Stage } from "./stage.ts";

const PROGRAM = fileURLToPath(new URL("../../packages/anchorwatch/src/cli/main.ts", import.meta.url));
const SOURCE = "console";
const PATIENCE_MS = 90_000;

export interface DemoServer {
  readonly address: string;
  /** Who may sign in. */
  readonly administrator: FirstAdministrator;
  /** Tells the server of a call, as an audit trail would. */
  tell(call: AuditedCall): Promise<void>;
  /** What is open now, the newest first. */
  openDrifts(): Promise<readonly OpenDrift[]>;
  /** Where its ledger lies. */
  readonly ledger: string;
  /** Rejects when the server ends by itself. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

export interface OpenDrift {
  readonly address: string;
  readonly verdict: string;
  readonly classification?: {
    readonly class: string;
    readonly severity: string;
    /** The worst first. */
    readonly rules: readonly { readonly explanation: string }[];
    readonly fallback?: { readonly because: string };
  };
  readonly attributions: readonly {
    readonly eventName: string;
    readonly actor: { readonly principal: string; readonly channel: string; readonly sourceAddress?: string };
    readonly person: { readonly kind: string; readonly name?: string };
  }[];
}

/** @param port 0: any that is free */
export async function startServer(stage: Stage, port: number): Promise<DemoServer> {
  const folder = mkdtempSync(join(tmpdir(), "anchorwatch-demo-"));
  // The database runs under an account of its own, when this is root.
  chmodSync(folder, 0o755);
  const secret = randomBytes(32);
  const file = writeConfiguration(folder, stage, secret);
  const log = join(folder, "serve.log");
  const child = spawn(process.execPath, [PROGRAM, "serve", "--server", file, "--port", String(port)], {
    cwd: folder,
    env: stage.environment,
    stdio: ["ignore", "pipe", openSync(log, "w", 0o600)],
    // Ctrl-C reaches this program alone, which stops the server in its turn.
    detached: true,
  });
  const failed = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("exit", (status) => {
      const end = readFileSync(log, "utf8").slice(-2000);
      reject(new DemoError(`the server ended with status ${status}:\n${end}`));
    });
  });
  failed.catch(() => undefined);
  process.once("exit", () => child.kill("SIGKILL"));
  const stop = async () => {
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const administrator = await Promise.race([linkOf(child).then(makeFirstAdministrator), failed]);
    const { address } = administrator;
    await Promise.race([until(() => isWatching(administrator)), failed]);
    return {
      address,
      administrator,
      ledger: join(folder, "ledger"),
      failed,
      stop,
      tell: (call) => post(address, call, secret),
      openDrifts: async () =>
        (await get<{ drifts: readonly OpenDrift[] }>(administrator, "/api/v1/drifts?status=open")).drifts,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

export class DemoError extends Error {
  override name = "DemoError";
}

function writeConfiguration(folder: string, { folder: infra }: Stage, secret: Buffer): string {
  for (const name of ["database", "work"]) mkdirSync(join(folder, name), { mode: 0o755 });
  writeFileSync(join(folder, "console.secret"), secretText(secret), { mode: 0o600 });
  const file = join(folder, "anchorwatch.server.yaml");
  writeFileSync(
    file,
    `version: 1
database: { folder: database/postgres }
ledger: { place: ledger }
watch:
  folder: work
  sweepEvery: 5m
  stacks:
    - folder: ${JSON.stringify(infra)}
events:
  - name: ${SOURCE}
    http: { secretFile: console.secret }
identities:
  - sessionName: "*@harbour.example"
    person: $1
`,
  );
  return file;
}

/** All that it printed, once the link for the first administrator is among it. */
function linkOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    child.stdout?.setEncoding("utf8").on("data", (part: string) => {
      text += part;
      if (setupLinkIn(text) !== undefined) resolve(text);
    });
  });
}

/** Every stack was looked at once. */
async function isWatching(administrator: FirstAdministrator): Promise<boolean> {
  const { stacks } = await get<{ stacks: readonly { health: string }[] }>(administrator, "/api/v1/stacks");
  return stacks.length > 0 && stacks.every(({ health }) => health === "ok");
}

async function get<Answer>({ address, headers }: FirstAdministrator, path: string): Promise<Answer> {
  return (await (await fetch(`${address}${path}`, { headers: { ...headers } })).json()) as Answer;
}

async function post(address: string, call: AuditedCall, secret: Buffer): Promise<void> {
  const body = JSON.stringify({
    id: randomUUID(),
    time: new Date().toISOString(),
    ...call,
    actor: {
      principal: "arn:aws:sts::123456789012:assumed-role/admin/kim@harbour.example",
      kind: "role",
      sessionIssuer: "arn:aws:iam::123456789012:role/admin",
      sessionName: "kim@harbour.example",
      channel: "console",
      sourceAddress: "198.51.100.7",
    },
  });
  const answer = await signedPost(`${address}/api/v1/events/${SOURCE}`, secret, body);
  if (!answer.ok) throw new DemoError(`the server refused an event: ${await answer.text()}`);
}

export async function until(holds: () => Promise<boolean>, everyMs = 50): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > end) throw new DemoError("it took longer than a minute and a half");
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const killer = setTimeout(() => child.kill("SIGKILL"), 20_000);
  await gone;
  clearTimeout(killer);
}

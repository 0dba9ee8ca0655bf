import type { ChildProcess } from "node:child_process";
import { Socket } from "node:net";
import { SupportError } from "./error.ts";
import type { Environment } from "./executable.ts";
import { endGuarded, spawnGuarded } from "./guarded.ts";

/** A running moto: a mock of AWS that implements its APIs over HTTP, in memory. */
export interface Moto {
  /** `http://127.0.0.1:PORT` for every service. */
  readonly endpoint: string;
  /** Of the process whose descendant it is. */
  readonly pid: number;
  /** Forgets every resource of every account. */
  reset(): Promise<void>;
  /** Makes the ids that moto invents from now on reproducible. */
  seed(number: number): Promise<void>;
  /** Resolves when the process is gone. May be called twice. */
  stop(): Promise<void>;
}

export interface MotoOptions {
  /** Whether AWS's own policies, such as AdministratorAccess, exist. Costs seconds at the first call and each reset. */
  readonly managedPolicies?: boolean;
  /** File for its recorder of calls, which is off until it is told to start. */
  readonly recording?: string;
}

/**
 * Starts moto on a free port that the system chooses, and waits until it listens.
 * It cannot outlive this process.
 * @throws SupportError `moto_failed` with the end of moto's output when it ends or stays silent for 20 s.
 */
export async function startMoto(program: string, env: Environment, options: MotoOptions = {}): Promise<Moto> {
  const shell = spawnGuarded(program, ["-H", "127.0.0.1", "-p", "0"], {
    stdout: "ignore",
    env: motoEnvironment(env, options),
  });
  const port = await listening(shell);
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    endpoint,
    pid: shell.pid ?? 0,
    reset: () => post(`${endpoint}/moto-api/reset`),
    seed: (number) => post(`${endpoint}/moto-api/seed?a=${number}`),
    stop: () => endGuarded(shell),
  };
}

function motoEnvironment(env: Environment, options: MotoOptions): NodeJS.ProcessEnv {
  const kept = ["PATH", "HOME", "PYENV_ROOT", "PYENV_VERSION", "VIRTUAL_ENV", "PYTHONPATH", "LANG", "TMPDIR"];
  const own: NodeJS.ProcessEnv = {
    MOTO_EC2_LOAD_DEFAULT_AMIS: "false",
    MOTO_IAM_LOAD_MANAGED_POLICIES: String(options.managedPolicies ?? false),
    PYTHONDONTWRITEBYTECODE: "1",
  };
  if (options.recording !== undefined) own["MOTO_RECORDER_FILEPATH"] = options.recording;
  for (const name of kept) if (env[name] !== undefined) own[name] = env[name];
  return own;
}

const PATIENCE_MS = 20_000;
const KEPT_OUTPUT = 4_000;

function listening(shell: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let output = "";
    let settled = false;
    const fail = (why: string, cause?: unknown) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      shell.stdin?.end();
      reject(new SupportError("moto_failed", `moto_server ${why}. Its last output:\n${output}`, { cause }));
    };
    const timer = setTimeout(() => fail(`did not listen within ${PATIENCE_MS / 1000} s`), PATIENCE_MS);
    shell.on("error", (error) => fail("could not be started", error));
    shell.on("exit", (status) => fail(`ended with status ${status} before it listened`));
    shell.stderr?.setEncoding("utf8").on("data", (text: string) => {
      if (settled) return; // From here on it is a log of requests, drained and forgotten.
      output = (output + text).slice(-KEPT_OUTPUT);
      const port = /Running on http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1];
      if (port === undefined) return;
      settled = true;
      clearTimeout(timer);
      // Neither the shell nor its pipes keep a finished test run alive: when we end, the pipe does.
      shell.unref();
      for (const pipe of [shell.stdin, shell.stderr]) if (pipe instanceof Socket) pipe.unref();
      resolve(Number(port));
    });
  });
}

async function post(url: string): Promise<void> {
  const response = await fetch(url, { method: "POST" });
  await response.arrayBuffer();
  if (!response.ok) throw new SupportError("moto_failed", `moto answered ${response.status} to POST ${url}`);
}

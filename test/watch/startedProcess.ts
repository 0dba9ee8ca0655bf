/** `anchorwatch serve` and `anchorwatch worker` as processes of their own, with an administrator of the first. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished } from "vitest";
import type { Workbench } from "../check/workbench.ts";
import { makeFirstAdministrator } from "../support/firstAdministrator.ts";

const MAIN = fileURLToPath(new URL("../../packages/anchorwatch/src/cli/main.ts", import.meta.url));

interface Answer {
  readonly ready?: boolean;
  readonly stacks?: readonly { readonly id: string; readonly name: string }[];
  readonly drifts?: readonly { readonly id: string; readonly address: string }[];
}

interface Before {
  /** Of its database; absent: the embedded one. */
  readonly databaseUrl: string;
  /** Of the administrator that a server of the same database has already. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Until it is up. */
export async function started(
  bench: Pick<Workbench, "folder" | "cache">,
  command: "serve" | "worker",
  file?: string,
  before?: Before,
) {
  const named = file === undefined ? [] : ["--server", file];
  const child = spawn(process.execPath, [MAIN, command, ...named, "--port", "0"], {
    cwd: bench.folder,
    env: {
      PATH: "/usr/bin:/bin",
      HOME: join(bench.folder, "home"),
      TMPDIR: join(bench.folder, "tmp"),
      ANCHORWATCH_CACHE_DIR: bench.cache,
      ...(before === undefined ? {} : { DATABASE_URL: before.databaseUrl }),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  onTestFinished(async ({ task }) => {
    if (task.result?.state === "fail") console.error(command, text);
    // Killed at once, it would leave its database running.
    child.kill("SIGTERM");
    await ended;
  });
  await expect.poll(() => text, { timeout: 90_000 }).toMatch(/Ctrl-C stops it/);
  const address = /http:\/\/localhost:\d+/.exec(text)?.[0] ?? "";
  // A worker has no API that anybody could sign in to.
  const first = async (): Promise<Readonly<Record<string, string>>> =>
    command === "serve" ? { ...(await makeFirstAdministrator(text)).headers } : {};
  const headers = before?.headers ?? (await first());
  const ask = (path: string, method = "GET", body?: object) =>
    fetch(`${address}${path}`, {
      method,
      ...(body === undefined
        ? { headers }
        : { headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
  return {
    address,
    headers,
    ask,
    get: async (path: string) => (await (await ask(path)).json()) as Answer,
    metrics: async () => await (await ask("/metrics")).text(),
    /** Has it read the operator's file again. */
    reload: () => child.kill("SIGHUP"),
    /** As if the machine lost its power; with an embedded database that would stay. */
    kill: () => {
      child.kill("SIGKILL");
      return ended;
    },
    stop: () => {
      child.kill("SIGTERM");
      return ended;
    },
  };
}

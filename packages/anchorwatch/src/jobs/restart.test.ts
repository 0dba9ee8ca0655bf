import { spawn } from "node:child_process";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeEmbeddedUrl } from "../store/embeddedUrl.fixture.ts";
import { execute } from "../store/testServer.fixture.ts";
import { AGE_LEASES, gate, startProcess } from "./jobs.fixture.ts";

/** Polls often, as after a restart nobody sends a message. */
const POLL_MS = 50;

let server: Awaited<ReturnType<typeof makeEmbeddedUrl>>;

beforeAll(async () => {
  server = await makeEmbeddedUrl();
});

afterAll(() => server.stop());

it("jobs outlive the death of the database: none is lost, and workers go on", async () => {
  const one = await startProcess(server.url, POLL_MS);
  const two = await startProcess(server.url, POLL_MS);
  const KEYS = Array.from({ length: 12 }, (_, n) => `key ${n}`);
  const done = new Set<string>();
  const [half, all] = [gate(), gate()];
  let kills = 0;
  for (const { jobs } of [one, two]) {
    jobs.work("sweep", { concurrency: 2 }, async ({ key }) => {
      done.add(key);
      if (done.size === 6 && kills++ === 0) {
        half.open();
        await server.kill();
      }
      if (done.size === KEYS.length) all.open();
    });
  }
  await one.jobs.sendAll(
    "sweep",
    KEYS.map((key, n) => ({ key, data: { n } })),
  );
  await half.opened;
  // Those that were under way keep their lease until it is over.
  const aging = setInterval(() => void execute(server.url, AGE_LEASES).catch(() => {}), 500);
  await all.opened;
  clearInterval(aging);
  const heard = gate();
  one.jobs.work("look", { concurrency: 1 }, async () => heard.open());
  await eventually(() => two.jobs.send("look", "after", { n: 1 }));
  await heard.opened;
  expect([...done].sort()).toEqual([...KEYS].sort());
  await Promise.all([one.close(), two.close()]);
});

it("a job of a killed process is done by another", async () => {
  const two = await startProcess(server.url, POLL_MS);
  const fixture = JSON.stringify(new URL("./jobs.fixture.ts", import.meta.url).href);
  const program = `
    const { startProcess } = await import(${fixture});
    const { jobs } = await startProcess(${JSON.stringify(server.url)});
    jobs.work("look", { concurrency: 1 }, ({ attempt }) => {
      process.send(attempt);
      return new Promise(() => {});
    });`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const started = new Promise((resolve) => child.once("message", resolve));
  await two.jobs.send("look", "hanging", { n: 1 });
  expect(await started).toBe(1);
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
  const taken = gate<number>();
  two.jobs.work("look", { concurrency: 1 }, async ({ attempt }) => taken.open(attempt));
  await execute(server.url, AGE_LEASES);
  expect(await taken.opened).toBe(2);
  await two.close();
});

/** While the server is away, sending fails. */
async function eventually(work: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "database_unreachable")) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { leftovers } from "../check/leftovers.ts";
import { editLive, topic, workbench } from "../check/workbench.ts";

const MAIN = fileURLToPath(new URL("../../packages/anchorwatch/src/cli/main.ts", import.meta.url));

it("shows a change in the cloud while it watches, and leaves nothing running", async () => {
  const bench = workbench();
  const stack = await bench.stack({
    resources: [topic("a", { set: { name: "a", display_name: "Orders" } })],
  });
  const temporary = join(bench.folder, "tmp");
  mkdirSync(temporary, { recursive: true });
  const child = spawn(process.execPath, [MAIN, "watch", "stack", "--every", "1s"], {
    cwd: bench.folder,
    env: {
      PATH: "/usr/bin:/bin",
      HOME: join(bench.folder, "home"),
      TMPDIR: temporary,
      ANCHORWATCH_CACHE_DIR: bench.cache,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const says = (words: RegExp) => expect.poll(() => text, { timeout: 25_000 }).toMatch(words);
  await says(/1 resource {2}no drift/);
  editLive(stack, "reference_topic.a", (live) => ({ ...live, display_name: "Changed" }));
  // With why it matters: no rule speaks of it, so what the attribute is counts.
  await says(/reference_topic\.a drifted {2}operational, info: /);
  editLive(stack, "reference_topic.a", (live) => ({ ...live, display_name: "Orders" }));
  await says(/reference_topic\.a back in order/);
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
  expect(await leftovers(bench.folder, temporary)).toEqual([]);
});

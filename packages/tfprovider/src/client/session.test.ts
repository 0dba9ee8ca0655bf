import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ProviderSession } from "./session.ts";

test("whoever has left already does not wait for a start that takes for ever", async () => {
  const folder = mkdtempSync(join(tmpdir(), "session-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const executable = join(folder, "mute");
  writeFileSync(executable, "#!/bin/sh\nexec sleep 60\n", { mode: 0o755 });
  const session = new ProviderSession({
    executable,
    environment: { PATH: process.env["PATH"] ?? "" },
    config: () => ({}),
    allowed: new Set(),
    validate: "refused",
  });
  const used = session.use(async () => "used", AbortSignal.abort());
  await expect(used).rejects.toMatchObject({ code: "provider_cancelled" });
  await session.close();
});

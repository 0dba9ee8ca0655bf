import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { stillSurroundings } from "../testSurroundings.fixture.ts";
import { openConfiguration } from "./configuration.ts";

const POLICY = (condition: string) =>
  `@id("no-writes")\n@means("nobody adds stacks")\nforbid (principal, action == Anchorwatch::Action::"stack.add", resource) unless { ${condition} };\n`;

it("takes what its policies say by now, though the file itself stays as it is", async () => {
  const folder = mkdtempSync(join(tmpdir(), "service-configuration-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const policy = join(folder, "own.cedar");
  writeFileSync(policy, POLICY("context.strong"));
  writeFileSync(join(folder, "server.yaml"), "version: 1\naccess: { policies: [own.cedar] }\n");
  const reloading = await openConfiguration("server.yaml", {
    ...stillSurroundings(),
    workingDirectory: folder,
  });
  expect(await reloading.reload()).toEqual({ kind: "same" });
  const before = reloading.current.access;
  writeFileSync(policy, POLICY("!context.strong"));
  expect(await reloading.reload()).toEqual({ kind: "changed", atNextStart: [] });
  expect(reloading.current.access.policies).toMatchObject([
    { name: "own.cedar", text: POLICY("!context.strong") },
  ]);
  writeFileSync(policy, POLICY("context.storng"));
  expect(await reloading.reload()).toMatchObject({
    kind: "refused",
    problems: [{ code: "config_invalid", location: { file: "own.cedar", line: 3 } }],
  });
  writeFileSync(policy, POLICY("!context.strong"));
  expect(await reloading.reload()).toEqual({ kind: "restored" });
  expect(reloading.current.access).not.toEqual(before);
});

it("tells of what counts from the next start alone", async () => {
  const folder = mkdtempSync(join(tmpdir(), "service-configuration-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "server.yaml");
  writeFileSync(file, "version: 1\n");
  const reloading = await openConfiguration(file, { ...stillSurroundings(), workingDirectory: folder });
  writeFileSync(
    file,
    "version: 1\nserver: { publicUrl: 'https://aw.example', trustedProxies: [10.0.0.1] }\naccess: { passwords: false }\n",
  );
  expect(await reloading.reload()).toEqual({
    kind: "changed",
    atNextStart: ["server.publicUrl", "server.trustedProxies"],
  });
  expect(reloading.current.access.passwords).toBe(false);
});

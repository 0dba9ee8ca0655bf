import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { aDrift, aStack } from "../../store/records.fixture.ts";
import type { DriftInStack } from "../../watch/driftInStack.ts";
import { ownersFromFiles } from "./owners.ts";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "aw-owners-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function driftIn(file: string): DriftInStack {
  const stack = aStack();
  const drift = aDrift(stack.id, { found: { data: { source: { file, line: 1 } } } });
  return { drift, stack, labelSet: 1 as never, regions: [] };
}

function repository(name: string): string {
  const folder = join(root, name);
  mkdirSync(join(folder, ".git"), { recursive: true });
  mkdirSync(join(folder, "infra/net"), { recursive: true });
  return folder;
}

it("are those of the file that declares the resource, from its repository's root", async () => {
  const folder = repository("one");
  mkdirSync(join(folder, ".github"));
  writeFileSync(join(folder, ".github/CODEOWNERS"), "* @all\n/infra/net/ @net\n");
  writeFileSync(join(folder, "CODEOWNERS"), "* @never\n");
  const ownersOf = ownersFromFiles({
    placeOf: () => ({ folder: join(folder, "infra/net") }),
    elapsed: () => 0,
  });
  expect(await ownersOf(driftIn("main.tf"))).toEqual(["@net"]);
  expect(await ownersOf(driftIn("../other.tf"))).toEqual(["@all"]);
  expect(await ownersOf(driftIn("../../../outside.tf"))).toEqual([]);
  const cloned = ownersFromFiles({
    placeOf: () => ({ folder: join(folder, "infra"), root: folder }),
    elapsed: () => 0,
  });
  expect(await cloned(driftIn("net/main.tf"))).toEqual(["@net"]);
});

it("are read again after a while, and of a file outside of the repository nobody is", async () => {
  const folder = repository("two");
  const outside = join(root, "outside");
  writeFileSync(outside, "* @stranger\n");
  symlinkSync(outside, join(folder, "CODEOWNERS"));
  let now = 0;
  const ownersOf = ownersFromFiles({ placeOf: () => ({ folder }), elapsed: () => now });
  expect(await ownersOf(driftIn("main.tf"))).toEqual([]);
  rmSync(join(folder, "CODEOWNERS"));
  writeFileSync(join(folder, "CODEOWNERS"), "[Section] @team\n*.tf\n");
  expect(await ownersOf(driftIn("main.tf"))).toEqual([]);
  now = 60_000;
  expect(await ownersOf(driftIn("main.tf"))).toEqual(["@team"]);
  const nowhere = ownersFromFiles({ placeOf: () => undefined, elapsed: () => 0 });
  expect(await nowhere(driftIn("main.tf"))).toEqual([]);
});

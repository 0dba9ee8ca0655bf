/** States that are none: the message names the file, what is wrong and what to do; nothing is started. */
import { closeSync, ftruncateSync, openSync, readFileSync, rmSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { topic, type Workbench, workbench } from "./workbench.ts";

const VALID = {
  version: 4,
  terraform_version: "1.11.4",
  serial: 1,
  lineage: "x",
  outputs: {},
  resources: [],
};

describe("a state that cannot be read ends the check with status 1, its name, and what to do", () => {
  test.each<[string, string | Buffer, RegExp, string]>([
    ["empty", "", /state\.json.*empty/s, "state_empty"],
    ["not JSON", "resource x {}\n", /state\.json:1:1/, "state_not_json"],
    ["another JSON", '{"hello": [1, 2]}', /state\.json/, "state_not_a_state"],
    ["cut off", JSON.stringify(VALID).slice(0, 60), /state\.json/, "state_truncated"],
    ["of an old version", JSON.stringify({ ...VALID, version: 3 }), /version 3/, "state_version_old"],
    ["of a version to come", JSON.stringify({ ...VALID, version: 5 }), /version 5/, "state_version_new"],
    [
      "encrypted by OpenTofu",
      '{"serial":1,"lineage":"x","meta":{"key_provider.pbkdf2.k":"e30="},"encrypted_data":"AAAA","encryption_version":"v0"}',
      /tofu state pull/,
      "state_encrypted",
    ],
    ["in UTF-16", Buffer.from(`\ufeff${JSON.stringify(VALID)}`, "utf16le"), /state\.json/, "state_encoding"],
  ])("%s", async (_, text, message, code) => {
    const bench = workbench();
    bench.write("state.json", text);
    await expectRefused(bench, ["--state", "state.json"], message, code);
  });

  test("missing", async () => {
    await expectRefused(workbench(), ["--state", "none.tfstate"], /none\.tfstate/, "state_missing");
  });

  test("a folder", async () => {
    const bench = workbench();
    await expectRefused(bench, ["--state", bench.folder], /folder/, "state_is_folder");
  });

  test("larger than can be read at once, found out before anything is read", async () => {
    const bench = workbench();
    const file = openSync(bench.write("huge.tfstate", ""), "w");
    ftruncateSync(file, 8 * 2 ** 30);
    closeSync(file);
    await expectRefused(bench, ["--state", "huge.tfstate"], /huge\.tfstate.*8/s, "state_too_large");
  });

  test("with no state beside the code", async () => {
    const bench = workbench();
    const stack = await bench.stack({ resources: [topic("a")] });
    rmSync(stack.statePath);
    await expectRefused(bench, [stack.dir], /terraform\.tfstate/, "state_missing");
  });

  test("cut off in the middle of a resource", async () => {
    const bench = workbench();
    const stack = await bench.stack({ resources: [topic("a")] });
    bench.write("stack/terraform.tfstate", readFileSync(stack.statePath, "utf8").slice(0, 700));
    await expectRefused(bench, [stack.dir], /terraform\.tfstate/, "state_truncated");
  });
});

async function expectRefused(bench: Workbench, args: readonly string[], message: RegExp, code: string) {
  const { status, stdout, stderr } = await bench.check(args);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toMatch(/^anchorwatch: /);
  expect(stderr).toMatch(message);
  expect(stderr).toContain(`(${code})`);
  // The problem, what to do, and the code.
  expect(stderr.trimEnd().split("\n").length).toBeGreaterThanOrEqual(3);
}

test("a state without resources is in sync with nothing", async () => {
  const bench = workbench();
  bench.write("state.json", JSON.stringify(VALID));
  const { status, report } = await bench.report(["--state", "state.json"]);
  expect({ status, resources: report.coverage["resources"] }).toEqual({ status: 0, resources: 0 });
});

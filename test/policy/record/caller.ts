/** Calls the cloud's API with boto3, which moto brings along: it knows every service, and no client has to be installed for each. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SupportError } from "../../support/error.ts";
import { type Environment, findExecutable } from "../../support/executable.ts";
import { run } from "../../support/run.ts";
import type { Call } from "./case.ts";

export type Answer = { readonly ok: true } | { readonly ok: false; readonly error: string };

/** One after another; one that fails is told, and the others go on. @param folder for the calls, which are left there */
export async function callAll(
  calls: readonly Call[],
  { endpoint, region, folder, env }: { endpoint: string; region: string; folder: string; env: Environment },
): Promise<readonly Answer[]> {
  const python = findExecutable("python3", env);
  if (python === undefined)
    throw new SupportError("moto_failed", "python3 is not on PATH; it comes with moto");
  const file = join(folder, "calls.jsonl");
  writeFileSync(file, calls.map((call) => `${JSON.stringify(call)}\n`).join(""));
  const program = fileURLToPath(new URL("call.py", import.meta.url));
  const ran = await run(python, [program, endpoint, region, file], { cwd: folder, env: { ...env } });
  if (ran.status !== 0)
    throw new SupportError("moto_failed", `boto3 ended with status ${ran.status}:\n${ran.stderr}`);
  return ran.stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Answer);
}

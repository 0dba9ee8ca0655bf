import { cpus, release, totalmem, type } from "node:os";
import process from "node:process";
import type { Machine } from "../support/machine.ts";
import { run } from "../support/run.ts";
import type { Workplace } from "./workplace.ts";

/** On what the figures were taken: one line for each thing. */
export async function surroundingsOf(
  machine: Machine,
  { env, folder, signal }: Workplace,
  now: Date,
): Promise<readonly string[]> {
  const version = async (program: string | undefined, flag: string) => {
    if (program === undefined) return "none";
    const { stdout, stderr } = await run(program, [flag], { cwd: folder, env: { ...env }, signal });
    return `${stdout}${stderr}`.split("\n")[0]?.replace(/^.*?v?([0-9]+\.[0-9.]+).*$/, "$1") ?? "unknown";
  };
  const processors = cpus();
  return [
    `${now.toISOString().slice(0, 10)}`,
    `${processors.length} cores (${processors[0]?.model.trim() ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release()}`,
    `Node ${process.version}, Terraform ${await version(machine.terraform, "version")}, hashicorp/aws ${machine.aws?.version ?? "none"}, moto ${machine.moto === undefined ? "none" : "yes"}`,
  ];
}

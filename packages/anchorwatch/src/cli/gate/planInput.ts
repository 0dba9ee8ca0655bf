/** The plan or the change set that was given. */
import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { shownName } from "../../app/configuration/inside.ts";
import { readRepositoryFile } from "../../app/repositoryFile.ts";
import { readChangeSet } from "../../cloudformation/readChangeSet.ts";
import type { SensitiveRule } from "../../compare/sensitivity.ts";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import type { DeploymentPlan } from "../../domain/plannedChange.ts";
import { binaryPlan } from "../../terraform/plan/planDocument.ts";
import { readTerraformPlan } from "../../terraform/plan/readPlan.ts";
import type { Surroundings } from "../surroundings.ts";
import type { GateFlags } from "./gateFlags.ts";

/** Bytes. Plans of thousands of resources take some dozens of megabytes; what is read takes a multiple of that as memory. */
const LARGEST = 256 * 1024 * 1024;

/** Undefined: none was given. @throws AnchorwatchError `gate_plan_unreadable`, `gate_plan_invalid`, `gate_plan_incomplete` */
export async function givenPlan(
  { plan, changeSet }: Pick<GateFlags, "plan" | "changeSet">,
  sensitive: readonly SensitiveRule[],
  surroundings: Surroundings,
): Promise<DeploymentPlan | undefined> {
  if (plan !== undefined && changeSet !== undefined) {
    throw new AnchorwatchError(
      "gate_plan_invalid",
      "A plan and a change set were given; they are of different stacks",
      {
        hint: "Ask the gate about one after the other.",
      },
    );
  }
  if (plan !== undefined) {
    const { text, name } = await textOf(plan, surroundings);
    return readTerraformPlan(text, name, sensitive);
  }
  if (changeSet === undefined) return undefined;
  const { text, name } = await textOf(changeSet, surroundings);
  return readChangeSet(text, name);
}

async function textOf(
  given: string,
  surroundings: Surroundings,
): Promise<{ readonly text: string; readonly name: string }> {
  if (given === "-") return { text: await inputText(surroundings), name: INPUT };
  const { workingDirectory } = surroundings;
  const path = resolve(workingDirectory, given);
  const name = shownName(path, workingDirectory);
  const read = await readRepositoryFile(path, LARGEST);
  if (read.ok) return { text: read.text, name };
  const begins = isNotText(read.cause) ? await beginningOf(path) : "";
  // Its message says how to make one.
  if (begins.startsWith("PK")) throw binaryPlan(name);
  const why = /^(?:\u00ff\u00fe|\u00fe\u00ff)/.test(begins)
    ? "it is UTF-16, as Windows PowerShell writes what > redirects, and JSON is UTF-8"
    : read.why;
  throw unreadable(name, why, read.cause);
}

const INPUT = "the input";

async function inputText({ readInput }: Pick<Surroundings, "readInput">): Promise<string> {
  try {
    return await readInput();
  } catch (cause) {
    throw unreadable(INPUT, messageOf(cause), cause);
  }
}

function unreadable(name: string, why: string, cause: unknown): AnchorwatchError {
  return new AnchorwatchError("gate_plan_unreadable", `${name} cannot be read: ${why}`, {
    hint: "Make it with: terraform show -json PLAN > plan.json",
    location: { file: name },
    cause,
  });
}

function isNotText(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "ERR_ENCODING_INVALID_ENCODED_DATA";
}

/** Bytes as characters. */
async function beginningOf(path: string): Promise<string> {
  await using handle = await open(path, "r");
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
  return buffer.toString("latin1", 0, bytesRead);
}

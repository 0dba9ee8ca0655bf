/** `anchorwatch gate`: what is asked, who is asked, and what is said of it. */
import { basename, dirname, resolve } from "node:path";
import type { LoadedConfiguration } from "../../app/configuration/stackChoice.ts";
import { codePlaces } from "../../app/gate/codePlaces.ts";
import { askGate, type GateAnswer, gateStatus } from "../../app/gate/gate.ts";
import { DEFAULT_GATE, type GateSettings, tightened } from "../../app/gate/gateSettings.ts";
import type { FreezeAnswer, SyncAnswer } from "../../app/gate/stackAnswer.ts";
import { DEFAULT_POLICY, type PolicySettings } from "../../app/policy/rules/policySettings.ts";
import { newStackPolicies, ruleWarning } from "../../app/policy/rules/stackPolicies.ts";
import { looksLikeServer } from "../../client/serverAddress.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { Labels } from "../../domain/labels.ts";
import { operatorsFile } from "../access/operatorsFile.ts";
import { loadNearest } from "../checkRequest.ts";
import { interruptStatus, untilInterrupted } from "../interruption.ts";
import { writeTo } from "../output.ts";
import { formatProblemText, formatWarningText, problemOf } from "../problem.ts";
import { SERVER_VARIABLE } from "../serverFlag.ts";
import type { Surroundings } from "../surroundings.ts";
import { askServer } from "./askServer.ts";
import { harmless } from "./formats/harmless.ts";
import type { GateFlags } from "./gateFlags.ts";
import { ownCheck } from "./ownCheck.ts";
import { givenPlan } from "./planInput.ts";
import { report } from "./report.ts";

/** Resolves to the exit status; every error has been told on stderr by then. */
export async function runGate(
  wanted: string | undefined,
  flags: GateFlags,
  surroundings: Surroundings,
): Promise<number> {
  const outcome = await untilInterrupted(surroundings, (signal) =>
    answered(wanted, flags, surroundings, signal),
  );
  switch (outcome.kind) {
    case "interrupted":
      return interruptStatus(outcome.signal);
    case "done":
      return outcome.value;
    case "failed": {
      const debug = (surroundings.environment["ANCHORWATCH_DEBUG"] ?? "") !== "";
      await writeTo(surroundings.stderr, harmless(formatProblemText(problemOf(outcome.error), debug)));
      return 1;
    }
  }
}

async function answered(
  wanted: string | undefined,
  flags: GateFlags,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<number> {
  assertAsked(flags);
  const { workingDirectory, environment, lasting } = surroundings;
  const loaded = await loadNearest(wanted, flags.config, workingDirectory);
  const place = await placeOf(wanted, flags, loaded, surroundings);
  const plan = await givenPlan(flags, loaded?.configuration.sensitive ?? [], surroundings);
  const known = await knownOf(place, wanted, flags, surroundings, signal);
  const policy = newStackPolicies(() => known.policy).policyFor(loaded?.configuration.policy);
  for (const problem of policy.problems)
    await writeTo(surroundings.stderr, harmless(formatWarningText(ruleWarning(problem))));
  const root = environment["GITHUB_WORKSPACE"] || environment["CI_PROJECT_DIR"] || workingDirectory;
  const answer: GateAnswer = askGate({
    stack: { name: known.name, engine: plan?.engine ?? "terraform", labels: known.labels },
    plan,
    ...{ sync: known.sync, freeze: known.freeze, rules: policy.rules },
    settings: tightened(known.settings, loaded?.configuration.gate),
    sourceOf: await codePlaces({ dir: place.dir, root, environment }),
    now: lasting.clock(),
  });
  await report(answer, flags, surroundings);
  return gateStatus(answer);
}

/** A gate that was asked nothing would say yes to everything. */
function assertAsked({ plan, changeSet, check, server }: GateFlags): void {
  const asksServer = server !== undefined && looksLikeServer(server);
  if (plan !== undefined || changeSet !== undefined || check || asksServer) return;
  throw new AnchorwatchError("gate_nothing_asked", "Nothing was given that the gate could judge", {
    hint: "Give a plan with --plan FILE, or ask whether the stack is in sync with --check or --server URL.",
  });
}

interface Place {
  /** Absolute folder of the root module. */
  readonly dir: string;
  readonly name: string;
}

/** Where the stack is named, a plan needs no folder of code. */
async function placeOf(
  wanted: string | undefined,
  { stack: named }: GateFlags,
  loaded: LoadedConfiguration | undefined,
  { workingDirectory, environment }: Surroundings,
): Promise<Place> {
  const configured = loaded?.configuration.stacks.find(({ name }) => name === named);
  if (wanted === undefined && named !== undefined) {
    const dir =
      configured === undefined || loaded === undefined
        ? workingDirectory
        : resolve(dirname(loaded.path), configured.path);
    return { dir, name: named };
  }
  const { chooseStack } = await import("../../app/configuration/stackChoice.ts");
  const workspace = environment["TF_WORKSPACE"];
  const { dir, stack } = await chooseStack(wanted, loaded, {
    workingDirectory,
    ...(workspace ? { workspace } : {}),
  });
  return { dir, name: named ?? stack?.name ?? basename(dir) };
}

interface Known {
  readonly name: string;
  readonly labels: Labels;
  readonly sync: SyncAnswer;
  readonly freeze: FreezeAnswer;
  readonly settings: GateSettings;
  readonly policy: PolicySettings;
}

async function knownOf(
  place: Place,
  wanted: string | undefined,
  flags: GateFlags,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<Known> {
  const { name } = place;
  const there = await operatorsWord(place, flags, surroundings, signal);
  const here = flags.check ? await ownCheck(wanted, flags, surroundings, signal) : undefined;
  return { name, ...there, sync: here === undefined ? there.sync : joined(there.sync, here) };
}

const NOBODY_ASKED = {
  labels: {},
  settings: DEFAULT_GATE,
  policy: DEFAULT_POLICY,
  sync: { kind: "not_asked" },
  freeze: { kind: "not_asked" },
} as const;

/** A server that cannot be asked is no reason to say yes, and none to keep the rest to oneself. */
async function operatorsWord(
  { name }: Place,
  flags: GateFlags,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<Omit<Known, "name"> & { readonly name?: string }> {
  const { server } = flags;
  if (server === undefined || !looksLikeServer(server)) {
    const isNamed = server !== undefined || (surroundings.environment[SERVER_VARIABLE] ?? "") !== "";
    if (!isNamed) return NOBODY_ASKED;
    const { gate, policy } = await operatorsFile(server, surroundings);
    return { ...NOBODY_ASKED, settings: gate, policy };
  }
  try {
    return await askServer(name, flags, surroundings, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AnchorwatchError)) throw error;
    await writeTo(surroundings.stderr, harmless(formatProblemText(problemOf(error), false)));
    const because = `The server could not be asked: ${error.message}`;
    return {
      ...NOBODY_ASKED,
      sync: { kind: "unknown", because, drifts: [] },
      freeze: { kind: "unknown", because },
    };
  }
}

/** Both were asked: what either saw is there, and what either could not see is unknown. */
function joined(server: SyncAnswer, own: SyncAnswer): SyncAnswer {
  if (server.kind === "not_asked") return own;
  if (own.kind === "not_asked") return server;
  const known = new Set(server.drifts.map(({ address }) => address));
  const drifts = [...server.drifts, ...own.drifts.filter(({ address }) => !known.has(address))];
  if (own.kind === "unknown") return { ...own, drifts };
  return server.kind === "unknown" ? { ...server, drifts } : { ...own, drifts };
}

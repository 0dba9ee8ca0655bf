/** `anchorwatch policy explain DRIFT_ID --server URL`: what the rules there have said of a drift, and by which values. */
import { answerOf } from "../../client/connect.ts";
import type { Classification } from "../../domain/classification.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { JsonValue } from "../../domain/jsonValue.ts";
import type { PolicyExplainFlags } from "../policy/explain.ts";
import { type Explained, explainedJson, explainedText } from "../policy/explainReport.ts";
import type { Surroundings } from "../surroundings.ts";
import { connectedServer } from "./namedServer.ts";
import type { Shapes } from "./records.ts";
import { runRemote } from "./run.ts";

/** 0, whatever the rules said. */
export function runExplainDriftThere(
  id: string,
  flags: PolicyExplainFlags,
  surroundings: Surroundings,
): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, paint }) => {
    assertFit(flags);
    const { api } = await connectedServer(flags.server, surroundings);
    const { drift } = await answerOf(api.GET("/api/v1/drifts/{id}", { params: { path: { id } } }));
    const { resource, address, type, verdict, classification } = drift;
    if (classification === undefined)
      throw new AnchorwatchError("policy_subject_missing", `the server has not classified ${id} yet`, {
        hint: "It does so when the stack is checked the next time: anchorwatch check --server URL STACK.",
      });
    const explained: readonly Explained[] = [
      {
        facts: { resource: { address, type, id: address === "" ? resource : "" }, verdict },
        classification: classificationOf(classification),
        outcomes: [],
      },
    ];
    await say(
      flags.format === "json" ? explainedJson(explained, false) : explainedText(explained, false, paint),
    );
    return 0;
  });
}

/** The server keeps what fired and the values that those rules read, never the whole resource. */
function assertFit({ all, resource, config }: PolicyExplainFlags): void {
  const unfit = all
    ? "--all"
    : resource !== undefined
      ? "--resource"
      : config === undefined
        ? ""
        : "--config";
  if (unfit === "") return;
  throw new AnchorwatchError(
    "server_flag_unfit",
    `${unfit} is about a saved check, not a drift of a server`,
    {
      hint: "Leave it out. The server keeps what fired, and not what rules that said no have looked at.",
    },
  );
}

function classificationOf({ againAt, ...said }: Shapes["Classification"]): Classification {
  const seen = <T extends { values: readonly { expression: string; value: unknown }[] }>(one: T) => ({
    ...one,
    values: one.values.map(({ expression, value }) => ({ expression, value: value as JsonValue })),
  });
  return {
    ...said,
    rules: said.rules.map(seen),
    adjustments: said.adjustments.map(seen),
    ...(againAt === undefined ? {} : { againAt: new Date(againAt) }),
  };
}

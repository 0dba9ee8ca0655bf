import { explanationJson } from "../../app/access/explanationJson.ts";
import { whyPipelineBarred } from "../../app/access/mayComeIn.ts";
import { questionOf } from "../../app/access/question.ts";
import { createAuthorizer } from "../../auth/authorize/authorizer.ts";
import { explain } from "../../auth/authorize/explain.ts";
import { escapeJson } from "../../domain/escape.ts";
import { wantsColour } from "../formats/palette.ts";
import { ledgerPaint } from "../ledger/paint.ts";
import { writeReport } from "../output.ts";
import type { Surroundings } from "../surroundings.ts";
import { askedOf } from "./askedOf.ts";
import { explanationText } from "./explanationText.ts";
import { type AskingFlags, askingOf, resourceNamed } from "./namedAsking.ts";
import { operatorsFile } from "./operatorsFile.ts";

export interface ExplainFlags extends AskingFlags {
  readonly server?: string;
  readonly format: "text" | "json";
  readonly color: boolean;
}

/** `anchorwatch access explain`: 0 allowed, 2 denied. */
export async function explainAccess(
  [user, action, resource]: readonly [string, string, string],
  flags: ExplainFlags,
  surroundings: Surroundings,
): Promise<number> {
  const { stdout, environment } = surroundings;
  const named = resourceNamed(resource);
  const configuration = await operatorsFile(flags.server, surroundings);
  const { access } = configuration;
  const who = askingOf(user, flags, access.assignments);
  const question = questionOf(action, await askedOf(named, configuration));
  const barred = who.kind === "workload" ? whyPipelineBarred(who.id, access) : undefined;
  const explained = explain(createAuthorizer(access.policies), who, question);
  const explanation = explanationJson(who, question, explained, barred);
  await writeReport(
    stdout,
    flags.format === "json"
      ? `${escapeJson(JSON.stringify(explanation, null, 2))}\n`
      : explanationText(explanation, resource, ledgerPaint(wantsColour(stdout, environment, flags.color))),
  );
  return explanation.allowed ? 0 : 2;
}

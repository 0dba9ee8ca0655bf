/** `anchorwatch config show`: what the operator's file of a server makes it do, as it is in force. */
import { stringify } from "yaml";
import { answerOf } from "../../client/connect.ts";
import { escapeLines, escapeText } from "../../domain/escape.ts";
import type { LedgerPaint } from "../ledger/paint.ts";
import type { Surroundings } from "../surroundings.ts";
import { connectedServer } from "./namedServer.ts";
import type { Shapes } from "./records.ts";
import { type RemoteFlags, runRemote } from "./run.ts";
import { ageText, factsText } from "./table.ts";

type InForce = Shapes["ConfigurationInForce"];

export function runConfigShow(flags: RemoteFlags, surroundings: Surroundings): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson, paint, now }) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const inForce = await answerOf(api.GET("/api/v1/configuration"));
    await (flags.format === "json" ? sayJson(inForce) : say(inForceText(inForce, paint, now)));
    return 0;
  });
}

function inForceText(
  { configuration: { file, inForceSince, refused }, settings, atNextStart }: InForce,
  paint: LedgerPaint,
  now: Date,
): string {
  const facts = factsText(
    [
      ["file", file ?? "none"],
      ["in force", `since ${ageText(inForceSince, now)} (${inForceSince})`],
      [
        "at next start",
        atNextStart.length === 0 ? undefined : { text: atNextStart.join(", "), tone: "doubtful" },
      ],
      ["refused", refused && { text: `the file as it is now, ${ageText(refused.at, now)}`, tone: "bad" }],
    ],
    paint,
  );
  const problems = (refused?.problems ?? []).map(problemLine);
  return `${facts}${problems.join("")}\n${escapeLines(stringify(settings)).join("\n")}`;
}

function problemLine({
  message,
  file,
  line,
  column,
}: NonNullable<InForce["configuration"]["refused"]>["problems"][number]): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(":");
  return `    ${escapeText(place === "" ? message : `${place}: ${message}`)}\n`;
}

/** `anchorwatch status`: how a server is, on one screen. */
import { answerOf } from "../../client/connect.ts";
import type { LedgerPaint } from "../ledger/paint.ts";
import type { Surroundings } from "../surroundings.ts";
import { connectedServer } from "./namedServer.ts";
import type { Shapes } from "./records.ts";
import { type RemoteFlags, runRemote } from "./run.ts";
import { ageText, type Cell, factsText } from "./table.ts";

type Status = Awaited<ReturnType<typeof statusOf>>;

export function runStatus(flags: RemoteFlags, surroundings: Surroundings): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson, paint, now }) => {
    const client = await connectedServer(flags.server, surroundings);
    const status = await statusOf(client);
    await (flags.format === "json" ? sayJson(status) : say(statusText(client.server, status, paint, now)));
    return 0;
  });
}

function statusOf({ api }: Pick<Awaited<ReturnType<typeof connectedServer>>, "api">) {
  return answerOf(api.GET("/api/v1/status"));
}

function statusText(server: string, status: Status, paint: LedgerPaint, now: Date): string {
  const { stacks, openDrifts, openClaims, installation, version, startedAt } = status;
  const failed = stacks.failed > 0 ? [`${stacks.failed} failed`] : [];
  const counts = [`${stacks.ok} ok`, ...failed, `${stacks.new} new`, `${stacks.gone} gone`].join(", ");
  return factsText(
    [
      ["server", { text: server, tone: "strong" }],
      ["version", `${version}, started ${ageText(startedAt, now)}`],
      ["stacks", stacks.failed > 0 ? { text: counts, tone: "bad" } : counts],
      ["open drifts", openDrifts > 0 ? { text: String(openDrifts), tone: "doubtful" } : "none"],
      ...weightRows(status),
      [
        "claims",
        openClaims > 0
          ? { text: `${openClaims} pairs of stacks have the same resources`, tone: "bad" }
          : undefined,
      ],
      ...(installation === undefined ? [] : installationRows(installation, now)),
    ],
    paint,
  );
}

/** The severest first; what is silenced is not among them, and is said. */
function weightRows({ drifts, openDrifts }: Status): readonly (readonly [string, Cell | undefined])[] {
  if (openDrifts === 0) return [];
  const { critical, high, medium, low, info } = drifts.severities;
  const told = Object.entries({ critical, high, medium, low, info }).filter(([, count]) => count > 0);
  const parts = told.map(([name, count]) => `${count} ${name}`);
  const text = parts.length === 0 ? "none that anybody is told of" : parts.join(", ");
  return [
    ["severity", critical + high > 0 ? { text, tone: "bad" } : text],
    ["security", drifts.classes.security > 0 ? String(drifts.classes.security) : undefined],
    ["excepted", drifts.excepted > 0 ? `${drifts.excepted} that an exception silences` : undefined],
    ["unclassified", drifts.unclassified > 0 ? String(drifts.unclassified) : undefined],
  ];
}

function installationRows(
  { configuration, outbox, queues }: NonNullable<Status["installation"]>,
  now: Date,
): readonly (readonly [string, Cell | undefined])[] {
  const waiting = Object.entries(queues).filter(([, jobs]) => jobs > 0);
  return [
    ["configuration", configurationCell(configuration, now)],
    [
      "ledger",
      outbox.entries > 0
        ? `${outbox.entries} entries wait, the oldest since ${ageText(outbox.oldestAt, now)}`
        : "up to date",
    ],
    [
      "waiting",
      waiting.length === 0 ? undefined : waiting.map(([name, jobs]) => `${name} ${jobs}`).join(", "),
    ],
  ];
}

function configurationCell(configuration: Shapes["Configuration"], now: Date): Cell {
  const age = `in force since ${ageText(configuration.inForceSince, now)}`;
  return configuration.refused === undefined
    ? age
    : {
        text: `${age}; the file as it is now was refused: ${configuration.refused.problems[0]?.message ?? ""}`,
        tone: "bad",
      };
}

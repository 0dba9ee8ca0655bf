/** How bad something is, in a list. */
import type { Shapes } from "./records.ts";
import type { Cell } from "./table.ts";

const EXCEPTED = { accept: "accepted", ignore: "ignored" } as const;

type Judged = Pick<Shapes["Drift"], "classification" | "excepted">;

/** What nobody is told of is said to be so: it is open all the same. */
export function weightCell({ classification, excepted }: Judged): Cell {
  if (classification === undefined) return { text: "?", tone: "quiet" };
  const { class: ofClass, severity, isComplete } = classification;
  const text = `${severity}${isComplete ? "" : "?"} ${ofClass}`;
  if (excepted !== undefined) return { text: `${text}, ${EXCEPTED[excepted.kind]}`, tone: "quiet" };
  return severity === "critical" || severity === "high" ? { text, tone: "bad" } : text;
}

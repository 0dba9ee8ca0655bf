/** What the benchmark says: tables of figures, and goals with whether they were reached. */

export interface Goal {
  /** `5 times faster with a warm cache`. */
  readonly text: string;
  /** What came out, `6.3 times`. */
  readonly measured: string;
  readonly reached: boolean;
}

export interface Section {
  readonly title: string;
  /** One sentence on what was done. */
  readonly about: string;
  /** The first row is the head. */
  readonly table: readonly (readonly string[])[];
  readonly goals: readonly Goal[];
}

/** A goal "at least": reached when the ratio is no smaller. */
export function atLeast(text: string, ratio: number, wanted: number): Goal {
  return { text, measured: `${ratio.toFixed(2)} times`, reached: ratio >= wanted };
}

/** A goal "at most", by figures that are written as `show` does. */
export function atMost(text: string, value: number, wanted: number, show: (value: number) => string): Goal {
  return { text, measured: show(value), reached: value <= wanted };
}

/** For a terminal. */
export function formatText({ title, about, table, goals }: Section): string {
  const lines = [title, about, "", ...aligned(table).map((cells) => `  ${cells.join("  ").trimEnd()}`), ""];
  const marked = goals.map(
    ({ text, measured, reached }) => `  ${reached ? "reached" : "MISSED "}  ${text}: ${measured}`,
  );
  return [...lines, ...marked, ""].join("\n");
}

/** For `docs/benchmarks.md`. */
export function formatMarkdown({ title, about, table, goals }: Section): string {
  const [head = [], ...rows] = aligned(table);
  const rule = head.map((cell) => "-".repeat(cell.length));
  const lines = [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  const list = goals.map(({ text, measured, reached }) => {
    return `- ${text}: **${measured}**${reached ? "" : " (missed)"}`;
  });
  const parts = [`## ${title}`, about, lines.join("\n"), ...(list.length > 0 ? [list.join("\n")] : [])];
  return parts.join("\n\n");
}

function aligned(table: Section["table"]): readonly (readonly string[])[] {
  const widths: number[] = [];
  for (const row of table) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  return table.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)));
}

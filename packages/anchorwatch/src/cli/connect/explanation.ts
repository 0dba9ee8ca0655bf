/** Every permission as a table: what, why, and what happens without it. */

import type { SensitiveService } from "../../app/connect/catalogue/service.ts";
import { wrap } from "../../app/connect/documents/tree.ts";
import type { ExplainedPermission } from "../../app/connect/explain.ts";
import type { LedgerPaint } from "../ledger/paint.ts";

/** Narrower than this no table can be read. */
const NARROWEST = 90;
const WIDEST = 160;

export function explanationText(
  permissions: readonly ExplainedPermission[],
  leftOut: readonly SensitiveService[],
  paint: LedgerPaint,
  columns: number,
): string {
  const total = Math.min(Math.max(columns, NARROWEST), WIDEST) - 6;
  const widths = [
    Math.floor(total * 0.36),
    Math.floor(total * 0.38),
    total - Math.floor(total * 0.74),
  ] as const;
  const owners = [...new Set(permissions.map(({ who }) => who))];
  const tables = owners.map((who) => {
    const rows = permissions.filter((permission) => permission.who === who);
    const head = row([who.toUpperCase(), "WHY", "WITHOUT IT"], widths).map(paint.strong);
    return [...head, ...rows.flatMap((permission) => permissionRow(permission, widths, paint))].join("\n");
  });
  if (leftOut.length > 0) tables.push(leftOutTable(leftOut, widths, paint));
  return `${tables.join("\n\n")}\n`;
}

type Widths = readonly [number, number, number];

function permissionRow(
  { effect, actions, resources, why, without }: ExplainedPermission,
  widths: Widths,
  paint: LedgerPaint,
): readonly string[] {
  const on =
    resources.length === 0 || resources.includes("*") ? "" : ` on ${resources.map(shownResource).join(", ")}`;
  const what = `${effect === "Deny" ? "never " : ""}${actions.join(", ")}${on}`;
  const lines = row([what, why, sentence(without)], widths);
  return effect === "Deny" ? lines.map(paint.quiet) : lines;
}

function leftOutTable(services: readonly SensitiveService[], widths: Widths, paint: LedgerPaint): string {
  const head = row(["LEFT OUT", "IT WOULD HAND OUT", "WITHOUT IT THESE ARE UNKNOWN"], widths).map(
    paint.strong,
  );
  const rows = services.flatMap(({ id, actions, reveals, why }) =>
    row([`--services default,${id}: ${actions.join(", ")}`, reveals, why], widths),
  );
  return [...head, ...rows].join("\n");
}

/** References in the words of people. */
function shownResource(resource: string): string {
  return resource === "${queue.arn}" ? "its queue" : resource === "${rule.arn}" ? "its rule" : resource;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function row(texts: readonly [string, string, string], widths: Widths): readonly string[] {
  const cells = texts.map((text, at) => pieces(text, widths[at] ?? 0));
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    cells
      .map((lines, at) => (lines[line] ?? "").padEnd(widths[at] ?? 0))
      .join("   ")
      .trimEnd(),
  );
}

/** ARNs are longer than a column. */
function pieces(text: string, width: number): readonly string[] {
  return wrap(text, width).flatMap((line) =>
    Array.from({ length: Math.max(1, Math.ceil(line.length / width)) }, (_, at) =>
      line.slice(at * width, (at + 1) * width),
    ),
  );
}

/** Writes `docs/errors.md` from the registries of error codes. A test fails while the page is out of date. */
import { writeFileSync } from "node:fs";
import { ERROR_CODES as PRODUCT } from "../packages/anchorwatch/src/domain/error-codes.ts";
import { REASON_CODES } from "../packages/anchorwatch/src/domain/reason-codes.ts";
import { ERROR_CODES as PROVIDER } from "../packages/tfprovider/src/error-codes.ts";
import { ERROR_CODES as TLOG } from "../packages/tlog/src/error-codes.ts";

const page = new URL("../docs/errors.md", import.meta.url);

const sections = [
  ["Errors of a check", PRODUCT],
  ["Errors of providers (`tfprovider`)", PROVIDER],
  ["Errors of transparency logs (`tlog`)", TLOG],
  ["Reasons why a resource is `unknown` or `not_checked`", REASON_CODES],
] as const;

/** The page, before it is formatted. */
export const errorsPage = [
  "# Error codes",
  "",
  "Codes are stable: scripts may rely on them. This page is made from the registries by `npm run docs`.",
  ...sections.flatMap(([title, codes]) => ["", `## ${title}`, "", ...rows(codes)]),
  "",
].join("\n");

function rows(codes: Readonly<Record<string, string>>): string[] {
  const sorted = Object.entries(codes).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    "| code | meaning |",
    "| --- | --- |",
    ...sorted.map(([code, meaning]) => `| \`${code}\` | ${meaning.replaceAll("|", "\\|")} |`),
  ];
}

if (import.meta.main) writeFileSync(page, errorsPage);

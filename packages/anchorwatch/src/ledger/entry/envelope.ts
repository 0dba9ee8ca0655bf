/** The form that every entry has, whatever its kind, and what is said when one does not have it. */
import { z } from "zod";
import { AnchorwatchError } from "../../domain/errors.ts";
import { formatPath } from "../../domain/path.ts";
import type { EntryInput } from "./form.ts";
import { digest, text, timestamp } from "./kinds/members.ts";
import type { KindRegistry } from "./kinds/registry.ts";

const VISIBLE_ASCII = /^[!-~]{1,128}$/;
/** `drift.opened`: a noun and what became of it, so that a prefix is a theme. */
const KIND = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/;

export const envelope = z.strictObject({
  id: z.string().regex(VISIBLE_ASCII, "1 to 128 visible ASCII characters"),
  kind: z.string().max(100).regex(KIND, "a kind such as drift.opened"),
  time: timestamp,
  actor: z.strictObject({
    type: z.enum(["actor", "user", "system"]),
    id: text,
    name: text.optional(),
    channel: text.optional(),
    sourceAddress: text.optional(),
  }),
  stack: z
    .strictObject({ name: text, kind: text, workspace: text.optional(), lineage: text.optional() })
    .optional(),
  address: text.optional(),
  refs: z.array(z.strictObject({ type: text, id: text })).optional(),
  // Whether these are JSON, writing them tells.
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  data: z.looseObject({}),
  content: z.array(z.strictObject({ digest, bytes: z.int().min(0), mediaType: text, role: text })).optional(),
});

/** @throws AnchorwatchError `ledger_entry_invalid`, naming the failing path */
export function assertValid(input: EntryInput, kinds: KindRegistry): void {
  const whole = envelope.safeParse(input);
  if (!whole.success) throw invalid(input, whole.error, []);
  const kind = Object.hasOwn(kinds, input.kind) ? kinds[input.kind] : undefined;
  if (kind === undefined) throw unknownKind(input, kinds);
  const data = kind.schema.safeParse(input.data);
  if (!data.success) throw invalid(input, data.error, ["data"]);
}

function unknownKind({ id, kind }: EntryInput, kinds: KindRegistry): AnchorwatchError {
  return new AnchorwatchError(
    "ledger_entry_invalid",
    `The entry ${id} cannot be written to the ledger: kind: “${kind}” is none that this version writes`,
    { hint: `Known are ${Object.keys(kinds).join(", ")}.` },
  );
}

function invalid(
  { id, kind }: EntryInput,
  { issues }: z.ZodError,
  base: readonly string[],
): AnchorwatchError {
  const issue = deepest(issues[0]);
  const steps = (issue?.path ?? []).map((step) => (typeof step === "number" ? step : String(step)));
  const where = formatPath([...base, ...steps]) || "the entry";
  return new AnchorwatchError(
    "ledger_entry_invalid",
    `The entry ${String(kind)} with id ${String(id)} cannot be written to the ledger: ${where}: ${describe(issue)}`,
    { hint: "Correct that member; the entry was not written." },
  );
}

/** Where a value fits none of several forms: the place that fails deepest, in the form that is meant most likely. */
function deepest(issue: z.core.$ZodIssue | undefined): z.core.$ZodIssue | undefined {
  if (issue?.code !== "invalid_union") return issue;
  let found = issue as z.core.$ZodIssue;
  for (const [first] of issue.errors) {
    const inner = deepest(first);
    if (inner === undefined || inner.path.length === 0) continue;
    const path = [...issue.path, ...inner.path];
    if (path.length > found.path.length) found = { ...inner, path };
  }
  return found;
}

function describe(issue: z.core.$ZodIssue | undefined): string {
  switch (issue?.code) {
    case "invalid_type":
      return `expected ${TYPES[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `expected ${issue.values.map(String).join(" or ")}`;
    case "unrecognized_keys":
      return `there is no member “${issue.keys.join("”, “")}” in this kind of entry`;
    case "too_small":
      return issue.origin === "string" ? "expected some text" : `expected at least ${issue.minimum}`;
    case "too_big":
      return `expected at most ${issue.maximum}${issue.origin === "string" ? " characters" : ""}`;
    case "invalid_format":
    case "custom":
      return `expected ${issue.message}`;
    default:
      return "it has none of the forms that it may have";
  }
}

const TYPES: Readonly<Record<string, string>> = {
  array: "a list",
  int: "a whole number",
  number: "a number",
  object: "an object",
  record: "an object",
  string: "text",
  boolean: "true or false",
};

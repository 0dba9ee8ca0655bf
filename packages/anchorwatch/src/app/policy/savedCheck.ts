/** A check that was saved as JSON → what rules are told of its drifts. Whole values are not in it: only what changed is known. */
import { z } from "zod";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { JsonValue } from "../../domain/jsonValue.ts";
import { formatPath, type Path } from "../../domain/path.ts";
import type { ChangeFacts, DriftFacts } from "../../policy/facts.ts";

const VERDICTS = ["changed", "deleted", "unmanaged", "absorbed"] as const;

const step = z.union([
  z.string(),
  z.number(),
  z.object({ json: z.array(z.union([z.string(), z.number()])) }),
]);

const savedCheckSchema = z.object({
  schema: z.literal("anchorwatch.check/v1"),
  stack: z.object({ name: z.string(), kind: z.enum(["terraform", "cloudformation"]) }),
  finishedAt: z.iso.datetime(),
  resources: z.array(
    z.object({
      address: z.string().optional(),
      type: z.string(),
      provider: z.string().optional(),
      id: z.string().optional(),
      verdict: z.string(),
      source: z.object({ file: z.string(), line: z.number() }).optional(),
      changes: z
        .array(
          z.object({
            path: z.array(step),
            op: z.enum(["replace", "add", "remove"]),
            recorded: z.unknown().optional(),
            live: z.unknown().optional(),
            element: z.unknown().optional(),
            sensitive: z.boolean().optional(),
            settable: z.boolean(),
            ignoredBy: z.string().optional(),
            informational: z.boolean().optional(),
          }),
        )
        .optional(),
    }),
  ),
});

type SavedResource = z.infer<typeof savedCheckSchema>["resources"][number];

/** @param file how it is called in messages. @throws AnchorwatchError `policy_subject_missing` */
export function readSavedCheck(text: string, file: string): readonly DriftFacts[] {
  const checked = savedCheckSchema.safeParse(parsed(text, file));
  if (!checked.success) {
    const [issue] = checked.error.issues;
    throw notSaved(file, `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "another form"}`);
  }
  const { stack, finishedAt, resources } = checked.data;
  const now = new Date(finishedAt);
  return resources.flatMap((resource): DriftFacts[] => {
    const verdict = VERDICTS.find((one) => one === resource.verdict);
    if (verdict === undefined) return [];
    return [
      {
        stack: { name: stack.name, engine: stack.kind, labels: {} },
        resource: resourceOf(resource),
        verdict,
        recorded: {},
        live: {},
        isCut: true,
        changes: (resource.changes ?? []).flatMap((change) =>
          change.informational === true ? [] : [changeOf(change)],
        ),
        events: [],
        openedAt: now,
        now,
        others: [],
      },
    ];
  });
}

function resourceOf({
  address = "",
  type,
  provider = "",
  id = "",
  source,
}: SavedResource): DriftFacts["resource"] {
  const module = /^((?:module\.[^.[]+(?:\[[^\]]*\])?\.?)+)/.exec(address)?.[1]?.replace(/\.$/, "") ?? "";
  return { address, module, type, provider, id, ...source };
}

function changeOf(change: NonNullable<SavedResource["changes"]>[number]): ChangeFacts {
  const { op, recorded, live, element, sensitive = false, settable, ignoredBy } = change;
  const path = change.path as Path;
  const [first] = path;
  return {
    path: formatPath(path),
    attribute: typeof first === "string" ? first : "",
    op,
    ...(recorded === undefined ? {} : { recorded: recorded as JsonValue }),
    ...(live === undefined ? {} : { live: live as JsonValue }),
    ...(element === undefined ? {} : { element: element as JsonValue }),
    sensitive,
    settable,
    ignored: ignoredBy !== undefined,
  };
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw notSaved(file, error.message);
    throw error;
  }
}

function notSaved(file: string, why: string): AnchorwatchError {
  return new AnchorwatchError("policy_subject_missing", `${file} is no check that was saved: ${why}`, {
    hint: "Save one with: anchorwatch check --format json --output FILE",
    location: { file },
  });
}

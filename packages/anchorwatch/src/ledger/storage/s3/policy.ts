/** Statements of a bucket's policy by which anybody could harm a log. Only what is certain: no engine of policies. */
import { z } from "zod";

const one = z.union([z.string(), z.array(z.string())]);
const statement = z.object({
  Effect: z.string(),
  Principal: z.union([z.string(), z.record(z.string(), one)]).optional(),
  Action: one.optional(),
  Condition: z.unknown().optional(),
});
const document = z.object({ Statement: z.union([statement, z.array(statement)]) });

const HARMFUL = [
  "s3:DeleteObject",
  "s3:DeleteObjectVersion",
  "s3:PutObject",
  "s3:PutBucketVersioning",
  "s3:PutLifecycleConfiguration",
  "s3:PutBucketPolicy",
];

/** The first harmful action that the policy allows to everybody without a condition, as it is written there. */
export function allowsAnybody(policy: string): string | undefined {
  const parsed = document.safeParse(parse(policy));
  if (!parsed.success) return undefined; // S3 refuses what is no policy; what we cannot read we do not judge
  for (const { Effect, Principal, Action, Condition } of [parsed.data.Statement].flat()) {
    if (Effect !== "Allow" || Condition !== undefined || !isAnybody(Principal)) continue;
    const harmful = [Action ?? []].flat().find((action) => HARMFUL.some((known) => matches(action, known)));
    if (harmful !== undefined) return harmful;
  }
  return undefined;
}

function isAnybody(principal: z.infer<typeof statement>["Principal"]): boolean {
  if (principal === undefined || typeof principal === "string") return principal === "*";
  return [principal["AWS"] ?? []].flat().includes("*");
}

function matches(pattern: string, action: string): boolean {
  const parts = pattern.toLowerCase().split("*");
  const [first = "", ...rest] = parts;
  let remaining = action.toLowerCase();
  if (!remaining.startsWith(first)) return false;
  remaining = remaining.slice(first.length);
  for (const [index, part] of rest.entries()) {
    if (index === rest.length - 1 && !remaining.endsWith(part)) return false;
    const at = remaining.indexOf(part);
    if (at < 0) return false;
    remaining = remaining.slice(at + part.length);
  }
  return rest.length > 0 || remaining === "";
}

function parse(policy: string): unknown {
  try {
    return JSON.parse(policy);
  } catch {
    return undefined; // judged above
  }
}

/** The text of policies → policies one by one, or every problem with its line. */
import {
  type DetailedError,
  type PolicyJson,
  policySetTextToParts,
  policyToJson,
  validate,
} from "@cedar-policy/cedar-wasm/nodejs";
import { AnchorwatchError, messageOf, type Warning } from "../../domain/errors.ts";
import { CEDAR_SCHEMA } from "./cedarSchema.ts";
import { misleadingNames } from "./misleadingNames.ts";
import { type NamedInPolicy, namedInPolicy } from "./namedInPolicy.ts";
import type { Policy } from "./policy.ts";
import type { PolicyFile } from "./policyFile.ts";
import { tooBigPolicies } from "./policySize.ts";
import { placeOfByte, placeOfIndex, type TextPlace, withoutComments } from "./textPlace.ts";

const MOST_POLICIES = 1000;
const MOST_CHARACTERS = 1_000_000;

export interface ParsedPolicy extends Policy {
  readonly named: NamedInPolicy;
  readonly json: PolicyJson;
}

export interface ParsedPolicies {
  /** Only those of files without a problem. */
  readonly policies: readonly ParsedPolicy[];
  readonly problems: readonly Warning[];
  readonly warnings: readonly Warning[];
}

interface Part {
  readonly text: string;
  /** In the file, in UTF-16 code units. */
  readonly index: number;
  readonly place: TextPlace;
  readonly json: PolicyJson;
}

/** Each policy is checked against the schema in Cedar's strict mode: what could fail later is a problem now. */
export function parsePolicies(file: PolicyFile, origin: Policy["origin"]): ParsedPolicies {
  const problem = (place: TextPlace | undefined, message: string, hint?: string): Warning => ({
    code: "config_invalid",
    message,
    location: { file: file.name, ...place },
    ...(hint === undefined ? {} : { hint }),
  });
  const failed = (problems: readonly Warning[]) => ({ policies: [], problems, warnings: [] });
  if (file.text.length > MOST_CHARACTERS)
    return failed([
      problem(undefined, `policies may have ${MOST_CHARACTERS} characters, found ${file.text.length}`),
    ]);
  const tooBig = tooBigPolicies(file.text);
  if (tooBig.length > 0)
    return failed(
      tooBig.map(({ place, message }) => problem(place, message, "Make several policies of it.")),
    );
  const split = policySetTextToParts(file.text);
  if (split.type === "failure")
    return failed(split.errors.flatMap((error) => syntaxProblems(error, file.text, problem)));
  if (split.policy_templates.length > 0)
    return failed([
      problem(
        undefined,
        "expected policies, found a template (?principal or ?resource)",
        "Name the role, group or user.",
      ),
    ]);
  if (split.policies.length > MOST_POLICIES)
    return failed([
      problem(undefined, `expected at most ${MOST_POLICIES} policies, found ${split.policies.length}`),
    ]);
  const parts = partsOf(file.text, split.policies);
  const policies = parts.map((part, position) => policyOf(part, position, file.name, origin));
  const misled = policies.flatMap((policy, position) =>
    misleadingNames(policy.named).map(({ message, hint }) =>
      problem(parts[position]?.place, `policy “${policy.id}”: ${message}`, hint),
    ),
  );
  const found = validated(file.text, policies, parts, problem);
  const problems = [...misled, ...found.problems];
  return problems.length > 0
    ? { policies: [], problems, warnings: found.warnings }
    : { policies, problems, warnings: found.warnings };
}

type Report = (place: TextPlace | undefined, message: string, hint?: string) => Warning;

function syntaxProblems(error: DetailedError, text: string, problem: Report): readonly Warning[] {
  const source = error.sourceLocations?.[0];
  const place = source === undefined ? undefined : placeOfByte(text, source.start);
  const expected = source?.label == null ? "" : `: ${source.label}`;
  const related = (error.related ?? []).flatMap((other) => syntaxProblems(other, text, problem));
  return [problem(place, `${error.message}${expected}`, hintOf(error)), ...related];
}

function validated(
  text: string,
  policies: readonly ParsedPolicy[],
  parts: readonly Part[],
  problem: Report,
): { readonly problems: readonly Warning[]; readonly warnings: readonly Warning[] } {
  // Numbers as names here: two policies may still claim one id.
  const answer = validate({
    schema: CEDAR_SCHEMA,
    policies: { staticPolicies: Object.fromEntries(parts.map((part, index) => [`${index}`, part.text])) },
    validationSettings: { mode: "strict" },
  });
  if (answer.type === "failure")
    return { problems: answer.errors.map(({ message }) => problem(undefined, message)), warnings: [] };
  const told = ({ policyId, error }: { readonly policyId: string; readonly error: DetailedError }) => {
    const part = parts[Number(policyId)];
    const id = policies[Number(policyId)]?.id ?? policyId;
    const what = error.message.replace(/^for policy `[^`]*`[,:] /, "");
    return problem(placeIn(text, part, error), `policy “${id}”: ${what}`, hintOf(error));
  };
  const problems = distinct(answer.validationErrors.map(told));
  return { problems, warnings: distinct(answer.validationWarnings.map(told)) };
}

/** Once for each line and message: Cedar tells of people and of pipelines apart. */
function distinct(problems: readonly Warning[]): readonly Warning[] {
  const keyed = problems.map((one) => [`${one.location?.line} ${one.location?.column}`, one] as const);
  return [...new Map(keyed).values()];
}

function placeIn(text: string, part: Part | undefined, error: DetailedError): TextPlace | undefined {
  if (part === undefined) return undefined;
  const within = error.sourceLocations?.[0]?.start ?? 0;
  const before = Buffer.from(part.text).subarray(0, within).toString().length;
  return placeOfIndex(text, part.index + before);
}

function hintOf({ help }: DetailedError): string | undefined {
  if (help === null || help === "") return undefined;
  const sentence = `${help.charAt(0).toUpperCase()}${help.slice(1)}`;
  return /[.?!]$/.test(sentence) ? sentence : `${sentence}.`;
}

/** Cedar gives texts as they were written, but neither in their order nor with their places. */
function partsOf(text: string, texts: readonly string[]): readonly Part[] {
  const searched = withoutComments(text);
  const next = new Map<string, number>();
  const parts = texts.map((part) => {
    const wanted = withoutComments(part);
    const index = Math.max(0, searched.indexOf(wanted, next.get(wanted) ?? 0));
    next.set(wanted, index + wanted.length);
    return { text: part, index, place: placeOfIndex(text, index), json: jsonOf(part) };
  });
  return parts.sort((one, other) => one.index - other.index);
}

function policyOf(part: Part, position: number, file: string, origin: Policy["origin"]): ParsedPolicy {
  const { id, means } = part.json.annotations ?? {};
  return {
    id: id === undefined || id === "" ? `${file}#${position + 1}` : id,
    effect: part.json.effect,
    ...(means === undefined || means === "" ? {} : { means }),
    origin,
    ...(origin === "config" ? { source: { file, line: part.place.line } } : {}),
    text: part.text,
    named: namedInPolicy(part.json),
    json: part.json,
  };
}

function jsonOf(text: string): PolicyJson {
  const answer = policyToJson(text);
  if (answer.type === "success") return answer.json;
  throw new AnchorwatchError(
    "internal",
    `a policy that was parsed has no JSON form: ${messageOf(answer.errors[0]?.message)}`,
  );
}

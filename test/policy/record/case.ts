/** The table of cases: what somebody does to a resource of the estate, and which rules have to fire then. */
import { readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import type { JsonValue } from "../../../packages/anchorwatch/src/domain/jsonValue.ts";
import { SupportError } from "../../support/error.ts";

/** One call of the cloud's API, in the words of boto3. */
export interface Call {
  /** `s3` */
  readonly service: string;
  /** `put_bucket_versioning` */
  readonly operation: string;
  /** `<name>` stands for a recorded attribute of the case's resource, `<aws_sns_topic.shared:arn>` for one of another; `$region`: in that region. */
  readonly parameters: { readonly [name: string]: JsonValue };
}

export interface RecordedCase {
  readonly type: string;
  /** Unique within its type. */
  readonly name: string;
  /** What is done, as a sentence. */
  readonly does: string;
  /** `sound`: declared as it should be. `loose`: with everything open, so that it can be put right. */
  readonly of: "sound" | "loose";
  /** The instance in the estate; that of another case where there can be only one in an account. */
  readonly instance: string;
  /** Cases of one instance are recorded one after another. From 1. */
  readonly round: number;
  readonly calls: readonly Call[];
  /** Ids of the rules that fire, and no others. Written by hand. */
  readonly fires: readonly string[];
}

/** As it is written. */
interface CaseText extends Partial<Omit<RecordedCase, "calls">> {
  readonly calls: readonly { readonly [call: string]: Call["parameters"] }[];
}

/** Of all files of `cases/`. @throws where a file is not of that form */
export function readCases(): readonly RecordedCase[] {
  const folder = new URL("cases/", import.meta.url);
  return readdirSync(folder)
    .sort()
    .flatMap((name) => casesOf(readFileSync(new URL(name, folder), "utf8")));
}

/** What the estate's code needs to know: names of instances by type and variant. */
export function instancesOf(cases: readonly RecordedCase[]): Readonly<Record<string, readonly string[]>> {
  const found = new Map<string, Set<string>>();
  for (const { type, of, instance } of cases) {
    const key = `${type}.${of}`;
    found.set(key, (found.get(key) ?? new Set()).add(instance));
  }
  return Object.fromEntries([...found].map(([key, names]) => [key, [...names]]));
}

export function addressOf({ type, of, instance }: Pick<RecordedCase, "type" | "of" | "instance">): string {
  return `${type}.${of}["${instance}"]`;
}

function casesOf(text: string): readonly RecordedCase[] {
  const file = parse(text, { merge: true }) as { readonly [type: string]: readonly CaseText[] };
  return Object.entries(file).flatMap(([type, cases]) => cases.map((one) => caseOf(type, one)));
}

function caseOf(type: string, written: CaseText): RecordedCase {
  const { name = "", does, of = "sound", instance = name, round = 1, fires, calls, ...more } = written;
  const others = Object.keys(more);
  if (!/^[a-z0-9-]{1,24}$/.test(name) || does === undefined || fires === undefined || others.length > 0)
    throw new SupportError(
      "unexpected_output",
      `${type}/${name} is no case; ${others.join(", ") || "a member is missing"}`,
    );
  const called = calls.flatMap((call) => Object.entries(call).map(([name, given]) => callOf(name, given)));
  return { type, name, does, of, instance, round, fires, calls: called };
}

function callOf(name: string, parameters: Call["parameters"]): Call {
  const [service = "", operation] = name.split(".");
  if (operation === undefined)
    throw new SupportError("unexpected_output", `“${name}” is no call; expected service.operation`);
  return { service, operation, parameters };
}

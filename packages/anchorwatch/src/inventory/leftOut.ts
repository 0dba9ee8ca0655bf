/**
 * What AWS itself makes, and what the operator does not want to hear of. Nothing that whoever makes a thing can choose counts: tags that
 * begin with `aws:` and the paths of service roles are AWS's own.
 */
import { type Glob, matchesGlob, parseGlob } from "../compare/glob.ts";
import { OWNERS } from "./owners.ts";
import type { Thing } from "./thing.ts";

/** Why a thing is not told. */
export interface LeftOut {
  /** Stays the same: `default`, `service`, `cloudformation`, `controller`, `operator`. */
  readonly rule: RuleName;
  /** A sentence for people. */
  readonly because: string;
}

export type RuleName = "default" | "service" | "cloudformation" | "controller" | "operator";

/** One of `unmanaged.ignore`: everything that it says must be so. `*` stands for anything. */
export interface IgnoreThings {
  readonly arn?: string;
  /** Of Terraform: `aws_iam_*`. */
  readonly type?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly reason: string;
  /** `anchorwatch.server.yaml:12` */
  readonly origin: string;
}

export type LeavingOut = (thing: Thing) => LeftOut | undefined;

export function leavingOut(ignore: readonly IgnoreThings[]): LeavingOut {
  const operator = ignore.map(compiled);
  return (thing) => operator.map((rule) => rule(thing)).find((found) => found !== undefined) ?? byAws(thing);
}

function byAws({ facts, tags }: Thing): LeftOut | undefined {
  if (facts.includes("service")) return { rule: "service", because: "a service of AWS made it for itself" };
  for (const { tag, what, rule } of OWNERS)
    if (tags[tag] !== undefined) return { rule, because: `it belongs to ${what} ${tags[tag]}` };
  if (facts.includes("default"))
    return { rule: "default", because: "AWS makes it with every account, VPC or group" };
  return undefined;
}

function compiled({ arn, type, tags, reason, origin }: IgnoreThings): LeavingOut {
  const arnGlob = arn === undefined ? undefined : parseGlob(arn);
  const typeGlob = type === undefined ? undefined : parseGlob(type);
  const tagGlobs = Object.entries(tags ?? {}).map(([key, value]): [string, Glob] => [key, parseGlob(value)]);
  return (thing) => {
    const isMeant =
      (arnGlob === undefined || (thing.arn !== undefined && matchesGlob(arnGlob, thing.arn))) &&
      (typeGlob === undefined || matchesGlob(typeGlob, thing.type)) &&
      tagGlobs.every(
        ([key, glob]) => Object.hasOwn(thing.tags, key) && matchesGlob(glob, thing.tags[key] ?? ""),
      );
    return isMeant ? { rule: "operator", because: `${origin}: ${reason}` } : undefined;
  };
}

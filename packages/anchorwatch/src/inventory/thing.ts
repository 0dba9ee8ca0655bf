/** What exists in an account, whoever made it. Nothing here knows of states. */
import type { JsonObject } from "../domain/jsonValue.ts";

/** Of what belongs to no region, such as IAM's and the names of buckets. */
export const GLOBAL = "global";

/** One thing that runs. */
export interface Thing {
  /** As Terraform calls it, `aws_iam_user`; what it has no name for here is called by its ARN: `comprehend:flywheel`. */
  readonly type: string;
  /** By which it is imported. */
  readonly id: string;
  readonly arn?: string;
  /** Source address of the Terraform provider that listed it; absent: AWS told of it. */
  readonly provider?: string;
  /** Stacks that read with the very configuration that listed it: what these call so is it. */
  readonly readBy?: ReadonlySet<string>;
  /** {@link GLOBAL} where it has none. */
  readonly region: string;
  /** What was asked and told of it, `iam`, `ec2 eu-central-1`: see `SurveyedUnit`. */
  readonly unit: string;
  /** What a state that has it as its own would call it. */
  readonly names: readonly ThingName[];
  /** It is a part of that one: a key of a user, a rule of a group. */
  readonly parent?: ThingReference;
  /** The state of its parent tells of it as well: it is only worth telling where no stack has the parent. */
  readonly isSeenWithParent?: boolean;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt?: Date;
  /** What AWS says of where it comes from. */
  readonly facts: readonly ThingFact[];
  /** What it is like, without secrets. */
  readonly attributes: JsonObject;
  /** Names of attributes that make it another thing to worry about when they change. */
  readonly telling: readonly string[];
}

export interface ThingReference {
  readonly type: string;
  readonly id: string;
}

export interface ThingName {
  readonly text: string;
  /** Nothing else in the world is called so. Otherwise it counts only for stacks of the same account and region. */
  readonly isUnique: boolean;
}

/** `default`: comes with every VPC or account. `service`: a service of AWS made it for itself. */
export type ThingFact = "default" | "service";

/** Equal for one thing. */
export function thingKey({ type, id, region }: Pick<Thing, "type" | "id" | "region">): string {
  return JSON.stringify([type, id, region]);
}

export function unique(text: string): ThingName {
  return { text, isUnique: true };
}

export function named(text: string): ThingName {
  return { text, isUnique: false };
}

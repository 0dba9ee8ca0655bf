/**
 * Some resources have ids that nobody but the provider knows, such as the attachment of a policy: the cloud knows them by what they join,
 * which is also what they are imported by.
 */
import { isArray, isObject, type Value } from "../../domain/value.ts";
import type { StateInstance } from "./instance.ts";

/** Attributes in the order in which the name has them, with what stands between. Of lists and sets each element makes a name. */
const NAMED_BY: Readonly<Record<string, readonly (readonly [first: string, second: string])[]>> = {
  aws_iam_role_policy_attachment: [["role", "policy_arn"]],
  aws_iam_user_policy_attachment: [["user", "policy_arn"]],
  aws_iam_group_policy_attachment: [["group", "policy_arn"]],
  aws_iam_policy_attachment: [
    ["roles", "policy_arn"],
    ["users", "policy_arn"],
    ["groups", "policy_arn"],
  ],
  aws_iam_role_policy_attachments_exclusive: [["role_name", "policy_arns"]],
  aws_iam_user_policy_attachments_exclusive: [["user_name", "policy_arns"]],
  aws_iam_group_policy_attachments_exclusive: [["group_name", "policy_arns"]],
  aws_iam_user_group_membership: [["user", "groups"]],
  aws_iam_group_membership: [["users", "group"]],
  aws_lambda_permission: [["function_name", "statement_id"]],
};
/** Of a set that somebody made huge. */
const MOST_ELEMENTS = 1000;
const LONGEST = 2048;

/** `deploy/arn:aws:iam::aws:policy/ReadOnlyAccess`. Empty for what is called by its id. */
export function importNames(instance: StateInstance): readonly string[] {
  const joins = Object.hasOwn(NAMED_BY, instance.type) ? NAMED_BY[instance.type] : undefined;
  if (joins === undefined || instance.sensitivePaths.length > 0) return [];
  const values = instance.parseAttributes();
  if (!isObject(values)) return [];
  return joins.flatMap(([first, second]) =>
    textsOf(values[first]).flatMap((one) =>
      textsOf(values[second])
        .map((other) => `${functionName(one)}/${other}`)
        .filter((text) => text.length <= LONGEST),
    ),
  );
}

function textsOf(value: Value | undefined): readonly string[] {
  if (typeof value === "string") return value === "" ? [] : [value];
  return isArray(value)
    ? value.slice(0, MOST_ELEMENTS).filter((one): one is string => typeof one === "string" && one !== "")
    : [];
}

/** A function may be given by its ARN; its permissions are known by its name. */
function functionName(text: string): string {
  return /^arn:[a-z-]+:lambda:[^:]*:[0-9]*:function:([^:]+)/.exec(text)?.[1] ?? text;
}

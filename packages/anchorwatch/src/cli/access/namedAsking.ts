/** Whom and what the arguments of `anchorwatch access explain` name. */
import { assignmentsOf } from "../../app/access/assignmentsOf.ts";
import type { Asked } from "../../app/access/question.ts";
import type { Asking } from "../../auth/authorize/authorizer.ts";
import { loginOf } from "../../auth/login.ts";
import type { RoleAssignment } from "../../auth/role.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { Labels } from "../../domain/labels.ts";

export interface AskingFlags {
  readonly group?: readonly string[];
  readonly strong: boolean;
  readonly channel?: "session" | "token";
}

/** @param name a login, or `workload:NAME` @param configured roles of the operator's file */
export function askingOf(
  name: string,
  { group = [], strong, channel = "session" }: AskingFlags,
  configured: readonly RoleAssignment[],
): Asking {
  const workload = /^workload:(.+)$/s.exec(name)?.[1];
  const login = loginOf(name);
  const who: Asking =
    workload === undefined
      ? { kind: "user", id: "", name: login, groups: group, channel, strong, assignments: [] }
      : {
          kind: "workload",
          id: workload,
          name: workload,
          groups: [],
          channel: "workload",
          strong: false,
          assignments: [],
        };
  return { ...who, assignments: assignmentsOf(who, configured) };
}

export type NamedResource =
  | { readonly kind: "asked"; readonly asked: Asked }
  | { readonly kind: "stack" | "account" | "repository"; readonly name: string };

/** @throws AnchorwatchError `access_question_invalid` */
export function resourceNamed(text: string): NamedResource {
  if (text === "installation") return { kind: "asked", asked: { kind: "installation" } };
  const [, kind, rest] = /^(stack|account|repository|labels):(.*)$/s.exec(text) ?? [];
  if (kind === "labels") return { kind: "asked", asked: { kind: "labelled", labels: labelsIn(rest ?? "") } };
  const isNamed = kind === "stack" || kind === "account" || kind === "repository";
  if (isNamed && rest !== undefined && rest !== "") return { kind, name: rest };
  throw invalid(`“${text}” names nothing that can be asked about`, FORMS);
}

function labelsIn(text: string): Labels {
  const labels: Record<string, string> = Object.create(null);
  for (const pair of text.split(",").filter((part) => part.trim() !== "")) {
    const at = pair.indexOf("=");
    const [name, value] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    if (at < 0 || name === "" || value === "") throw invalid(`“${pair}” is no label`, FORMS);
    if (name in labels)
      throw invalid(`the label ${name} is named twice`, "Something has one value of a label.");
    labels[name] = value;
  }
  return { ...labels };
}

const FORMS =
  "Expected stack:NAME, repository:URL, account:NAME, labels:team=payments,env=prod or installation.";

function invalid(message: string, hint: string): AnchorwatchError {
  return new AnchorwatchError("access_question_invalid", message, { hint });
}

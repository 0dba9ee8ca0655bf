/** The roles, and who has them. What a role may do, the policies say (`authorize/`). */
import type { Labels } from "../domain/labels.ts";
import type { UserId } from "./user.ts";

export const ROLES = ["viewer", "operator", "approver", "auditor", "administrator"] as const;
export type Role = (typeof ROLES)[number];

/** Who is meant: a user, all users of a group of an identity provider, or one pipeline. */
export type Subject =
  | { readonly kind: "user"; readonly id: UserId }
  /** `login`, in lower case, also of somebody who never signed in yet. */
  | { readonly kind: "login"; readonly login: string }
  /** `PROVIDER:GROUP`, provider as the operator's file names it. */
  | { readonly kind: "group"; readonly group: string }
  /** As the operator's file names it. */
  | { readonly kind: "workload"; readonly name: string };

export interface RoleAssignment {
  readonly id: string;
  readonly role: Role;
  readonly subject: Subject;
  /** It counts where all of these labels are; empty: everywhere, also beside stacks and accounts. */
  readonly scope: Labels;
  /** Where it can be taken away again. */
  readonly origin: "config" | "api";
  /** Of those of the operator's file: where it stands. */
  readonly source?: { readonly file: string; readonly line: number };
  /** Of those of the API. */
  readonly addedAt?: Date;
  readonly addedBy?: string;
}

/** Administrators give roles and take them away. Those of the operator's file are shown, and changed there. */
import type { AccessRecords } from "../../auth/records.ts";
import type { Role, RoleAssignment, Subject } from "../../auth/role.ts";
import type { User } from "../../auth/user.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { Labels } from "../../domain/labels.ts";
import type { EntryActor } from "../../ledger/entry/form.ts";
import type { AccessContext } from "./accessContext.ts";
import { leavingAdministrators, usersOf } from "./administrators.ts";
import { accessEntry, actorOf, type EntryData, scopeText } from "./entries.ts";
import type { KnownRequester } from "./requester.ts";
import { endSessionsOf } from "./sessions.ts";

export interface WantedAssignment {
  readonly role: Role;
  readonly subject: Subject;
  readonly scope: Labels;
}

/** Those of the file first. */
export async function assignmentsInForce({
  records,
  settings,
}: AccessContext): Promise<readonly RoleAssignment[]> {
  return [...settings().assignments, ...(await records.assignments.list())];
}

/** @throws AnchorwatchError `request_conflict`: he has exactly that, or there is nobody like that */
export async function giveRole(
  context: AccessContext,
  requester: KnownRequester,
  wanted: WantedAssignment,
): Promise<RoleAssignment> {
  const { newId, now } = context;
  const assignment: RoleAssignment = {
    id: newId(),
    ...wanted,
    origin: "api",
    addedAt: now(),
    addedBy: requester.principal.name,
  };
  return await context.records.transaction(async (inside) => {
    await inside.users.lockAdministration();
    await assertSubject(context, inside, wanted.subject);
    if (!(await inside.assignments.add(assignment))) {
      throw new AnchorwatchError("request_conflict", "that role is given already, with the same scope");
    }
    await inside.outbox.put([
      await assignmentEntry(context, inside, actorOf(requester), assignment, "assigned"),
    ]);
    return assignment;
  });
}

/** Logins and groups may come later, whoever has them; a user of an id and a pipeline must be there. */
async function assertSubject(
  context: AccessContext,
  records: AccessRecords,
  subject: Subject,
): Promise<void> {
  if (subject.kind === "user") {
    const user = await records.users.byId(subject.id);
    if (user === undefined || user.status === "removed") {
      throw new AnchorwatchError("request_conflict", "there is no user of that id");
    }
  }
  const { workloads } = context.settings();
  if (subject.kind === "workload" && !workloads.some(({ name }) => name === subject.name)) {
    throw new AnchorwatchError("request_conflict", "the operator's file names no such workload", {
      hint: "Add it to access.workloads first.",
    });
  }
}

/**
 * Whoever had it is signed out. False: there is none of that id.
 * @throws AnchorwatchError `last_administrator`, `request_conflict` where the file gives it
 */
export async function takeRole(
  context: AccessContext,
  requester: KnownRequester,
  id: string,
): Promise<boolean> {
  const { records, settings } = context;
  if (settings().assignments.some((assignment) => assignment.id === id)) {
    throw new AnchorwatchError("request_conflict", "the operator's file gives that role", {
      hint: "Take it out of access.roles there.",
    });
  }
  return await records.transaction((inside) =>
    leavingAdministrators(inside, settings(), async () => {
      const assignment = await inside.assignments.byId(id);
      if (assignment === undefined || !(await inside.assignments.remove(id))) return false;
      await inside.outbox.put([
        await assignmentEntry(context, inside, actorOf(requester), assignment, "revoked"),
      ]);
      const end = { cause: "revoked", reason: `The role ${assignment.role} was taken away.` } as const;
      for await (const user of usersOf(inside, assignment)) {
        await endSessionsOf(context, inside, user.id, actorOf(requester), end);
      }
      return true;
    }),
  );
}

/**
 * Nobody who gets his login next gets his roles with it. Those of groups, and of the operator's file, stay what they are.
 * @param records of the caller's transaction, which has called `lockAdministration`
 */
export async function endRolesOf(
  context: AccessContext,
  records: AccessRecords,
  actor: EntryActor,
  user: User,
): Promise<void> {
  for (const assignment of await rolesGivenTo(records, user)) {
    await records.assignments.remove(assignment.id);
    await records.outbox.put([await assignmentEntry(context, records, actor, assignment, "revoked")]);
  }
}

/**
 * What was given to the login that somebody had is given to the one that he has now.
 * @param records as of {@link endRolesOf}
 */
export async function moveRolesOf(
  context: AccessContext,
  records: AccessRecords,
  actor: EntryActor,
  before: User,
  { login }: Pick<User, "login">,
): Promise<void> {
  for (const old of await rolesGivenTo(records, before)) {
    if (old.subject.kind !== "login") continue;
    await records.assignments.remove(old.id);
    const assignment: RoleAssignment = { ...old, id: context.newId(), subject: { kind: "login", login } };
    const isNew = await records.assignments.add(assignment);
    await records.outbox.put([
      await assignmentEntry(context, records, actor, old, "revoked"),
      ...(isNew ? [await assignmentEntry(context, records, actor, assignment, "assigned")] : []),
    ]);
  }
}

async function rolesGivenTo(
  { assignments }: AccessRecords,
  { id, login }: User,
): Promise<readonly RoleAssignment[]> {
  return (await assignments.list()).filter(
    ({ subject }) =>
      (subject.kind === "user" && subject.id === id) || (subject.kind === "login" && subject.login === login),
  );
}

export async function assignmentEntry(
  context: AccessContext,
  records: AccessRecords,
  actor: EntryActor,
  { id, role, subject, scope }: RoleAssignment,
  change: "assigned" | "revoked",
) {
  const data: EntryData<"permission.changed"> = {
    user: await subjectText(records, subject),
    change,
    role,
    scope: scopeText(scope),
  };
  const refs = [
    { type: "assignment", id },
    ...(subject.kind === "user" ? [{ type: "user", id: subject.id }] : []),
  ];
  return accessEntry(context, "permission.changed", actor, data, refs);
}

async function subjectText(records: AccessRecords, subject: Subject): Promise<string> {
  switch (subject.kind) {
    case "user":
      return (await records.users.byId(subject.id))?.login ?? subject.id;
    case "login":
      return subject.login;
    case "group":
      return `group ${subject.group}`;
    case "workload":
      return `workload ${subject.name}`;
  }
}

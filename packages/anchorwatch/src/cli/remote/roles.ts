/** `anchorwatch roles …`, for administrators: who may what, where. */
import { answerOf } from "../../client/connect.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { LedgerPaint } from "../ledger/paint.ts";
import type { Surroundings } from "../surroundings.ts";
import { roleText } from "./logout.ts";
import { connectedServer } from "./namedServer.ts";
import type { Api, Shapes } from "./records.ts";
import { type RemoteFlags, runRemote } from "./run.ts";
import { labelsIn } from "./stacks.ts";
import { ageText, type Cell, labelText, table } from "./table.ts";
import { allUsers, userNamed } from "./users.ts";

type Assignment = Shapes["RoleAssignment"];
export type RoleName = Assignment["role"];

export function runRoleList(flags: RemoteFlags, surroundings: Surroundings): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson, note, paint, now }) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const answer = await answerOf(api.GET("/api/v1/role-assignments"));
    if (flags.format === "json") await sayJson(answer);
    else if (answer.assignments.length === 0) await note("Nobody has a role.\n");
    else await say(rolesText(answer.assignments, await loginsOf(answer.assignments, api), paint, now));
    return 0;
  });
}

/** By id; people know nobody by that. */
async function loginsOf(assignments: readonly Assignment[], api: Api): Promise<ReadonlyMap<string, string>> {
  if (!assignments.some(({ subject }) => subject.kind === "user")) return new Map();
  return new Map((await allUsers(api)).map(({ id, login }) => [id, login]));
}

function rolesText(
  assignments: readonly Assignment[],
  logins: ReadonlyMap<string, string>,
  paint: LedgerPaint,
  now: Date,
): string {
  const rows = assignments.map((assignment): readonly Cell[] => [
    { text: assignment.role, tone: "strong" },
    subjectText(assignment.subject, logins),
    Object.keys(assignment.scope).length === 0 ? "everywhere" : labelText(assignment.scope),
    assignment.origin === "config"
      ? (assignment.source ?? "the operator's file")
      : `given ${ageText(assignment.addedAt, now)}`,
    { text: assignment.origin === "config" ? "" : assignment.id, tone: "quiet" },
  ]);
  return table(["ROLE", "WHO", "WHERE", "FROM", "ID"], rows, paint);
}

function subjectText(subject: Assignment["subject"], logins: ReadonlyMap<string, string>): string {
  switch (subject.kind) {
    case "user":
      return logins.get(subject.id) ?? `user ${subject.id}`;
    case "login":
      return subject.login;
    case "group":
      return `group ${subject.group}`;
    case "workload":
      return `workload ${subject.name}`;
  }
}

export interface GiveFlags extends RemoteFlags {
  /** `NAME=VALUE`: only where all of them are. */
  readonly label?: readonly string[];
}

/** @param to a login, `group:PROVIDER:GROUP` or `workload:NAME` */
export function runRoleGive(
  role: RoleName,
  to: string,
  flags: GiveFlags,
  surroundings: Surroundings,
): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson }) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const scope = labelsIn(flags.label ?? []);
    const given = await answerOf(
      api.POST("/api/v1/role-assignments", { body: { role, subject: await subjectNamed(to, api), scope } }),
    );
    await (flags.format === "json" ? sayJson(given) : say(`${to} is ${roleText(role, scope)} now.\n`));
    return 0;
  });
}

async function subjectNamed(text: string, api: Api): Promise<Assignment["subject"]> {
  const [, kind, name = ""] = /^(group|workload):(.+)$/s.exec(text) ?? [];
  if (kind === "group") return { kind, group: name };
  if (kind === "workload") return { kind, name };
  // A misspelled login would be a role that waits for whoever comes with that name.
  return { kind: "login", login: (await userNamed(api, text)).login };
}

export function runRoleTake(id: string, flags: RemoteFlags, surroundings: Surroundings): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson }) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const { assignments } = await answerOf(api.GET("/api/v1/role-assignments"));
    const found = assignments.find((one) => one.id === id);
    if (found?.origin === "config") {
      throw new AnchorwatchError(
        "request_conflict",
        `That role stands in ${found.source ?? "the operator's file"}`,
        {
          hint: "Take it out of there.",
        },
      );
    }
    await api.DELETE("/api/v1/role-assignments/{id}", { params: { path: { id } } });
    await (flags.format === "json"
      ? sayJson({ id, taken: true })
      : say("It is taken away; whoever had it is signed out.\n"));
    return 0;
  });
}

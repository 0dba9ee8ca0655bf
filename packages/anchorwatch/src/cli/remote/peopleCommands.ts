/** `anchorwatch users …`, `roles …` and `tokens …`: their flags. */
import { Argument, type Command, Option } from "commander";
import { nonEmpty } from "../ledger/flags.ts";
import type { Surroundings } from "../surroundings.ts";
import { addRemoteFlags, collectLabel } from "./flags.ts";
import * as help from "./help.ts";
import type { GiveFlags, RoleName } from "./roles.ts";
import type { RemoteFlags } from "./run.ts";
import type { TokenFlags } from "./tokens.ts";
import type { InviteFlags, UserListFlags } from "./users.ts";

type Finish = (status: number) => void;

export function addPeopleCommands(program: Command, surroundings: Surroundings, finish: Finish): void {
  addUsers(program, surroundings, finish);
  addRoles(program, surroundings, finish);
  addTokens(program, surroundings, finish);
}

function addUsers(program: Command, surroundings: Surroundings, finish: Finish): void {
  const users = program
    .command("users")
    .summary("list, invite and remove a server's users")
    .description("Works with the users of a server, for administrators.")
    .addHelpText("after", help.USERS);
  addRemoteFlags(users.command("list").description("Lists users, by login."))
    .addOption(new Option("--status <STATUS>", "only those").choices(["active", "disabled", "removed"]))
    .action(async (flags: UserListFlags) => {
      const { runUserList } = await import("./users.ts");
      finish(await runUserList(flags, surroundings));
    });
  addRemoteFlags(
    users
      .command("invite")
      .description("Makes a user, and prints the link with which he chooses his way in.")
      .argument("<LOGIN>", "what he is called"),
  )
    .option("--name <NAME>", "his name, for people", nonEmpty)
    .option("--email <ADDRESS>", "his address", nonEmpty)
    .option("--again", "another link, for a user who has lost his way in", false)
    .action(async (login: string, flags: InviteFlags) => {
      const { runUserInvite } = await import("./users.ts");
      finish(await runUserInvite(login, flags, surroundings));
    });
  const states = [
    ["disable", "disabled", "Signs a user out everywhere, and lets him in no more."],
    ["enable", "active", "Lets a user in again."],
  ] as const;
  for (const [name, status, about] of states) {
    addRemoteFlags(users.command(name).description(about).argument("<LOGIN>", "his login, or id")).action(
      async (login: string, flags: RemoteFlags) => {
        const { runUserStatus } = await import("./users.ts");
        finish(await runUserStatus(login, status, flags, surroundings));
      },
    );
  }
  addRemoteFlags(
    users
      .command("remove")
      .description("Removes a user for ever; what he did keeps his name.")
      .argument("<LOGIN>", "his login, or id"),
  ).action(async (login: string, flags: RemoteFlags) => {
    const { runUserRemove } = await import("./users.ts");
    finish(await runUserRemove(login, flags, surroundings));
  });
}

function addRoles(program: Command, surroundings: Surroundings, finish: Finish): void {
  const roles = program
    .command("roles")
    .summary("list, give and take roles")
    .description("Works with who has which role where, for administrators.")
    .addHelpText("after", help.ROLES);
  addRemoteFlags(roles.command("list").description("Lists who has which role, and where.")).action(
    async (flags: RemoteFlags) => {
      const { runRoleList } = await import("./roles.ts");
      finish(await runRoleList(flags, surroundings));
    },
  );
  addRemoteFlags(
    roles
      .command("give")
      .description("Gives a role.")
      .addArgument(
        new Argument("<ROLE>", "which").choices([
          "viewer",
          "operator",
          "approver",
          "auditor",
          "administrator",
        ]),
      )
      .argument("<TO>", "a login, group:PROVIDER:GROUP, or workload:NAME"),
  )
    .option(
      "--label <NAME=VALUE>",
      "only for what has this label (repeatable; default: everywhere)",
      collectLabel,
    )
    .action(async (role: RoleName, to: string, flags: GiveFlags) => {
      const { runRoleGive } = await import("./roles.ts");
      finish(await runRoleGive(role, to, flags, surroundings));
    });
  addRemoteFlags(
    roles
      .command("take")
      .description("Takes a role away; whoever had it is signed out.")
      .argument("<ID>", "as the list has it"),
  ).action(async (id: string, flags: RemoteFlags) => {
    const { runRoleTake } = await import("./roles.ts");
    finish(await runRoleTake(id, flags, surroundings));
  });
}

function addTokens(program: Command, surroundings: Surroundings, finish: Finish): void {
  const tokens = program
    .command("tokens")
    .summary("list and revoke API tokens")
    .description(
      "Works with API tokens. They are made in a browser, at /account of the server: tokens make no tokens.",
    )
    .addHelpText("after", help.TOKENS);
  addRemoteFlags(tokens.command("list").description("Lists tokens, the newest first."))
    .option("--all", "of everybody, for administrators", false)
    .action(async (flags: TokenFlags) => {
      const { runTokenList } = await import("./tokens.ts");
      finish(await runTokenList(flags, surroundings));
    });
  addRemoteFlags(
    tokens.command("revoke").description("Revokes a token.").argument("<ID>", "as the list has it"),
  )
    .option("--all", "also one of somebody else, for administrators", false)
    .action(async (id: string, flags: TokenFlags) => {
      const { runTokenRevoke } = await import("./tokens.ts");
      finish(await runTokenRevoke(id, flags, surroundings));
    });
}

/** Who may come in, as the server needs it, on the database of the running watch. */

import type { AccessContext } from "../../app/access/accessContext.ts";
import { createAccessControl } from "../../app/access/accessControl.ts";
import { forgetForeignGroups } from "../../app/access/groupsOfProviders.ts";
import { openAccess } from "../../app/access/openAccess.ts";
import { type ConfigurationInForce, recordConfiguration } from "../../app/access/recordConfiguration.ts";
import { recordRolesOfTheFile } from "../../app/access/rolesOfTheFile.ts";
import { makeFirstRunLink, setupPath } from "../../app/access/setupLinks.ts";
import { createSignInElsewhere, type Outside } from "../../app/access/signInElsewhere.ts";
import { keepUp } from "../../app/access/upkeep.ts";
import type { RoleAssignment } from "../../auth/role.ts";
import type { Warning } from "../../domain/errors.ts";
import { joinedAccess } from "../../server/access/joinedAccess.ts";
import type { ServerDependencies } from "../../server/dependencies.ts";
import { Pages } from "../../server/shapes/page.ts";

export interface ServedAccess {
  readonly parts: Pick<
    ServerDependencies,
    "access" | "accounts" | "control" | "elsewhere" | "answers" | "pages"
  >;
  /** Path, with its secret, of the page where the first administrator is made. Undefined: there is one. */
  firstRunPath(): Promise<string | undefined>;
  /** Tells the ledger which configuration decides. */
  recordConfiguration(inForce: ConfigurationInForce): Promise<void>;
  /** What the file gives from now on. */
  recordRolesOfTheFile(given: readonly RoleAssignment[]): Promise<void>;
  /** After providers may have got other names. */
  forgetForeignGroups(): Promise<void>;
  /** To be called every minute. */
  keepUp(): Promise<void>;
  close(): Promise<void>;
}

export interface ServedAccessOptions
  extends Pick<AccessContext, "records" | "settings" | "now" | "newId" | "randomBytes">,
    Outside {
  readonly onWarning: (warning: Warning) => void;
}

/** @throws AnchorwatchError `database_*`, `config_invalid` */
export async function servedAccess(options: ServedAccessOptions): Promise<ServedAccess> {
  const { records, settings, randomBytes, onWarning } = options;
  const accounts = openAccess(options);
  const control = createAccessControl({ settings, labels: records.labels, report: onWarning });
  return {
    parts: {
      access: joinedAccess(accounts, control),
      accounts,
      control,
      elsewhere: createSignInElsewhere(accounts, options),
      answers: records.answers,
      pages: new Pages(await records.secrets.get("cursors", randomBytes(32))),
    },
    firstRunPath: async () => {
      const secret = await makeFirstRunLink(accounts);
      return secret === undefined ? undefined : setupPath(secret);
    },
    recordRolesOfTheFile: (given) => recordRolesOfTheFile(accounts, given),
    forgetForeignGroups: () => forgetForeignGroups(accounts),
    recordConfiguration: (inForce) => recordConfiguration(accounts, inForce),
    keepUp: () => keepUp(accounts),
    close: async () => {
      await accounts.gathering.flush({ all: true });
      control.close();
    },
  };
}

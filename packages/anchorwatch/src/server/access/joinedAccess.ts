/** Who may come in and do what, as the server asks for it, out of the parts that know. */
import type { AccessContext } from "../../app/access/accessContext.ts";
import type { AccessControl } from "../../app/access/accessControl.ts";
import { authenticate } from "../../app/access/authenticating.ts";
import { noteReading, noteRefused } from "../../app/access/noting.ts";
import type { Access } from "./access.ts";

export function joinedAccess(accounts: AccessContext, control: AccessControl): Access {
  return {
    authenticate: (credentials, from) => authenticate(accounts, credentials, from),
    visible: (principal, action) => control.visible(principal, action),
    everywhere: (principal, action) => control.everywhere(principal, action),
    newestLabels: () => control.newestLabels(),
    mayWith: async (principal, action, labels) => control.mayWith(principal, action, labels),
    allows: async (principal, action) => control.allows(principal, action),
    refused: (requester, action, target) => noteRefused(accounts, requester, action, target),
    reads: async (requester, target) => {
      if (control.isAuditor(requester.principal)) await noteReading(accounts, requester, target);
    },
  };
}

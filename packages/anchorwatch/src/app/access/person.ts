/** A person at a browser: what no token may do in his place. */
import { userIdOf } from "../../auth/principal.ts";
import type { AccessRecords } from "../../auth/records.ts";
import type { User, UserId } from "../../auth/user.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { KnownRequester } from "./requester.ts";

export interface PersonRequester extends KnownRequester {
  readonly userId: UserId;
}

/** @throws AnchorwatchError `access_denied`: it is a token, whoever's */
export function asPerson(requester: KnownRequester): PersonRequester {
  const userId = userIdOf(requester.principal);
  if (userId !== undefined && requester.principal.channel === "session") return { ...requester, userId };
  throw new AnchorwatchError("access_denied", "a token may not do this, only somebody at a browser", {
    hint: "Sign in at the page, and do it there.",
  });
}

/** @throws AnchorwatchError `sign_in_required`: he is gone since the request began */
export async function personOf({ users }: AccessRecords, { userId }: PersonRequester): Promise<User> {
  const user = await users.byId(userId);
  if (user?.status === "active") return user;
  throw new AnchorwatchError("sign_in_required", "nobody is signed in, or not any more");
}

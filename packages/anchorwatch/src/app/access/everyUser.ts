import type { AccessRecords } from "../../auth/records.ts";
import type { User } from "../../auth/user.ts";

const PAGE = 500;

/** All that are not removed, by login. */
export async function* everyUser({ users }: Pick<AccessRecords, "users">): AsyncGenerator<User> {
  let after: { readonly login: string; readonly id: string } | undefined;
  for (;;) {
    const page = await users.list({ limit: PAGE, ...(after === undefined ? {} : { after }) });
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = { login: last.login, id: last.id };
  }
}

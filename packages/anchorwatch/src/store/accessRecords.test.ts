import fc from "fast-check";
import { expect, it } from "vitest";
import type { AccessRecords, Passkey } from "../auth/records.ts";
import type { User, UserId } from "../auth/user.ts";
import { aDigest, anAssignment, aSession, aToken, aUser } from "./access/access.fixture.ts";
import { createAccessRecords } from "./accessRecords.ts";
import { describeOnEveryServer } from "./postgres.fixture.ts";
import { at, id } from "./records.fixture.ts";
import { execute } from "./testServer.fixture.ts";

const EVIL = `a\u0000b\ud800'"\\{},${"ü".repeat(9)}`;

async function newUser({ users }: AccessRecords, with_: Partial<User> = {}): Promise<User> {
  const user = aUser(with_);
  await users.add(user);
  return user;
}

/** Of so many that try at once, how many say so. */
async function winners(count: number, attempt: (n: number) => Promise<unknown>): Promise<readonly unknown[]> {
  const outcomes = await Promise.allSettled(Array.from({ length: count }, (_, n) => attempt(n)));
  return outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
}

describeOnEveryServer("the records of users", (on) => {
  const records = () => createAccessRecords(on().database);

  it("give a user back as he was added, by id, login and identity", async () => {
    const { users } = records();
    const local = aUser();
    const foreign = aUser({
      ...{ kind: "oidc", issuer: "https://idp.example", subject: EVIL, login: `${EVIL}${id()}`, name: EVIL },
      ...{ email: "ada@example.org", groups: [EVIL, "idp:a,b", '{"}'], lastSeenAt: at(5) },
    });
    for (const user of [local, foreign]) {
      await users.add(user);
      expect(await users.byId(user.id)).toStrictEqual(user);
      expect(await users.byLogin(user.login)).toStrictEqual(user);
    }
    expect(await users.byIdentity("https://idp.example", EVIL)).toStrictEqual(foreign);
    expect(await users.byIdentity("https://other.example", EVIL)).toBeUndefined();
    expect(await users.byId(EVIL as UserId)).toBeUndefined();
  });

  it("let one of many have a login, and a person of an identity provider be only one user for ever", async () => {
    const { users } = records();
    const login = id();
    expect(await winners(8, () => users.add(aUser({ login })))).toHaveLength(1);
    const person = () => aUser({ kind: "oidc", issuer: "https://idp.example", subject: login });
    const first = person();
    await users.add(first);
    await users.change(first.id, undefined, { status: "removed" }, at(70));
    await expect(users.add(person())).rejects.toMatchObject({ code: "user_login_taken" });
    expect(await users.byIdentity("https://idp.example", login)).toMatchObject({ status: "removed" });
  });

  it("give a login free when its user is removed, who never changes again", async () => {
    const { users } = records();
    const user = await newUser(records());
    expect(await users.change(user.id, 1, { status: "removed" }, at(70))).toMatchObject({ version: 2 });
    expect(await users.byLogin(user.login)).toBeUndefined();
    expect(await users.change(user.id, 2, { status: "active" }, at(70))).toBe("unknown");
    const next = await newUser(records(), { login: user.login });
    expect((await users.byLogin(user.login))?.id).toBe(next.id);
    const other = await newUser(records());
    await expect(users.change(other.id, 1, { login: user.login }, at(70))).rejects.toMatchObject({
      code: "user_login_taken",
      message: expect.stringContaining(user.login),
    });
  });

  it("change by one of those who read the same version, and tell the others", async () => {
    const { users } = records();
    const user = await newUser(records());
    const outcomes = await winners(8, (n) => users.change(user.id, 1, { name: `name ${n}` }, at(70)));
    expect(outcomes.filter((outcome) => outcome === "outdated")).toHaveLength(7);
    const changed = outcomes.find((outcome) => typeof outcome === "object");
    expect(await users.byId(user.id)).toStrictEqual(changed);
    expect(changed).toMatchObject({ version: 2, login: user.login });
    expect(await users.change("nobody" as UserId, 1, {}, at(70))).toBe("unknown");
  });

  it("keep what the identity provider says at a sign-in, which is no change of version", async () => {
    const { users } = records();
    const user = await newUser(records(), { groups: ["idp:a"] });
    await users.seen(user.id, { at: at(9), groups: ["idp:b"], name: "Ada L." });
    await users.seen(user.id, { at: at(8) });
    expect(await users.byId(user.id)).toStrictEqual({
      ...user,
      ...{ groups: ["idp:b"], name: "Ada L.", lastSeenAt: at(9) },
    });
  });

  it("come in pages by login, removed ones only when asked for", async () => {
    const { users } = records();
    const prefix = id();
    const made = await Promise.all(
      ["b", "ä", "B", "a"].map((n) => newUser(records(), { login: `${prefix}${n}` })),
    );
    const [first] = made;
    await users.change(first?.id as UserId, 1, { status: "removed" }, at(70));
    const seen: string[] = [];
    for (let after: { login: string; id: string } | undefined; ; ) {
      const page = await users.list({ limit: 2, ...(after === undefined ? {} : { after }) });
      seen.push(...page.map(({ login }) => login).filter((login) => login.startsWith(prefix)));
      const last = page.at(-1);
      if (last === undefined) break;
      after = { login: last.login, id: last.id };
    }
    expect(seen).toEqual(["B", "a", "ä"].map((n) => `${prefix}${n}`));
    const called = (login: string) => users.list({ limit: 2, login });
    expect(await called(`${prefix}a`)).toMatchObject([{ login: `${prefix}a` }]);
    expect([await called(prefix), await called(`${prefix}b`)]).toEqual([[], []]);
    const removed = await users.list({ limit: 1_000, status: "removed" });
    expect(removed.map((user) => user.id)).toContain(first?.id);
    expect(removed.every(({ status }) => status === "removed")).toBe(true);
  });

  it("let one take away roles at a time, so that one administrator stays", async () => {
    const all = records();
    const subjects = [id(), id()];
    for (const login of subjects)
      await all.assignments.add(anAssignment({ kind: "login", login }, { role: "administrator" }));
    const mine = async ({ assignments }: AccessRecords) =>
      (await assignments.list()).filter(
        ({ subject }) => subject.kind === "login" && subjects.includes(subject.login),
      );
    await winners(8, () =>
      all.transaction(async (inside) => {
        await inside.users.lockAdministration();
        const [one, another] = await mine(inside);
        if (one !== undefined && another !== undefined) await inside.assignments.remove(one.id);
      }),
    );
    expect(await mine(all)).toHaveLength(1);
  });
});

describeOnEveryServer("the records of sessions", (on) => {
  const records = () => createAccessRecords(on().database);

  it("give a session back by its secret, with its user and what he may", async () => {
    const { sessions, assignments, ...all } = records();
    const group = `idp:${EVIL}${id()}`;
    const user = await newUser({ sessions, assignments, ...all }, { groups: [group] });
    const session = aSession(user.id, { method: "oidc", provider: "idp", userAgent: EVIL });
    const digest = aDigest();
    await sessions.add(session, digest);
    expect(await sessions.byDigest(digest)).toStrictEqual({
      ...{ session, user, assignments: [], secret: "current" },
    });
    const his = [
      anAssignment({ kind: "user", id: user.id }, { addedAt: at(1) }),
      anAssignment({ kind: "login", login: user.login }, { addedAt: at(2), scope: { env: "prod" } }),
      anAssignment({ kind: "group", group }, { addedAt: at(3), role: "approver" }),
    ];
    // The same text means others when it is another kind of subject.
    const others = [
      anAssignment({ kind: "workload", name: user.login }),
      anAssignment({ kind: "login", login: group }),
      anAssignment({ kind: "group", group: user.id }),
      anAssignment({ kind: "user", id: user.login as UserId }),
    ];
    for (const assignment of [...others, ...his]) expect(await assignments.add(assignment)).toBe(true);
    expect((await sessions.byDigest(digest))?.assignments).toStrictEqual(his);
    expect(await sessions.byDigest(aDigest())).toBeUndefined();
  });

  it("are rotated by one of many, and know the secret from before once", async () => {
    const { sessions } = records();
    const user = await newUser(records());
    const session = aSession(user.id);
    const [first, second, third] = [aDigest(), aDigest(), aDigest()];
    await sessions.add(session, first);
    const rotated = await winners(8, (n) =>
      sessions.rotate(session.id, first, n === 0 ? second : aDigest(), at(9)),
    );
    expect(rotated.filter((done) => done === true)).toHaveLength(1);
    const found = await sessions.byDigest(first);
    expect(found).toMatchObject({ secret: "previous", session: { id: session.id, rotatedAt: at(9) } });
    const [{ digest }] = (await execute(
      on().url,
      `SELECT digest FROM anchorwatch.sessions WHERE id = '${session.id}'`,
    )) as [{ digest: Buffer }];
    expect(await sessions.rotate(session.id, digest, third, at(10))).toBe(true);
    expect(await sessions.byDigest(third)).toMatchObject({ secret: "current" });
    expect(await sessions.byDigest(first)).toBeUndefined();
  });

  it("end one by one, all but one, and by time", async () => {
    const { sessions } = records();
    const user = await newUser(records());
    const all = [0, 1, 2, 3].map((n) => aSession(user.id, { startedAt: at(n) }));
    for (const session of all) await sessions.add(session, aDigest());
    const [a, b, c, d] = all.map((session) => session.id) as [string, string, string, string];
    expect((await sessions.of(user.id)).map((session) => session.id)).toEqual([d, c, b, a]);
    expect(await sessions.end(a)).toStrictEqual(all[0]);
    expect(await sessions.end(a)).toBeUndefined();
    expect(await sessions.endAll(user.id, b)).toHaveLength(2);
    await sessions.used(b, at(50));
    await sessions.used(b, at(40));
    await sessions.strengthen(b);
    expect(await sessions.of(user.id)).toStrictEqual([{ ...all[1], lastUsedAt: at(50), strong: true }]);
    const over = aSession(user.id, { endsAt: at(45), lastUsedAt: at(44) });
    await sessions.add(over, aDigest());
    const taken = await sessions.takeOver(at(45), at(44), 1_000);
    expect(taken.filter(({ userId }) => userId === user.id)).toStrictEqual([over]);
    expect(await sessions.takeOver(at(45), at(51), 1_000)).toHaveLength(1);
    expect(await sessions.of(user.id)).toEqual([]);
  });

  it("and tokens are lost by whoever is disabled, also those that begin at that moment, and stay lost", async () => {
    const { users, sessions, tokens, passwords } = records();
    const user = await newUser(records());
    await passwords.set(user.id, "$argon2id$", at(0));
    const digests = Array.from({ length: 12 }, aDigest);
    const begin = (digest: Uint8Array, n: number) =>
      n % 2 === 0
        ? sessions.add(aSession(user.id), digest)
        : tokens.add(aToken({ kind: "user", id: user.id }), digest);
    const begun = digests.map(begin);
    const disabled = users.change(user.id, undefined, { status: "disabled" }, at(70));
    await Promise.allSettled([...begun, disabled]);
    await expect(begin(aDigest(), 0)).rejects.toMatchObject({ code: "user_inactive" });
    await expect(begin(aDigest(), 1)).rejects.toMatchObject({ code: "user_inactive" });
    await users.change(user.id, undefined, { status: "active" }, at(70));
    for (const digest of digests) {
      expect(await sessions.byDigest(digest)).toBeUndefined();
      const found = await tokens.byDigest(digest);
      if (found !== undefined) expect(found.token.revokedAt).toEqual(at(70));
    }
    expect(await passwords.of(user.id)).toMatchObject({ hash: "$argon2id$" });
    await users.change(user.id, undefined, { status: "removed" }, at(70));
    expect(await passwords.of(user.id)).toBeUndefined();
  });
});

describeOnEveryServer("the records of tokens", (on) => {
  const records = () => createAccessRecords(on().database);

  it("give a token back by its secret, of a user or of a pipeline", async () => {
    const { tokens, assignments, users } = records();
    const user = await newUser(records());
    const limit = { roles: ["viewer"], scope: { env: EVIL } } as const;
    const his = aToken({ kind: "user", id: user.id }, { limit, name: EVIL });
    const claims = { repository: "acme/infra", ref: EVIL };
    const name = `deploy-${id()}`;
    const pipeline = aToken({ kind: "workload", name, claims }, { addedAt: at(1) });
    const [one, other] = [aDigest(), aDigest()];
    await tokens.add(his, one);
    await tokens.add(pipeline, other);
    const role = anAssignment({ kind: "workload", name }, { role: "operator" });
    await assignments.add(role);
    expect(await tokens.byDigest(one)).toStrictEqual({ token: his, user, assignments: [] });
    expect(await tokens.byDigest(other)).toStrictEqual({ token: pipeline, assignments: [role] });
    expect(await tokens.byId(his.id)).toStrictEqual(his);
    await users.change(user.id, undefined, { status: "disabled" }, at(70));
    expect(await tokens.byDigest(one)).toBeUndefined();
  });

  it("show their last use, once a minute, and are revoked once", async () => {
    const { tokens } = records();
    const { id: userId } = await newUser(records());
    const token = aToken({ kind: "user", id: userId });
    await tokens.add(token, aDigest());
    await tokens.used(token.id, at(0), "192.0.2.1");
    await tokens.used(token.id, at(59), "192.0.2.2");
    expect(await tokens.byId(token.id)).toMatchObject({ lastUsedAt: at(0), lastUsedFrom: "192.0.2.1" });
    await tokens.used(token.id, at(60), "192.0.2.3");
    expect(await tokens.byId(token.id)).toMatchObject({ lastUsedAt: at(60), lastUsedFrom: "192.0.2.3" });
    const revoked = await winners(8, () => tokens.revoke(token.id, at(70)));
    expect(revoked.filter((done) => done === true)).toHaveLength(1);
    expect(await tokens.byId(token.id)).toMatchObject({ revokedAt: at(70) });
    const [good, over] = [
      aToken({ kind: "user", id: userId }, { addedAt: at(2) }),
      aToken({ kind: "user", id: userId }, { addedAt: at(2), expiresAt: at(70) }),
    ];
    for (const one of [good, over]) await tokens.add(one, aDigest());
    expect(await tokens.revokeAll(userId, at(70))).toStrictEqual([{ ...good, revokedAt: at(70) }]);
    const [first] = await tokens.list({ userId, limit: 1 });
    const after = { at: first?.addedAt ?? at(0), id: first?.id ?? "" };
    const rest = await tokens.list({ userId, limit: 9, after });
    expect([first, ...rest].map((one) => one?.id)).toEqual([
      ...[good.id, over.id].toSorted().toReversed(),
      token.id,
    ]);
    expect((await tokens.list({ limit: 1_000 })).length).toBeGreaterThanOrEqual(3);
    expect(await tokens.forget(at(71))).toBe(1);
    expect(await tokens.byId(over.id)).toBeUndefined();
  });
});

describeOnEveryServer("the records of ways to prove oneself", (on) => {
  const records = () => createAccessRecords(on().database);

  it("hold one password, and give passkeys back as they were added", async () => {
    const { passwords, passkeys } = records();
    const { id: userId } = await newUser(records());
    await passwords.set(userId, "one", at(0));
    await passwords.set(userId, "two", at(1));
    expect(await passwords.of(userId)).toEqual({ hash: "two", changedAt: at(1) });
    expect([await passwords.remove(userId), await passwords.remove(userId)]).toEqual([true, false]);

    const passkey: Passkey = {
      ...{ id: id(), userId, publicKey: Uint8Array.of(0, 1, 255), counter: 4_294_967_295 },
      ...{ transports: ["internal", "hybrid"], isBackedUp: false, name: EVIL, addedAt: at(0) },
    };
    await passkeys.add(passkey);
    expect(await passkeys.byId(passkey.id)).toStrictEqual(passkey);
    const stranger = await newUser(records());
    await expect(passkeys.add({ ...passkey, userId: stranger.id })).rejects.toMatchObject({
      code: "passkey_known",
    });
    await passkeys.used(passkey.id, 7, true, at(5));
    expect(await passkeys.of(userId)).toStrictEqual([{ ...passkey, isBackedUp: true, lastUsedAt: at(5) }]);
    expect(await passkeys.remove(stranger.id, passkey.id)).toBe(false);
    expect(await passkeys.remove(userId, passkey.id)).toBe(true);
  });
});

describeOnEveryServer("the records of roles", (on) => {
  const records = () => createAccessRecords(on().database);

  it("hold a role once for each subject and scope", async () => {
    const { assignments } = records();
    const subject = { kind: "group", group: `idp:${id()}${"x".repeat(9_000)}` } as const;
    const scoped = anAssignment(subject, { scope: { env: "prod", team: EVIL } });
    expect(await assignments.add(scoped)).toBe(true);
    expect(await assignments.byId(scoped.id)).toStrictEqual(scoped);
    const again = anAssignment(subject, { scope: { team: EVIL, env: "prod" } });
    expect(await assignments.add(again)).toBe(false);
    expect(await assignments.add(anAssignment(subject))).toBe(true);
    expect(await winners(6, () => assignments.remove(scoped.id))).toEqual(
      expect.arrayContaining([true, false]),
    );
    expect(await assignments.byId(scoped.id)).toBeUndefined();
  });
});

describeOnEveryServer("what is kept for a while", (on) => {
  const records = () => createAccessRecords(on().database);
  const MINUTE = 60_000;

  it("counts every failure, however many come at once, until its window is over", async () => {
    const { attempts } = records();
    const key = EVIL + id();
    const counts = await winners(50, () => attempts.failed(key, at(0), MINUTE));
    expect(counts.toSorted((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 50 }, (_, n) => n + 1),
    );
    expect(await attempts.count(key, at(59), MINUTE)).toBe(50);
    expect(await attempts.count(key, at(60), MINUTE)).toBe(0);
    expect(await attempts.failed(key, at(60), MINUTE)).toBe(1);
    expect(await attempts.count(`${key}.`, at(60), MINUTE)).toBe(0);
    await attempts.clear(key);
    expect(await attempts.count(key, at(60), MINUTE)).toBe(0);
    await attempts.failed(key, at(60), MINUTE);
    expect([await attempts.forget(at(60)), await attempts.forget(at(61))]).toEqual([0, 1]);
  });

  it("counts as one would count by hand", async () => {
    const { attempts } = records();
    const steps = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(steps, async (pauses) => {
        const key = id();
        let [now, since, count] = [0, -1_000, 0];
        for (const pause of pauses) {
          now += pause;
          [since, count] = now - since >= 60 ? [now, 1] : [since, count + 1];
          expect(await attempts.failed(key, at(now), MINUTE)).toBe(count);
        }
      }),
      { numRuns: 15 },
    );
  });

  it("gives a ceremony to one of many, and none that is over", async () => {
    const { ceremonies } = records();
    const digest = aDigest();
    const put = (data: string) => ceremonies.put("setup", digest, { data }, at(60));
    expect([await put(EVIL), await put("another's")]).toEqual([true, false]);
    expect(await ceremonies.peek("setup", digest, at(59))).toEqual({ data: EVIL });
    expect(await ceremonies.peek("other", digest, at(59))).toBeUndefined();
    expect(await ceremonies.take("setup", digest, at(60))).toBeUndefined();
    expect(await ceremonies.replace("setup", digest, { data: "b" }, at(60))).toBe(false);
    expect(await ceremonies.replace("setup", digest, { data: "b" }, at(1))).toBe(true);
    const taken = await winners(8, () => ceremonies.take("setup", digest, at(1)));
    expect(taken.filter((data) => data !== undefined)).toEqual([{ data: "b" }]);
    await put("c");
    await ceremonies.put("other", digest, {}, at(60));
    expect([await ceremonies.forget(at(59)), await ceremonies.forget(at(60))]).toEqual([0, 2]);
    await put("d");
    await ceremonies.drop("setup");
    expect(await ceremonies.peek("setup", digest, at(1))).toBeUndefined();
  });

  it("lets one of many do what an idempotency key stands for, and gives its answer to the others", async () => {
    const { answers } = records();
    const key = { principal: id(), key: EVIL, request: aDigest() };
    const begun = await winners(8, () => answers.begin(key, at(0), MINUTE));
    expect(begun.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))).toEqual([
      { kind: "new" },
      ...Array.from({ length: 7 }, () => ({ kind: "underway" })),
    ]);
    expect(await answers.begin({ ...key, request: aDigest() }, at(0), MINUTE)).toEqual({ kind: "other" });
    expect(await answers.begin({ ...key, principal: id() }, at(0), MINUTE)).toEqual({ kind: "new" });
    expect(await answers.begin(key, at(59), MINUTE)).toEqual({ kind: "underway" });
    expect(await answers.begin(key, at(60), MINUTE)).toEqual({ kind: "lost" });
    await answers.release(key.principal, key.key);
    expect(await answers.begin(key, at(61), MINUTE)).toEqual({ kind: "new" });
    const answer = { status: 201, headers: { location: "/" }, body: EVIL };
    await answers.keep(key.principal, key.key, answer);
    await answers.keep(key.principal, key.key, { status: 500, headers: {} });
    await answers.release(key.principal, key.key);
    expect(await answers.begin(key, at(999), MINUTE)).toStrictEqual({ kind: "kept", answer });
    expect(await answers.begin({ ...key, request: aDigest() }, at(999), MINUTE)).toEqual({ kind: "other" });
    expect(await answers.forget(at(62))).toBe(2);
  });

  it("agrees on one secret among all processes", async () => {
    const { secrets } = records();
    const name = id();
    const got = await winners(8, () => secrets.get(name, aDigest()));
    expect(new Set(got.map((secret) => Buffer.from(secret as Uint8Array).toString("hex"))).size).toBe(1);
    expect(await secrets.get(`${name}.`, Uint8Array.of(7))).toStrictEqual(Uint8Array.of(7));
  });

  it("is all or nothing in a transaction, with the ledger's entries", async () => {
    const all = records();
    const user = aUser();
    const undone = all.transaction(async (inside) => {
      await inside.users.add(user);
      await inside.outbox.put([{ id: user.id, entry: {}, content: [] }]);
      throw new RangeError("undone");
    });
    await expect(undone).rejects.toThrow("undone");
    expect(await all.users.byId(user.id)).toBeUndefined();
    expect(await execute(on().url, `SELECT FROM anchorwatch.outbox WHERE id = '${user.id}'`)).toEqual([]);
    const before = await all.users.count();
    await newUser(all);
    expect(await all.users.count()).toBe(before + 1);
  });
});

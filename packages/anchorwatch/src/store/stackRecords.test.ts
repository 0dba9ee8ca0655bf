import { expect, it } from "vitest";
import { describeOnEveryServer } from "./postgres.fixture.ts";
import { aStack, at, everyPage, id, STATE } from "./records.fixture.ts";

describeOnEveryServer("the records of stacks", (on) => {
  it("give a stack back as it was added, and find it by name", async () => {
    const { stacks } = on().records;
    const stack = aStack({
      declaredBy: "api",
      workspace: "blue",
      origin: { kind: "repository", url: "https://git.example/infra.git", ref: "main", path: "net" },
    });
    await stacks.add(stack);
    const expected = {
      stack,
      labelSet: 1,
      health: "new",
      nextSweepAt: stack.addedAt,
      failures: 0,
      openDrifts: 0,
    };
    expect(await stacks.byId(stack.id)).toStrictEqual(expected);
    expect(await stacks.byName(stack.name)).toStrictEqual(expected);
    expect(await stacks.list({ name: stack.name, limit: 9 })).toStrictEqual([expected]);
    expect(await stacks.byName("no such")).toBeUndefined();
  });

  it("hold names that PostgreSQL itself could not", async () => {
    const { stacks } = on().records;
    const stack = aStack({ declaredBy: "api", name: `a\u0000b\ud800'"\\${id()}` });
    await stacks.add(stack);
    expect((await stacks.byName(stack.name))?.stack).toStrictEqual(stack);
  });

  it("refuse a name that a living stack has, and give it free when that is gone", async () => {
    const { stacks } = on().records;
    const first = aStack({ declaredBy: "api" });
    await stacks.add(first);
    const second = aStack({ declaredBy: "api", name: first.name, addedAt: at(5) });
    await expect(stacks.add(second)).rejects.toMatchObject({ code: "stack_name_taken" });
    await expect(stacks.add(first)).rejects.toMatchObject({ code: "stack_name_taken" });
    expect(await stacks.remove(first.id)).toBe(true);
    expect(await stacks.remove(first.id)).toBe(false);
    expect(await stacks.hadNameUntil(first.id)).toBeUndefined();
    await stacks.add(second);
    expect((await stacks.byName(first.name))?.stack.id).toBe(second.id);
    expect((await stacks.byId(first.id))?.health).toBe("gone");
    expect(await stacks.hadNameUntil(first.id)).toEqual(at(5));
    expect(await stacks.hadNameUntil(second.id)).toBeUndefined();
  });

  it("make the declared stacks be those of the configuration, and leave the others alone", async () => {
    const { stacks } = on().records;
    const [kept, changed, missing, added] = [aStack(), aStack(), aStack(), aStack()];
    const byHand = aStack({ declaredBy: "api" });
    await stacks.add(byHand);
    await stacks.declare([kept, changed, missing], at(0));
    await stacks.checked(kept.id, { startedAt: at(1), at: at(1), isComplete: true, state: STATE });
    await stacks.declare([kept, { ...changed, sweepEveryMs: 1_000 }, added], at(10));

    expect(await stacks.byId(kept.id)).toMatchObject({ health: "ok", nextSweepAt: at(0) });
    expect((await stacks.byId(changed.id))?.stack.sweepEveryMs).toBe(1_000);
    expect(await stacks.byId(missing.id)).toMatchObject({ health: "gone" });
    expect(await stacks.byId(added.id)).toMatchObject({ health: "new", nextSweepAt: at(10) });
    expect(await stacks.byId(byHand.id)).toMatchObject({ health: "new" });

    const [again, back] = [kept, missing].map((stack) => ({ ...stack, addedAt: at(20) }));
    await stacks.declare([again ?? kept, back ?? missing], at(20));
    expect(await stacks.byId(missing.id)).toMatchObject({ health: "new", nextSweepAt: at(20), stack: back });
    expect((await stacks.byId(kept.id))?.stack.addedAt).toEqual(at(0));
    expect(await stacks.byId(added.id)).toMatchObject({ health: "gone" });
  });

  it("let two stacks exchange their names", async () => {
    const { stacks } = on().records;
    const [one, two] = [aStack(), aStack()];
    await stacks.declare([one, two], at(0));
    await stacks.declare(
      [
        { ...one, name: two.name },
        { ...two, name: one.name },
      ],
      at(1),
    );
    expect((await stacks.byName(one.name))?.stack.id).toBe(two.id);
  });

  it("refuse a declaration with a name from the API, and declare nothing of it then", async () => {
    const { stacks } = on().records;
    const byHand = aStack({ declaredBy: "api" });
    await stacks.add(byHand);
    const good = aStack();
    const bad = { ...aStack(), name: byHand.name };
    await expect(stacks.declare([good, bad], at(0))).rejects.toMatchObject({
      code: "stack_name_taken",
      message: expect.stringContaining(byHand.name),
    });
    expect(await stacks.byId(good.id)).toBeUndefined();
    const twice = aStack();
    await expect(stacks.declare([twice, { ...aStack(), name: twice.name }], at(0))).rejects.toMatchObject({
      code: "stack_name_taken",
    });
  });

  it("keep what is known through a look and a failure, and count failures in a row", async () => {
    const { stacks } = on().records;
    const stack = aStack();
    await stacks.declare([stack], at(0));
    const coverage = { ...NOTHING, resources: 3, inSync: 3 };
    await stacks.checked(stack.id, {
      startedAt: at(0),
      at: at(1),
      isComplete: true,
      state: STATE,
      revision: "abc",
      coverage,
    });
    const error = { code: "state_missing", message: "no\u0000state", hint: "deploy" };
    await stacks.failed(stack.id, { at: at(2), error });
    await stacks.failed(stack.id, { at: at(3), error });
    expect(await stacks.byId(stack.id)).toMatchObject({
      health: "failed",
      failures: 2,
      error,
      coverage,
      lastCheckAt: at(3),
      lastCompleteAt: at(1),
      completeSince: at(0),
    });
    await stacks.checked(stack.id, {
      startedAt: at(4),
      at: at(4),
      isComplete: true,
      state: { ...STATE, serial: 8 },
    });
    const now = await stacks.byId(stack.id);
    expect(now).toMatchObject({
      health: "ok",
      failures: 0,
      revision: "abc",
      coverage,
      lastCompleteAt: at(1),
      completeSince: at(0),
    });
    expect(now?.state?.serial).toBe(8);
    expect(now).not.toHaveProperty("error");
  });

  it("leave a stack gone that went away during its check", async () => {
    const { stacks } = on().records;
    const stack = aStack({ declaredBy: "api" });
    await stacks.add(stack);
    await stacks.remove(stack.id);
    await stacks.checked(stack.id, { startedAt: at(1), at: at(1), isComplete: true, state: STATE });
    await stacks.scheduleSweep(stack.id, at(1));
    expect(await stacks.byId(stack.id)).toMatchObject({ health: "gone" });
    expect((await stacks.dueForSweep(at(9), 1_000)).map((due) => due.id)).not.toContain(stack.id);
  });

  it("tell which stacks are due, the longest waiting first", async () => {
    const { stacks } = on().records;
    const declared = [aStack(), aStack(), aStack()] as const;
    await stacks.declare(declared, at(0));
    await stacks.scheduleSweep(declared[0].id, at(-100));
    await stacks.scheduleSweep(declared[1].id, at(-200));
    await stacks.scheduleSweep(declared[2].id, at(100));
    const due = await stacks.dueForSweep(at(-50), 2);
    expect(due).toStrictEqual([declared[1], declared[0]]);
  });

  it("say what a declaration changed, and leave what may still be there", async () => {
    const { stacks } = on().records;
    const [kept, unsure, missing, added] = [aStack(), aStack(), aStack(), aStack()];
    await stacks.declare([kept, unsure, missing], at(0));
    const keeps = ({ id: one }: { readonly id: string }) => one === unsure.id;
    const first = await stacks.declare([kept, added], at(1), { keeps });
    expect(first).toStrictEqual({ added: [added], returned: [], gone: [missing] });
    expect(await stacks.byId(unsure.id)).toMatchObject({ health: "new" });
    const firstSweepAt = (_: unknown, index: number) => at(100 + index);
    const news = [missing, aStack()];
    const second = await stacks.declare([kept, added, unsure, ...news], at(2), { firstSweepAt });
    expect(second).toStrictEqual({ added: news, returned: [missing.id], gone: [] });
    const sweeps = await Promise.all(news.map(({ id: one }) => stacks.byId(one)));
    expect(sweeps.map((status) => status?.nextSweepAt)).toEqual([at(100), at(101)]);
    expect(await stacks.byId(kept.id)).toMatchObject({ nextSweepAt: at(0) });
    await stacks.declare([], at(3));
  });

  it("come in pages by name, without a gap or a repetition, also where names are the same", async () => {
    const { stacks } = on().records;
    const unique = id();
    // One living, two gone; and what a locale would sort otherwise.
    for (const name of ["b", "a", "a", "a", "B", "é"]) {
      const stack = aStack({ declaredBy: "api", name: `\u0001${unique} ${name}` });
      await stacks.add(stack);
      if (name === "a") await stacks.remove(stack.id);
    }
    const listed = await everyPage(stacks.list, 4, ({ stack }) => ({ value: stack.name, id: stack.id }));
    const names = listed.map(({ stack }) => stack.name);
    const own = names.filter((name) => name.includes(unique)).map((name) => name.at(-1));
    expect(own).toEqual(["B", "a", "a", "a", "b", "é"]);
    expect((await stacks.list({ limit: 99, health: "gone", name: `\u0001${unique} a` })).length).toBe(3);
  });

  it("take thousands of stacks at once", async () => {
    const { stacks } = on().records;
    const many = Array.from({ length: 3_000 }, () => aStack());
    await stacks.declare(many, at(0));
    await stacks.declare(many, at(1));
    const before = (await stacks.totals()).stacks;
    expect(before.new).toBeGreaterThanOrEqual(many.length);
    const { gone } = await stacks.declare([], at(2));
    expect(gone.length).toBeGreaterThanOrEqual(many.length);
    expect((await stacks.totals()).stacks.gone).toBe(before.gone + gone.length);
    expect((await stacks.byId(many[0]?.id ?? aStack().id))?.health).toBe("gone");
  });
});

const NOTHING = {
  ...{ resources: 0, inSync: 0, changed: 0, deleted: 0, unmanaged: 0, absorbed: 0 },
  ...{ ignored: 0, unknown: 0, notChecked: 0, pending: 0 },
};

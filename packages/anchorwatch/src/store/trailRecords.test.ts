import { expect, it } from "vitest";
import { describeOnEveryServer } from "./postgres.fixture.ts";
import { at, id } from "./records.fixture.ts";
import { execute } from "./testServer.fixture.ts";

const file = (key: string, seconds = 0) => ({ key, time: at(seconds) });

describeOnEveryServer("how far a trail was read", (on) => {
  it("is known to whoever reads it next, and to no other trail", async () => {
    const { trails } = on().records;
    const [name, other] = [`logs s3://${id()}/\u0000`, `logs s3://${id()}/`];
    expect(await trails.of(name).since()).toBeUndefined();
    await trails.of(name).read(file("a"));
    await trails.of(name).read(file("a"));
    await trails.of(name).putAside(file("b"), at(1));
    await trails.of(name).moveTo(at(0));
    expect(await trails.of(name).since()).toEqual(at(0));
    expect(await trails.of(name).known(["a", "b", "c"])).toEqual(new Set(["a", "b"]));
    expect(await trails.of(other).known(["a", "b", "c"])).toEqual(new Set());
    expect(await trails.of(other).since()).toBeUndefined();
    expect(await trails.of(name).known([])).toEqual(new Set());
  });

  it("never goes back, and what was read before is not kept any longer; what was put aside is", async () => {
    const { records, url } = on();
    const name = `logs s3://${id()}/`;
    const trail = records.trails.of(name);
    await trail.read(file("old", 0));
    await trail.read(file("new", 120));
    await trail.putAside(file("sealed", 0), at(1));
    await trail.moveTo(at(120));
    await trail.moveTo(at(60));
    expect(await trail.since()).toEqual(at(120));
    expect(await trail.known(["old", "new", "sealed"])).toEqual(new Set(["new", "sealed"]));
    const rows = await execute(url, `SELECT 1 FROM anchorwatch.trail_files WHERE trail = '${name}'`);
    expect(rows).toHaveLength(2);
  });

  it("has files that are put aside until they are read, those first that were not tried for the longest time", async () => {
    const trail = on().records.trails.of(`logs s3://${id()}/`);
    for (const [n, key] of ["a", "b", "c"].entries()) await trail.putAside(file(key), at(n));
    await trail.putAside(file("a"), at(9));
    const keys = async (limit: number) => (await trail.aside(limit)).map(({ key }) => key);
    expect(await keys(9)).toEqual(["b", "c", "a"]);
    expect(await trail.aside(1)).toEqual([file("b")]);
    await trail.read(file("b"));
    await trail.putAside(file("b"), at(10));
    expect(await keys(9)).toEqual(["c", "a"]);
  });

  it("keeps what was found wrong in a chain of digests, until something else is", async () => {
    const trail = on().records.trails.of(`logs s3://${id()}/`);
    await trail.chainChecked({ chain: "one", until: at(10) });
    await trail.chainChecked({
      chain: "two",
      until: at(20),
      problem: "a file is missing",
      problemAt: at(21),
    });
    await trail.chainChecked({ chain: "two", until: at(15) });
    expect(await trail.chains()).toEqual([
      { chain: "one", until: at(10) },
      { chain: "two", until: at(20), problem: "a file is missing", problemAt: at(21) },
    ]);
  });
});

import { randomUUID } from "node:crypto";
import { beforeAll, expect, it } from "vitest";
import { AnchorwatchError } from "../../packages/anchorwatch/src/domain/errors.ts";
import { memoryWatch, stackNamed } from "../../packages/anchorwatch/src/server/memoryWatch.fixture.ts";
import { testServer } from "../../packages/anchorwatch/src/server/testServer.fixture.ts";
import { createAccessRecords } from "../../packages/anchorwatch/src/store/accessRecords.ts";
import { describeOnEveryServer } from "../../packages/anchorwatch/src/store/postgres.fixture.ts";

describeOnEveryServer("writes with an idempotency key", (on) => {
  let answers: ReturnType<typeof createAccessRecords>["answers"];
  beforeAll(() => {
    answers = createAccessRecords(on().database).answers;
  });

  it("are done by one of those that come at once, in whichever process", async () => {
    const watch = memoryWatch({ stacks: [stackNamed("net")] });
    const servers = await Promise.all([1, 2].map(() => testServer(watch, {}, { answers })));
    const headers = { host: "localhost", "idempotency-key": randomUUID() };
    const asked = (number: number) =>
      servers[number % 2]?.api.inject({ method: "POST", url: "/api/v1/stacks/id-net/check", headers });
    const first = await Promise.all(Array.from({ length: 12 }, (_, number) => asked(number)));
    const statuses = first.map((answer) => answer?.statusCode);
    expect(statuses).toContain(202);
    expect(statuses.filter((status) => status !== 202 && status !== 409)).toEqual([]);
    expect(watch.wantedChecks).toHaveLength(1);
    const [again, other] = [await asked(0), await asked(1)];
    expect([again?.statusCode, again?.headers["idempotency-replayed"]]).toEqual([202, "true"]);
    expect(other?.body).toBe(again?.body);
    expect(watch.wantedChecks).toHaveLength(1);
  });

  it("are never done again where the answer was lost, or the process ended: who asks later is told that nobody knows", async () => {
    const watch = memoryWatch({ stacks: [stackNamed("net")] });
    const lost = () => Promise.reject(new AnchorwatchError("database_unreachable", "away at this moment"));
    const later: typeof answers.begin = (key, at, patienceMs) =>
      answers.begin(key, new Date(at.getTime() + patienceMs), patienceMs);
    const [losing, other, afterwards] = await Promise.all(
      [{ keep: lost }, {}, { begin: later }].map((changed) =>
        testServer(watch, {}, { answers: { ...answers, ...changed } }),
      ),
    );
    const headers = { host: "localhost", "idempotency-key": randomUUID() };
    const told = async (server: typeof losing) => {
      const answer = await server?.api.inject({
        method: "POST",
        url: "/api/v1/stacks/id-net/check",
        headers,
      });
      return [answer?.statusCode, answer?.json().code];
    };
    expect(await told(losing)).toEqual([503, "database_unreachable"]);
    expect(await told(other)).toEqual([409, "request_underway"]);
    expect(await told(afterwards)).toEqual([409, "request_outcome_unknown"]);
    expect(watch.wantedChecks).toHaveLength(1);
  });
});

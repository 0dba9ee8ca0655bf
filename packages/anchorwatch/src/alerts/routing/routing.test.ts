import { describe, expect, it } from "vitest";
import { isTimeZone, type QuietHours, quietUntil } from "./quietHours.ts";
import { type Routable, type Route, routeOf } from "./route.ts";

const ALL = ["chat", "page", "net"];

function aRoute(with_: Partial<Route> = {}): Route {
  return { name: "r", when: {}, to: ["chat"], toOwners: false, escalate: [], goesOn: false, ...with_ };
}

const DRIFT: Routable = {
  ...{ drift: "d", severity: "high", class: "security", type: "aws_iam_role" },
  ...{ labels: { env: "prod" }, rules: ["aws.iam.admin"], owners: ["@Acme/Network"] },
  facts: () => ({}) as never,
};

describe("a drift", () => {
  const owners = new Map([["@acme/network", ["net"]]]);
  it("takes the first route that fits, and those behind it only where that goes on", () => {
    const routes = [
      aRoute({ name: "no", when: { severity: "critical" }, to: ["page"] }),
      aRoute({ name: "yes", to: ["chat"], goesOn: true }),
      aRoute({ name: "last", to: ["page"], escalate: [{ afterMs: 5, to: ["net"] }] }),
      aRoute({ name: "never", to: ["net"] }),
    ];
    expect(routeOf(DRIFT, { routes, owners }, ALL)).toEqual({
      channels: ["chat", "page"],
      ladder: [{ afterMs: 5, to: ["net"] }],
      failed: [],
    });
  });

  it.each([
    [{ severity: "high" as const }, true],
    [{ severity: "critical" as const }, false],
    [{ class: "operational" as const }, false],
    [{ labels: { env: "prod" } }, true],
    [{ labels: { env: "prod", team: "x" } }, false],
    [{ types: [(type: string) => type.startsWith("aws_iam")] }, true],
    [{ rules: [(id: string) => id === "other"] }, false],
    [{ holds: () => false }, false],
    [{ holds: () => ({ problem: { message: "divides by zero" } }) as never }, true],
  ])("fits a condition or not: %j", (when, fits) => {
    const { channels } = routeOf(DRIFT, { routes: [aRoute({ when })], owners }, ALL);
    expect(channels).toEqual(fits ? ["chat"] : []);
  });

  it("goes to its owners as the operator maps them, whatever the case, and to everybody without routes", () => {
    const routes = [aRoute({ to: [], toOwners: true })];
    expect(routeOf(DRIFT, { routes, owners }, ALL).channels).toEqual(["net"]);
    expect(routeOf({ ...DRIFT, owners: ["@stranger"] }, { routes, owners }, ALL).channels).toEqual([]);
    expect(routeOf(DRIFT, { owners }, ALL).channels).toEqual(ALL);
  });
});

describe("quiet hours", () => {
  const night: QuietHours = { from: 22 * 60, to: 7 * 60, timeZone: "Europe/Berlin" };
  it.each([
    // In winter Berlin is an hour ahead of UTC.
    ["2026-01-05T21:00:00Z", "2026-01-06T06:00:00.000Z"],
    ["2026-01-05T20:59:00Z", undefined],
    ["2026-01-06T05:59:30Z", "2026-01-06T06:00:00.000Z"],
    ["2026-01-06T06:00:00Z", undefined],
    // The clock is set forward in that night, and back in the other.
    ["2026-03-28T22:00:00Z", "2026-03-29T05:00:00.000Z"],
    ["2026-10-24T21:00:00Z", "2026-10-25T06:00:00.000Z"],
  ])("at %s end at %s", (now, end) => {
    expect(quietUntil(night, new Date(now))?.toISOString()).toBe(end);
  });

  it("that begin on some days last into the next, and touch each other", () => {
    const weekend: QuietHours = { from: 0, to: 0, days: [6, 0], timeZone: "UTC" };
    expect(quietUntil(weekend, new Date("2026-01-02T23:00:00Z"))).toBeUndefined();
    expect(quietUntil(weekend, new Date("2026-01-03T12:00:00Z"))).toEqual(new Date("2026-01-05T00:00:00Z"));
    expect(
      quietUntil({ ...weekend, days: [0, 1, 2, 3, 4, 5, 6] }, new Date("2026-01-03T12:00:00Z")),
    ).toBeInstanceOf(Date);
  });

  it("are in time zones that exist", () => {
    expect([isTimeZone("Europe/Berlin"), isTimeZone("Mars/Olympus")]).toEqual([true, false]);
  });
});

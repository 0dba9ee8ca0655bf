import { describe, expect, it } from "vitest";
import { ALL_LABELS } from "../memoryAccess.fixture.ts";
import { driftNumber, memoryWatch, NOW, stackNamed } from "../memoryWatch.fixture.ts";
import { testServer } from "../testServer.fixture.ts";
import { searchedAccount, unmanagedNamed } from "../unmanaged.fixture.ts";

const headers = { host: "localhost" };

describe("health and readiness", () => {
  it("says that the process lives, also when nothing works", async () => {
    const broken = memoryWatch({}, { readiness: () => Promise.reject(new TypeError("defect")) });
    const { api } = await testServer(broken);
    expect((await api.inject({ url: "/healthz", headers })).json()).toEqual({
      schema: "anchorwatch.health/v1",
      alive: true,
      version: "1.2.3",
    });
  });

  it.each([
    [{ kind: "well" }, { kind: "well" }, 200],
    [{ kind: "well" }, { kind: "absent" }, 200],
    [{ kind: "failing", problem: "no answer" }, { kind: "well" }, 503],
    [{ kind: "well" }, { kind: "failing", problem: "another process writes" }, 503],
  ] as const)(
    "is ready with the database %j and the publisher %j: %d",
    async (database, publisher, status) => {
      const { api } = await testServer(memoryWatch({}, { readiness: async () => ({ database, publisher }) }));
      const answer = await api.inject({ url: "/readyz", headers });
      expect(answer.statusCode).toBe(status);
      expect(answer.json()).toMatchObject({
        ready: status === 200,
        database: { state: database.kind },
        publisher: { state: publisher.kind },
      });
    },
  );

  it("tells strangers nothing of what is wrong: neither files nor machines", async () => {
    const failing = { kind: "failing", problem: "10.0.0.7 cannot be reached" } as const;
    const readiness = async () => ({ database: failing, publisher: failing });
    const { api } = await testServer(memoryWatch({}, { readiness }));
    expect((await api.inject({ url: "/readyz", headers })).json()).toEqual({
      schema: "anchorwatch.readiness/v1",
      ready: false,
      database: { state: "failing" },
      publisher: { state: "failing" },
    });
  });

  it("shows the line of a configuration that cannot be used, and works on with the old one", async () => {
    const problem = {
      code: "config_invalid",
      message: "watch has the unknown key “stakcs”",
      location: { file: "anchorwatch.server.yaml", line: 7, column: 3 },
    } as const;
    const configuration = {
      file: "anchorwatch.server.yaml",
      inForceSince: NOW,
      refused: { at: NOW, problems: [problem] },
    };
    const { api } = await testServer(memoryWatch({}, { status: () => ({ startedAt: NOW, configuration }) }));
    expect((await api.inject({ url: "/readyz", headers })).statusCode).toBe(200);
    expect((await api.inject({ url: "/api/v1/status", headers })).json()).toMatchObject({
      installation: { configuration: { refused: { problems: [{ line: 7, message: problem.message }] } } },
    });
    const { body } = await api.inject({ url: "/metrics", headers });
    expect(body).toContain("anchorwatch_configuration_last_reload_successful 0");
  });
});

describe("metrics", () => {
  it("tell what was counted and what is there now", async () => {
    const watch = memoryWatch({
      stacks: [stackNamed("net")],
      drifts: [driftNumber(1)],
      accounts: [searchedAccount("prod", ALL_LABELS)],
      unmanaged: [unmanagedNamed("ada"), unmanagedNamed("old", { status: "accepted" })],
      detectors: [
        {
          name: "events:trail",
          at: new Date(NOW.getTime() - 5000),
          expectedWithinMs: 60_000,
          lagMs: 10,
          heardAt: new Date(NOW.getTime() - 7000),
        },
        {
          name: "stack:net",
          at: new Date(NOW.getTime() - 120_000),
          expectedWithinMs: 60_000,
          problem: "no state",
        },
      ],
    });
    const { api, metrics } = await testServer(watch);
    const { meter } = metrics;
    meter.checked({
      trigger: "event",
      outcome: "complete",
      durationMs: 120,
      verdicts: { in_sync: 3, changed: 1 },
    });
    meter.received({
      source: "trail",
      changes: 5,
      noChanges: 2,
      malformed: 1,
      duplicates: 2,
      lagsMs: [900, -5],
    });
    meter.stepped({ kind: "opened", sinceReceivedMs: 80 });
    meter.recorded(40);
    meter.trailChecked({ source: "logs", digests: 2, logFiles: 7, findings: ["missing", "gap"] });
    await api.inject({ url: "/api/v1/stacks/none", headers });
    const answer = await api.inject({ url: "/metrics", headers });
    expect(answer.headers["content-type"]).toMatch(/^text\/plain; version=/);
    for (const line of [
      'anchorwatch_check_duration_seconds_count{trigger="event",outcome="complete"} 1',
      'anchorwatch_verdicts_total{verdict="in_sync"} 3',
      'anchorwatch_events_received_total{source="trail",kind="change"} 3',
      'anchorwatch_events_received_total{source="trail",kind="duplicate"} 2',
      'anchorwatch_events_received_total{source="trail",kind="malformed"} 1',
      'anchorwatch_event_lag_seconds_sum{source="trail"} 0.9',
      'anchorwatch_drift_steps_total{kind="opened"} 1',
      "anchorwatch_drift_detection_seconds_sum 0.08",
      "anchorwatch_ledger_wait_seconds_sum 0.04",
      'anchorwatch_trail_files_checked_total{source="logs",kind="log"} 7',
      'anchorwatch_trail_findings_total{source="logs",kind="missing"} 1',
      'anchorwatch_detector_lag_seconds{detector="events:trail"} 0.01',
      'anchorwatch_event_source_silent_seconds{detector="events:trail"} 7',
      'anchorwatch_http_request_duration_seconds_count{method="GET",route="/api/v1/stacks/:id",status="404"} 1',
      'anchorwatch_stacks{health="ok"} 1',
      "anchorwatch_drifts_open 1",
      'anchorwatch_unmanaged_open{account="prod"} 1',
      "anchorwatch_outbox_entries 2",
      "anchorwatch_outbox_oldest_age_seconds 3",
      'anchorwatch_queue_jobs{queue="look"} 1',
      'anchorwatch_queue_dead_jobs{queue="sweep"} 2',
      "anchorwatch_provider_processes 3",
      'anchorwatch_detectors{state="dead"} 1',
      'anchorwatch_detector_up{detector="stack:net"} 0',
      'anchorwatch_detector_age_seconds{detector="events:trail"} 5',
      "anchorwatch_database_up 1",
      "anchorwatch_configuration_last_reload_successful 1",
      'anchorwatch_build_info{version="1.2.3"} 1',
    ]) {
      expect(answer.body.split("\n")).toContain(line);
    }
  });

  it("come without what the database would tell, while it does not answer", async () => {
    const { api } = await testServer(memoryWatch({}, { totals: () => Promise.reject(new Error("down")) }));
    const answer = await api.inject({ url: "/metrics", headers });
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain("anchorwatch_database_up 0");
    expect(answer.body).not.toContain("anchorwatch_drifts_open");
  });

  it("do not grow with what strangers ask for", async () => {
    const { api } = await testServer();
    for (const url of ["/a", "/b", "/api/v1/stacks/x", "/api/v1/stacks/y"])
      await api.inject({ url, headers });
    const { body } = await api.inject({ url: "/metrics", headers });
    const routes = [...body.matchAll(/_count\{method="GET",route="([^"]*)"/g)].map(([, route]) => route);
    expect(routes.sort()).toEqual(["/api/v1/stacks/:id", "none"]);
  });
});

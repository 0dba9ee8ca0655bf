import { describe, expect, test } from "vitest";
import { change, checkResult, driftedNetwork, resource } from "../../cli/formats/checkResult.fixture.ts";
import { renderJson } from "../../cli/formats/json.ts";
import type { CheckResult } from "../../domain/check.ts";
import { Decimal, objectOf } from "../../domain/value.ts";
import { withContent } from "../../ledger/entry/content.ts";
import { driftKey } from "../../ledger/entry/driftKey.ts";
import { encodeEntry } from "../../ledger/entry/entry.ts";
import type { EntryInput } from "../../ledger/entry/form.ts";
import { type KnownDrift, type Recording, recordCheck } from "./recordCheck.ts";

const record = (result: CheckResult, known: readonly KnownDrift[] = [], checkId = "check-1") =>
  recordCheck(result, { checkId, known: { openDrifts: () => known } });

const entriesOf = (recordings: readonly Recording[]) =>
  recordings.map(({ entry, content }): EntryInput => withContent(entry, content));

/** What the index would know of a drift after the entry. */
function known({ entry }: Recording, given: Partial<KnownDrift> = {}): KnownDrift {
  return {
    drift: entry.id,
    resource: driftKey(entry.address, entry.data["resource"]),
    digest: String(entry.data["digest"]),
    lineage: entry.stack?.lineage,
    serial: Number(entry.data["serial"]),
    ...given,
  };
}

const PRINTS = { old: `hmac-sha256:${"1".repeat(64)}`, new: `hmac-sha256:${"2".repeat(64)}` };

const web = (live = "tmp") =>
  resource("aws_security_group.web", {
    id: "sg-1",
    verdict: "changed",
    changes: [change({ path: ["tags", "Owner"], recorded: "platform", live })],
  });

const opening = (result: CheckResult) => record(result)[1] as Recording;

describe("recording a check", () => {
  test("gives the check first, and a drift for each resource that drifted; all of them are valid", () => {
    const recordings = record(driftedNetwork());
    for (const entry of entriesOf(recordings)) expect(encodeEntry(entry).length).toBeGreaterThan(0);
    expect(recordings.map(({ entry }) => [entry.kind, entry.address])).toEqual([
      ["check.completed", undefined],
      ["drift.opened", "aws_security_group.web"],
      ["drift.opened", "aws_iam_policy.deploy"],
      ["drift.opened", "aws_db_instance.main"],
      ["drift.opened", "aws_sns_topic.alerts"],
    ]);
  });

  test("names the rules that silenced something, each once", () => {
    const by = "anchorwatch.yaml:4: aws_sqs_queue:tags";
    const ignored = (address: string) =>
      resource(address, { verdict: "ignored", changes: [change({ path: ["tags"], ignoredBy: by })] });
    const gone = resource("aws_sns_topic.c", {
      verdict: "ignored",
      reason: { code: "rule", message: "ignored by .driftignore:2: aws_sns_topic.*" },
    });
    const resources = [ignored("aws_sqs_queue.a"), ignored("aws_sqs_queue.b"), gone];
    const [check = expect.unreachable()] = record({ ...driftedNetwork(), resources });
    expect(check.entry.data["ignoredBy"]).toEqual([".driftignore:2: aws_sns_topic.*", by]);
    expect(encodeEntry(withContent(check.entry, check.content)).length).toBeGreaterThan(0);
    expect(record({ ...driftedNetwork(), resources: [web()] })[0]?.entry.data).not.toHaveProperty(
      "ignoredBy",
    );
  });

  test("says what was seen, by whom, and why the rest was not", () => {
    const [check] = record(driftedNetwork());
    expect(check?.entry).toMatchObject({
      id: "check-1",
      time: "2026-01-02T03:04:06.200Z",
      actor: { type: "system", id: "anchorwatch/check" },
      stack: { name: "network", kind: "terraform", workspace: "default", lineage: "6f1c" },
      data: {
        trigger: "manual",
        coverage: { resources: 8, changed: 3, unknown: 1, notChecked: 1 },
        unseen: { provider_read_failed: 1, nothing_to_read: 1 },
        identities: [{ description: "profile audit" }],
        serial: 42,
      },
    });
  });

  test("gives the same entries again, and other ids for another check", () => {
    expect(record(driftedNetwork())).toEqual(record(driftedNetwork()));
    const ids = [...record(driftedNetwork()), ...record(driftedNetwork(), [], "check-2")].map(
      ({ entry }) => entry.id,
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("tells values before and after by path, elements of sets as lists, and JSON documents whole", () => {
    const [, group, policy] = entriesOf(record(driftedNetwork()));
    expect(group).toMatchObject({
      refs: [{ type: "check", id: "check-1" }],
      before: { "tags.Owner": "platform" },
      after: {
        "tags.Owner": "tmp",
        "tags.Temp": "yes",
        ingress: [{ from_port: 22, cidr_blocks: ["0.0.0.0/0"] }],
      },
    });
    expect(policy?.before).toEqual({ "policy → Statement[0].Action": "s3:GetObject", policy: "{}" });
    expect(JSON.stringify(policy)).not.toContain("attachment_count");
  });

  test("writes numbers that a double cannot hold as marked text", () => {
    const quota = change({ path: ["quota"], recorded: 5, live: 2n ** 64n });
    const rules = change({
      path: ["rules"],
      op: "add",
      element: objectOf([["share", new Decimal("0.1234567890123456789")]]),
    });
    const { entry } = opening(
      checkResult([resource("a.b", { verdict: "changed", changes: [quota, rules] })]),
    );
    expect(entry.after).toEqual({
      quota: "18446744073709551616",
      rules: [{ share: "0.1234567890123456789" }],
    });
    expect(entry.data["numbers"]).toEqual([
      ["after", "quota"],
      ["after", "rules", 0, "share"],
    ]);
    expect(encodeEntry(entry).length).toBeGreaterThan(0);
  });

  test("takes half of a surrogate pair for what it can be", () => {
    const broken = change({ path: ["tags", "a\ud800"], recorded: "\udc00", live: objectOf([["\ud800", 1]]) });
    const { entry } = opening(checkResult([resource("a.b", { verdict: "changed", changes: [broken] })]));
    expect(encodeEntry(entry).length).toBeGreaterThan(0);
  });

  test("names rules that silence a part of a drifted resource, and does not count it as drift", () => {
    const ignored = change({ path: ["size"], recorded: 1, live: 2, ignoredBy: "anchorwatch.yaml:3" });
    const both = { ...web(), changes: [...(web().changes ?? []), ignored] };
    const { entry } = opening(checkResult([both]));
    expect(entry.data["ignored"]).toEqual([{ path: ["size"], by: "anchorwatch.yaml:3" }]);
    expect(entry.after).toEqual({ "tags.Owner": "tmp" });
    expect(entry.data["digest"]).toBe(opening(checkResult([web()])).entry.data["digest"]);
  });

  test("puts what is too much for an entry beside the log", () => {
    const texts = Array.from({ length: 50 }, (_, i) =>
      change({ path: ["tags", `t${i}`], recorded: "a".repeat(2000), live: "b".repeat(2000) }),
    );
    const recording = opening(checkResult([resource("a.b", { verdict: "changed", changes: texts })]));
    const [entry] = entriesOf([recording]);
    expect(entry).toMatchObject({
      data: { changes: [], changesInContent: 50 },
      content: [{ role: "changes" }],
    });
    expect(entry).not.toHaveProperty("before");
    expect(encodeEntry(entry as EntryInput).length).toBeLessThan(5000);
    const content = JSON.parse(Buffer.from(recording.content[0]?.bytes ?? []).toString()) as object;
    expect(content).toMatchObject({ before: { "tags.t49": "a".repeat(2000) }, verdict: "changed" });
  });
});

describe("secrets", () => {
  const secret = (prints: object = {}) =>
    checkResult([
      resource("aws_db_instance.main", {
        verdict: "changed",
        changes: [change({ path: ["password"], sensitive: true, ...prints })],
      }),
    ]);
  const prints = (live: string) => ({ recordedFingerprint: PRINTS.old, liveFingerprint: live });

  test("are told by their fingerprints", () => {
    const { entry } = opening(secret(prints(PRINTS.new)));
    expect(entry.before).toEqual({ password: { fingerprint: PRINTS.old } });
    expect(entry.after).toEqual({ password: { fingerprint: PRINTS.new } });
    expect(encodeEntry(entry).length).toBeGreaterThan(0);
  });

  test("are only said to be there without a key", () => {
    const { entry } = opening(secret());
    expect(entry.before).toEqual({ password: "(sensitive)" });
    expect(JSON.stringify(entry)).not.toContain("ingerprint");
  });

  test("that were never there are not shown as masked", () => {
    const { entry } = opening(secret({ liveFingerprint: PRINTS.new }));
    expect(entry).not.toHaveProperty("before");
  });

  test("that change once more are news", () => {
    const first = opening(secret(prints(PRINTS.new)));
    const [, again] = record(secret(prints(`hmac-sha256:${"3".repeat(64)}`)), [known(first)]);
    expect(again?.entry.kind).toBe("drift.updated");
  });

  test("have no fingerprints in the report of the check", () => {
    expect(renderJson(secret(prints(PRINTS.new)), { all: true })).not.toContain("hmac");
  });
});

describe("a drift that the ledger knows", () => {
  const first = opening(checkResult([web()]));

  test("is no news when nothing changed", () => {
    expect(record(checkResult([web()]), [known(first)])).toHaveLength(1);
  });

  test("is updated when something else is there now", () => {
    const [, again] = record(checkResult([web("eve")]), [known(first)], "check-2");
    expect(again?.entry).toMatchObject({
      kind: "drift.updated",
      refs: [
        { type: "check", id: "check-2" },
        { type: "drift", id: first.entry.id },
      ],
      after: { "tags.Owner": "eve" },
    });
  });

  test("is updated when the resource is gone", () => {
    const gone = resource("aws_security_group.web", { id: "sg-1", verdict: "deleted" });
    expect(record(checkResult([gone]), [known(first)])[1]?.entry).toMatchObject({
      kind: "drift.updated",
      data: { verdict: "deleted", changes: [] },
    });
  });

  test("is resolved when the resource is as deployed again", () => {
    const [, end] = record(checkResult([resource("aws_security_group.web", { id: "sg-1" })]), [known(first)]);
    expect(end?.entry).toMatchObject({
      kind: "drift.resolved",
      address: "aws_security_group.web",
      refs: [{ type: "check" }, { type: "drift", id: first.entry.id }],
      data: { how: "reverted", serial: 42, lastSerial: 42 },
    });
    expect(encodeEntry((end as Recording).entry).length).toBeGreaterThan(0);
  });

  test("is not called reverted when the state moved: it may have been written into it", () => {
    const [, end] = record(checkResult([resource("aws_security_group.web")]), [known(first, { serial: 41 })]);
    expect(end?.entry.data).toMatchObject({ how: "state_changed", serial: 42, lastSerial: 41 });
  });

  test.each(["unknown", "not_checked", "ignored"] as const)(
    "stays open while the resource is %s",
    (verdict) => {
      const unseen = resource("aws_security_group.web", { verdict });
      expect(record(checkResult([unseen]), [known(first)])).toHaveLength(1);
    },
  );

  test("stays open when the check does not know the resource", () => {
    expect(record(checkResult([resource("aws_vpc.main")]), [known(first)])).toHaveLength(1);
  });

  test("of another state with the same name is another drift", () => {
    const theirs = known(first, { lineage: "other" });
    expect(record(checkResult([web()]), [theirs])[1]?.entry.kind).toBe("drift.opened");
    expect(record(checkResult([resource("aws_security_group.web")]), [theirs])).toHaveLength(1);
  });

  test("of a deposed object is not that of the resource", () => {
    const deposed = { ...web(), deposed: "1a2b3c4d" };
    const [, one, two] = record(checkResult([web(), deposed]), [known(first)]);
    expect(one?.entry.data).toMatchObject({ resource: { deposed: "1a2b3c4d" } });
    expect(one?.entry.kind).toBe("drift.opened");
    expect(two).toBeUndefined();
  });
});

test("an unmanaged resource is itself by provider, type and id", () => {
  const stranger = (id: string) => resource("", { type: "aws_s3_bucket", id, verdict: "unmanaged" });
  const [, one, two] = record(checkResult([stranger("a"), stranger("b")]));
  expect(one?.entry).not.toHaveProperty("address");
  expect(one?.entry.id).not.toBe(two?.entry.id);
  expect(record(checkResult([stranger("a")]), [known(one as Recording)])).toHaveLength(1);
});

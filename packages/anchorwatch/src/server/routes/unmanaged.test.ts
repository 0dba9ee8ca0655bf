import { describe, expect, it } from "vitest";
import type { LabelSetKey } from "../../domain/labels.ts";
import type { SearchedAccount, UnmanagedId, UnmanagedRecord } from "../../watch/unmanaged.ts";
import { ALL_LABELS } from "../memoryAccess.fixture.ts";
import { memoryWatch, NOW } from "../memoryWatch.fixture.ts";
import { testServer } from "../testServer.fixture.ts";

const HOST = { host: "localhost:7478" };
const UNSEEN = 7 as LabelSetKey;

const SEARCH: NonNullable<SearchedAccount["search"]> = {
  ...{ startedAt: NOW, finishedAt: NOW, isComplete: false, things: 9, managed: 4, managedByGuess: 0 },
  ...{ unreadStacks: 0, drifts: 0, unmanaged: 3, leftOut: { default: 2 }, calls: 12, waitedMs: 80 },
  units: [
    {
      ...{ service: "iam", region: "global", seen: 0 },
      problems: [{ kind: "denied", permission: "iam:ListUsers", message: "no" }],
    },
  ],
};

const account = (name: string, labelSet: LabelSetKey): SearchedAccount => ({
  ...{
    name,
    labels: { env: name },
    labelSet,
    regions: ["eu-central-1"],
    account: "123456789012",
    search: SEARCH,
  },
});

const record = (id: string, with_: Partial<UnmanagedRecord> = {}): UnmanagedRecord => ({
  ...{
    id: id as UnmanagedId,
    account: "prod",
    region: "global",
    type: "aws_iam_user",
    importId: id,
    unit: "iam",
  },
  ...{ status: "open", digest: "sha256:00", attributes: { name: id }, tags: {}, attributions: [], times: 1 },
  ...{ firstSeenAt: NOW, openedAt: NOW, seenAt: NOW, updatedAt: NOW },
  ...with_,
});

const CONTENT = {
  accounts: [account("prod", ALL_LABELS), account("hidden", UNSEEN)],
  unmanaged: [
    record("ada"),
    record("old", { status: "accepted", accepted: { at: NOW, by: "user-1", reason: "known" } }),
    record("gone", { status: "closed", end: "gone", closedAt: NOW }),
    record("secret", { account: "hidden" }),
  ],
};

async function ask(url: string, body?: object) {
  const { api } = await testServer(memoryWatch(CONTENT));
  const answer =
    body === undefined
      ? await api.inject({ url, headers: HOST })
      : await api.inject({ method: "POST", url, headers: HOST, payload: body });
  return { status: answer.statusCode, body: answer.json() as Record<string, unknown> };
}

describe("what no stack has", () => {
  it("is listed as far as it is not over, and by status", async () => {
    const ids = async (query: string) =>
      ((await ask(`/api/v1/unmanaged${query}`)).body["unmanaged"] as { id: string }[])
        .map(({ id }) => id)
        .sort();
    expect(await ids("")).toEqual(["ada", "old"]);
    expect(await ids("?status=closed")).toEqual(["gone"]);
    expect(await ids("?type=aws_vpc")).toEqual([]);
    expect(await ids("?account=hidden")).toEqual([]);
  });

  it("is told one by one, and one of an account that may not be seen is not there", async () => {
    expect(await ask("/api/v1/unmanaged/ada")).toMatchObject({
      status: 200,
      body: { schema: "anchorwatch.unmanaged/v1", account: "prod", attributes: { name: "ada" } },
    });
    const [hidden, none] = [await ask("/api/v1/unmanaged/secret"), await ask("/api/v1/unmanaged/nobody")];
    expect([hidden.status, none.status]).toEqual([404, 404]);
    expect(hidden.body["code"]).toBe(none.body["code"]);
  });

  it("comes with what was looked at, and what could not be", async () => {
    const { body } = await ask("/api/v1/unmanaged/accounts");
    expect(body["accounts"]).toMatchObject([
      {
        name: "prod",
        search: {
          isComplete: false,
          units: [{ service: "iam", problems: [{ permission: "iam:ListUsers" }] }],
        },
      },
    ]);
  });

  it("is accepted with a reason, only where the account may be seen", async () => {
    expect(await ask("/api/v1/unmanaged/accept", { account: "prod", reason: "r" })).toMatchObject({
      status: 200,
      body: { count: 1 },
    });
    expect(
      await ask("/api/v1/unmanaged/withdraw", { account: "prod", reason: "r", ids: ["old"] }),
    ).toMatchObject({
      body: { count: 1 },
    });
    expect((await ask("/api/v1/unmanaged/accept", { account: "hidden", reason: "r" })).status).toBe(404);
    expect((await ask("/api/v1/unmanaged/accept", { account: "prod" })).status).toBe(400);
    expect((await ask("/api/v1/unmanaged/accept", { account: "prod", reason: "r", all: true })).status).toBe(
      400,
    );
  });
});

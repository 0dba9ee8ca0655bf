import { describe, expect, it } from "vitest";
import type { LabelSetKey } from "../../domain/labels.ts";
import { ALL_LABELS } from "../memoryAccess.fixture.ts";
import { memoryWatch, NOW } from "../memoryWatch.fixture.ts";
import { testServer } from "../testServer.fixture.ts";
import { saidSecurity, searchedAccount, unmanagedNamed } from "../unmanaged.fixture.ts";

const HOST = { host: "localhost:7478" };
const UNSEEN = 7 as LabelSetKey;

const CONTENT = {
  accounts: [searchedAccount("prod", ALL_LABELS), searchedAccount("hidden", UNSEEN)],
  unmanaged: [
    unmanagedNamed("ada", { classification: saidSecurity("low") }),
    unmanagedNamed("old", {
      ...{ status: "accepted", classification: saidSecurity("critical"), updatedAt: new Date(0) },
      accepted: { at: NOW, by: "user-1", reason: "known" },
    }),
    unmanagedNamed("gone", { status: "closed", end: "gone", closedAt: NOW }),
    unmanagedNamed("secret", { account: "hidden" }),
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

  it("is found and sorted by how bad it is", async () => {
    const ids = async (query: string) =>
      ((await ask(`/api/v1/unmanaged?${query}`)).body["unmanaged"] as { id: string }[]).map(({ id }) => id);
    expect(await ids("sort=severity")).toEqual(["old", "ada"]);
    expect(await ids("")).toEqual(["ada", "old"]);
    expect(await ids("severity=low&class=security")).toEqual(["ada"]);
    expect(await ids("class=operational")).toEqual([]);
    expect((await ask("/api/v1/unmanaged?severity=awful")).status).toBe(400);
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

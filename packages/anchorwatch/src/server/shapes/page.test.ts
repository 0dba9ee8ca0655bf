import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KIM, knowing, memoryAccess } from "../memoryAccess.fixture.ts";
import { memoryWatch, stackNamed } from "../memoryWatch.fixture.ts";
import { testServer } from "../testServer.fixture.ts";

const stacks = ["a", "b", "c", "d"].map((name) => stackNamed(name));

async function lists() {
  const { api } = await testServer(
    memoryWatch({ stacks }),
    {},
    { access: memoryAccess(knowing({ kim: { principal: KIM }, lee: { principal: { ...KIM, id: "lee" } } })) },
  );
  return async (url: string, token = "kim") => {
    const headers = { host: "localhost", authorization: `Bearer ${token}` };
    const answer = await api.inject({ url: `/api/v1/${url}`, headers });
    return { status: answer.statusCode, ...answer.json() };
  };
}

describe("the cursor of a list", () => {
  it("leads through all of it, a page of another size too", async () => {
    const list = await lists();
    const first = await list("stacks?limit=1");
    const rest = await list(`stacks?limit=500&cursor=${first.next}`);
    const names = [...first.stacks, ...rest.stacks].map(({ name }: { name: string }) => name);
    expect([names, rest.next]).toEqual([["a", "b", "c", "d"], undefined]);
  });

  it("is nothing for another person, list, filter or order, and all are refused alike", async () => {
    const list = await lists();
    const { next } = await list("stacks?limit=1&health=ok");
    expect((await list(`stacks?limit=1&health=ok&cursor=${next}`)).status).toBe(200);
    const refused = [
      await list(`stacks?limit=1&health=ok&cursor=${next}`, "lee"),
      await list(`stacks?limit=1&cursor=${next}`),
      await list(`stacks?limit=1&health=ok&order=desc&cursor=${next}`),
      await list(`stacks?limit=1&health=ok&prefix=a&cursor=${next}`),
      await list(`drifts?limit=1&cursor=${next}`),
      await list(`stacks/id-a/ledger?limit=1&cursor=${next}`),
    ];
    for (const answer of refused) {
      expect(answer).toMatchObject({ status: 400, code: "page_cursor_invalid" });
    }
    expect(new Set(refused.map(({ detail }) => detail)).size).toBe(1);
  });

  it("is nobody's when it was made up, cut or changed, and does not show where it leads", async () => {
    const list = await lists();
    const { next } = await list("stacks?limit=1");
    const bytes = Buffer.from(next, "base64url");
    expect(bytes.toString("latin1")).not.toContain("id-a");
    const other = fc.oneof(
      fc.base64String({ minLength: 1, maxLength: 200 }).map((text) => text.replace(/[+/=]/g, "_") || "_"),
      fc.nat(bytes.length * 8 - 1).map((bit) => {
        const changed = Buffer.from(bytes);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        return changed.toString("base64url");
      }),
      fc
        .integer({ min: 1, max: bytes.length - 1 })
        .map((length) => bytes.subarray(0, length).toString("base64url")),
    );
    await fc.assert(
      fc.asyncProperty(other, async (cursor) => {
        expect(await list(`stacks?limit=1&cursor=${cursor}`)).toMatchObject({
          status: 400,
          code: "page_cursor_invalid",
        });
      }),
      { numRuns: 150 },
    );
    expect((await list("stacks?cursor=")).status).toBe(400);
    expect((await list(`stacks?cursor=${"a".repeat(4001)}`)).status).toBe(400);
  });
});

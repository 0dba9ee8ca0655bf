import { describe, expect, it } from "vitest";
import type { Requester } from "../../app/access/requester.ts";
import { memoryAccess, placeForTests } from "../memoryAccess.fixture.ts";
import { testServer } from "../testServer.fixture.ts";
import { Place } from "./place.ts";

const PUBLIC = "https://anchorwatch.example.com";
const outside = { socket: { localAddress: "10.0.0.7" } } as Parameters<Place["isOurs"]>[1];
const inside = { socket: { localAddress: "::ffff:127.0.0.1" } } as Parameters<Place["isOurs"]>[1];
const place = (settings: Partial<ConstructorParameters<typeof Place>[0]> = {}) =>
  new Place({ tls: false, trustedProxies: [], ...settings });

describe("names of the server", () => {
  it("are the public one everywhere, and those of this machine only on loopback", () => {
    const there = place({ publicUrl: PUBLIC });
    for (const host of [
      "anchorwatch.example.com",
      "ANCHORWATCH.example.com",
      "anchorwatch.example.com:443",
    ]) {
      expect([there.isOurs(host, outside), there.isOurs(host, inside)]).toEqual([true, true]);
    }
    for (const host of ["localhost:7478", "127.0.0.1", "[::1]:7478"]) {
      expect([there.isOurs(host, outside), there.isOurs(host, inside)]).toEqual([false, true]);
    }
    for (const host of [
      "evil.example",
      "anchorwatch.example.com.evil.example",
      "anchorwatch.example.com:444",
      "anchorwatch.example.com:80",
      "",
    ]) {
      expect([there.isOurs(host, outside), there.isOurs(host, inside)]).toEqual([false, false]);
    }
    expect(place().isOurs("anchorwatch.example.com", inside)).toBe(false);
  });

  it("each have their own pages, by the same scheme and port", () => {
    const there = place({ publicUrl: PUBLIC });
    const own = (origin: string, host: string) => there.isOwnOrigin(origin, host);
    expect(own(PUBLIC, "anchorwatch.example.com")).toBe(true);
    expect(own(PUBLIC, "anchorwatch.example.com:443")).toBe(true);
    expect(place({ publicUrl: `${PUBLIC}:8443` }).isOurs("anchorwatch.example.com:443", outside)).toBe(false);
    expect(own(`${PUBLIC}:444`, "anchorwatch.example.com:443")).toBe(false);
    expect(own("http://anchorwatch.example.com", "anchorwatch.example.com")).toBe(false);
    expect(own(PUBLIC, "localhost:7478")).toBe(false);
    expect(own("http://localhost:7478", "anchorwatch.example.com")).toBe(false);
    expect(own("http://localhost:7478", "localhost:7478")).toBe(true);
    expect(own("http://localhost:7479", "localhost:7478")).toBe(false);
    expect(own("null", "localhost:7478")).toBe(false);
  });
});

describe("where a client is", () => {
  /** Whom the server takes an injected request to come from. */
  async function addressOf(
    forwarded: string | undefined,
    trustedProxies: readonly string[],
  ): Promise<string> {
    let found: Requester | undefined;
    const access = memoryAccess({
      authenticate: async (_, from) => {
        found = from;
        return undefined;
      },
    });
    const { api } = await testServer(undefined, {}, { access, place: placeForTests({ trustedProxies }) });
    const headers = {
      host: "localhost",
      ...(forwarded === undefined ? {} : { "x-forwarded-for": forwarded }),
    };
    expect((await api.inject({ url: "/api/v1/stacks", headers })).statusCode).toBe(401);
    return found?.address ?? "";
  }

  it("says its connection, whatever it claims", async () => {
    for (const forwarded of [undefined, "203.0.113.9", "10.0.0.1, 127.0.0.1"]) {
      expect(await addressOf(forwarded, [])).toBe("127.0.0.1");
      expect(await addressOf(forwarded, ["10.0.0.0/8"])).toBe("127.0.0.1");
    }
  });

  it("says a trusted proxy: the last address that no such proxy added", async () => {
    const proxies = ["127.0.0.0/8", "10.0.0.0/8", "fd00::/8"];
    expect(await addressOf("203.0.113.9", proxies)).toBe("203.0.113.9");
    expect(await addressOf("6.6.6.6, 203.0.113.9", proxies)).toBe("203.0.113.9");
    expect(await addressOf("6.6.6.6, 203.0.113.9, 10.1.2.3, fd00::1", proxies)).toBe("203.0.113.9");
    expect(await addressOf("2001:db8::1", proxies)).toBe("2001:db8::1");
  });

  it("is never something that is no address", async () => {
    const proxies = ["127.0.0.0/8", "10.0.0.0/8"];
    for (const forwarded of [
      "nonsense",
      "a, b, 10.0.0.1",
      "",
      "1.2.3.4:99",
      "x".repeat(5000),
      "unknown, unknown",
    ]) {
      expect(await addressOf(forwarded, proxies)).toBe("127.0.0.1");
    }
  });
});

describe("what browsers are told", () => {
  const asked = async (settings: Partial<ConstructorParameters<typeof Place>[0]>, host: string) => {
    const { api } = await testServer(undefined, {}, { place: placeForTests(settings) });
    return await api.inject({ url: "/api/v1/stacks?x=1", headers: { host, "sec-fetch-mode": "navigate" } });
  };

  it("is never to come without TLS again, by a public name alone", async () => {
    const host = "anchorwatch.example.com";
    expect((await asked({ publicUrl: PUBLIC }, host)).headers["strict-transport-security"]).toMatch(
      /^max-age=\d{8}$/,
    );
    expect((await asked({ tls: true }, "localhost")).headers).not.toHaveProperty("strict-transport-security");
    expect((await asked({}, "localhost")).headers).not.toHaveProperty("strict-transport-security");
  });

  it("is the name that passkeys work on, when people come by a number", async () => {
    const moved = async (
      host: string,
      headers: Record<string, string>,
      method: "GET" | "POST" | "HEAD" = "GET",
    ) => {
      const { api } = await testServer();
      const { statusCode, headers: said } = await api.inject({
        method,
        url: "/api/v1/stacks?x=1",
        headers: { host, ...headers },
      });
      return statusCode === 307 ? said["location"] : undefined;
    };
    const page = { "sec-fetch-mode": "navigate" };
    expect(await moved("127.0.0.1:7478", page)).toBe("http://localhost:7478/api/v1/stacks?x=1");
    expect(await moved("[::1]:7478", page)).toBe("http://localhost:7478/api/v1/stacks?x=1");
    expect(await moved("127.0.0.1", { accept: "text/html, */*" })).toBe("http://localhost/api/v1/stacks?x=1");
    expect(await moved("localhost:7478", page)).toBeUndefined();
    expect(await moved("127.0.0.1:7478", {})).toBeUndefined();
    expect(await moved("127.0.0.1:7478", { accept: "application/json" })).toBeUndefined();
    expect(await moved("127.0.0.1:7478", { "sec-fetch-mode": "cors", accept: "*/*" })).toBeUndefined();
    for (const method of ["POST", "HEAD"] as const)
      expect(await moved("127.0.0.1:7478", page, method)).toBeUndefined();
    expect((await asked({ tls: true }, "127.0.0.1:7478")).headers["location"]).toMatch(
      /^https:\/\/localhost:7478\//,
    );
  });
});

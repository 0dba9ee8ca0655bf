import { describe, expect, it } from "vitest";
import { ERROR_CODES, type ErrorCode } from "../../domain/error-codes.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import { problemShape } from "../shapes/problem.ts";
import { testServer } from "../testServer.fixture.ts";
import { problemOf } from "./problemOf.ts";

describe("what was thrown", () => {
  it("is a problem of a registered code, whichever that is", () => {
    for (const code of Object.keys(ERROR_CODES) as ErrorCode[]) {
      const problem = problemOf(new AnchorwatchError(code, "what is wrong", { hint: "what to do" }), "r1");
      expect(problemShape.parse(problem)).toEqual(problem);
      expect(problem.status).toBeGreaterThanOrEqual(400);
      expect(problem.type).toBe(`/api/v1/problems/${code}`);
    }
  });

  it("says nothing of a defect, which may hold anything", () => {
    for (const thrown of [new TypeError("canary"), "canary", { canary: 1 }, undefined, null]) {
      const problem = problemOf(thrown ?? {}, "r1");
      expect(problem).toMatchObject({ status: 500, code: "internal" });
      expect(JSON.stringify(problem)).not.toContain("canary");
    }
  });
});

describe("a request that cannot be read", () => {
  const json = { "content-type": "application/json" };

  it.each([
    ["an address with a broken escape", { url: "/api/v1/stacks/%zz" }, 400, "request_invalid"],
    ["no such route", { url: "/api/v1/none" }, 404, "request_not_found"],
    ["no such method", { method: "PUT", url: "/api/v1/stacks" }, 404, "request_not_found"],
    [
      "no JSON",
      { method: "POST", url: "/api/v1/stacks", headers: json, payload: "{" },
      400,
      "request_invalid",
    ],
    [
      "an empty body",
      { method: "POST", url: "/api/v1/stacks", headers: json, payload: "" },
      400,
      "request_invalid",
    ],
    [
      "a prototype in it",
      { method: "POST", url: "/api/v1/stacks", headers: json, payload: '{"__proto__":{"a":1}}' },
      400,
      "request_invalid",
    ],
    [
      "a body of another type",
      { method: "POST", url: "/api/v1/stacks", headers: { "content-type": "text/plain" }, payload: "a" },
      415,
      "request_media_type",
    ],
    [
      "a body without end",
      { method: "POST", url: "/api/v1/stacks", headers: json, payload: `"${"a".repeat(300_000)}"` },
      413,
      "request_too_large",
    ],
    ["an unknown filter", { url: "/api/v1/stacks?colour=red" }, 400, "request_invalid"],
  ] as const)("with %s gets a problem with its request id", async (_, asked, status, code) => {
    const { api } = await testServer();
    const { headers = {}, ...request } = { headers: {}, ...asked };
    const answer = await api.inject({ ...request, headers: { host: "localhost", ...headers } });
    expect([answer.statusCode, answer.headers["content-type"]]).toEqual([
      status,
      "application/problem+json; charset=utf-8",
    ]);
    expect(answer.json()).toMatchObject({ status, code, requestId: answer.headers["x-request-id"] });
    expect(answer.headers["x-content-type-options"]).toBe("nosniff");
  });

  it("gets a page, where a browser asks for one that is not there", async () => {
    const { api } = await testServer();
    const asked = (method: "GET" | "POST", url: string, accept = "text/html,*/*;q=0.8") =>
      api.inject({ method, url, headers: { host: "localhost", accept } });
    const page = await asked("GET", "/acount%3Cimg%20src=x%3E?a=<b>");
    expect([page.statusCode, page.headers["content-type"]]).toEqual([404, "text/html; charset=utf-8"]);
    expect(page.body).toContain("There is no such page");
    expect(page.body).toContain(String(page.headers["x-request-id"]));
    expect(page.body).toContain('href="/account"');
    expect(page.body).not.toContain("<img");
    expect(page.headers["content-security-policy"]).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(page.headers["x-content-type-options"]).toBe("nosniff");
    for (const [method, url, accept] of [
      ["GET", "/acount", "application/json"],
      ["POST", "/acount", undefined],
      ["GET", "/api/v1/none", undefined],
    ] as const) {
      const answer = await asked(method, url, accept);
      expect([answer.statusCode, answer.json().code]).toEqual([404, "request_not_found"]);
    }
  });
});

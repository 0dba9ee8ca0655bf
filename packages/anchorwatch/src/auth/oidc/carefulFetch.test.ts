import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { carefulFetch } from "./carefulFetch.ts";
import { discoverKeys, discoverSignIn } from "./metadata.ts";

let server: Server;
let url = "";

beforeAll(async () => {
  server = createServer(({ url: path }, response) => {
    if (path === "/silent") return;
    if (path === "/slow") return void response.write("a");
    if (path === "/endless") {
      const more = () => response.write("x".repeat(65_536), () => response.destroyed || more());
      return void more();
    }
    if (path === "/elsewhere") return void response.writeHead(302, { location: `${url}/fine` }).end();
    if (path === "/nothing") return void response.writeHead(204).end();
    response.writeHead(path === "/broken" ? 500 : 200, { "x-path": String(path) }).end("fine");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const asked = (address: string) =>
  carefulFetch((at, init) => fetch(at, init), { timeoutMs: 300, bytes: 100_000 })(address, {});

it("gives an answer that is there as a whole", async () => {
  const answer = await asked(`${url}/fine`);
  expect([answer.status, answer.headers.get("x-path"), await answer.text()]).toEqual([200, "/fine", "fine"]);
  expect((await asked(`${url}/nothing`)).status).toBe(204);
});

it.each([
  ["/silent", "sign_in_provider_unreachable", "did not answer within 0.3 s"],
  ["/slow", "sign_in_provider_unreachable", "did not answer within 0.3 s"],
  ["/endless", "sign_in_provider_invalid", "more than 100000 bytes"],
  ["/elsewhere", "sign_in_provider_invalid", "points elsewhere"],
  ["/broken", "sign_in_provider_unreachable", "answered with 500"],
])("%s is refused", async (path, code, words) => {
  await expect(asked(`${url}${path}`)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(words),
  });
});

it.each(["http://idp.example/", "http://10.0.0.1/", "ftp://127.0.0.1/", "file:///etc/passwd", "data:,x"])(
  "%s is not even asked",
  async (address) => {
    const never = carefulFetch(async () => {
      throw new TypeError("it was asked");
    });
    await expect(never(address, {})).rejects.toMatchObject({ code: "sign_in_provider_invalid" });
  },
);

it("says why a provider cannot be reached, and not with what it was asked", async () => {
  const gone = createServer();
  await new Promise<void>((resolve) => gone.listen(0, "127.0.0.1", resolve));
  const { port } = gone.address() as AddressInfo;
  await new Promise((resolve) => gone.close(resolve));
  const error = asked(`http://127.0.0.1:${port}/token?code=hunter2`);
  await expect(error).rejects.toMatchObject({
    code: "sign_in_provider_unreachable",
    message: `the identity provider at 127.0.0.1:${port} cannot be reached: ECONNREFUSED`,
  });
  await expect(error).rejects.not.toMatchObject({ message: expect.stringContaining("hunter2") });
});

it.each([
  "http://localhost:5432/",
  "http://127.0.0.1/",
  "https://127.1/",
  "https://[::1]:7478/",
  "http://2130706433/",
])("a provider elsewhere does not send us to %s, where this machine itself listens", async (inside) => {
  const issuer = "https://idp.example";
  const honest = {
    ...{ issuer, jwks_uri: `${issuer}/keys`, userinfo_endpoint: `${issuer}/me` },
    ...{ authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token` },
  };
  const said = (metadata: object) => carefulFetch(async () => Response.json(metadata));
  await expect(discoverSignIn(issuer, said(honest))).resolves.toMatchObject(honest);
  for (const member of ["jwks_uri", "token_endpoint", "userinfo_endpoint"]) {
    await expect(discoverSignIn(issuer, said({ ...honest, [member]: inside }))).rejects.toMatchObject({
      code: "sign_in_provider_invalid",
      message: expect.stringContaining("names an address of this machine"),
    });
  }
  await expect(discoverKeys(issuer, said({ issuer, jwks_uri: inside }))).rejects.toMatchObject({
    code: "sign_in_provider_invalid",
  });
});

import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type SecureVersion } from "node:tls";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { listen } from "./listen.ts";
import { placeForTests } from "./memoryAccess.fixture.ts";
import { selfSigned } from "./selfSigned.fixture.ts";
import { testServer } from "./testServer.fixture.ts";

describe("listening", () => {
  it.each(["0.0.0.0", "::", "192.168.1.4", "example.com", "127.0.0.2", "", "localhost.", "__proto__"])(
    "is refused on %j",
    async (host) => {
      const { api, place } = await testServer();
      await expect(listen(api, { host, port: 0, place })).rejects.toMatchObject({
        code: "server_address_refused",
      });
      expect(api.server.listening).toBe(false);
    },
  );

  it.each(["127.0.0.1", "localhost", undefined])("on %s is on loopback, and nowhere else", async (host) => {
    const { api, place } = await testServer();
    const url = await listen(api, { ...(host === undefined ? {} : { host }), port: 0, place });
    expect(url).toMatch(/^http:\/\/localhost:[0-9]+$/);
    expect(api.addresses()).toMatchObject([{ address: "127.0.0.1" }]);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it("tells that a port is taken, and what to do", async () => {
    const other = createServer();
    onTestFinished(() => void other.close());
    const port = await new Promise<number>((resolve) => {
      other.listen(0, "127.0.0.1", () => resolve((other.address() as { port: number }).port));
    });
    const { api, place } = await testServer();
    await expect(listen(api, { port, place })).rejects.toMatchObject({
      code: "server_address_taken",
      message: expect.stringContaining(String(port)),
      hint: expect.stringContaining("--port"),
    });
  });
});

describe("off loopback", () => {
  const name = "anchorwatch.example.com";
  const publicUrl = `https://${name}`;
  let tls: { readonly cert: string; readonly key: string };

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), "aw-listen-"));
    afterAll(() => rmSync(folder, { recursive: true }));
    tls = await selfSigned(folder, name);
  });

  const listeningOn = async (host: string) => {
    const place = placeForTests({ publicUrl, tls: true });
    const { api } = await testServer(undefined, {}, { place, tls });
    const url = await listen(api, { host, port: 0, place });
    return { url, place, port: Number(new URL(place.localUrl).port) };
  };

  /** What is answered to whoever names that host, over a connection that the certificate vouches for. */
  const asked = (port: number, host: string, path = "/healthz") =>
    new Promise<{ status: number | undefined; headers: object }>((resolve, reject) => {
      const options = { host: "127.0.0.1", port, path, servername: name, ca: tls.cert, headers: { host } };
      request(options, (answer) => {
        answer.resume().on("end", () => resolve({ status: answer.statusCode, headers: answer.headers }));
      })
        .on("error", reject)
        .end();
    });

  it("it speaks TLS alone, by its public name, and browsers shall come no other way", async () => {
    const { url, place, port } = await listeningOn("0.0.0.0");
    expect([url, place.localUrl]).toEqual([publicUrl, `https://localhost:${port}`]);
    const { status, headers } = await asked(port, name);
    expect([status, headers]).toEqual([
      200,
      expect.objectContaining({ "strict-transport-security": expect.stringMatching(/^max-age=/) }),
    ]);
    expect((await asked(port, "evil.example")).status).toBe(421);
    expect((await asked(port, `localhost:${port}`)).status).toBe(200);
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
  });

  it("it speaks no TLS that is broken", async () => {
    const { port } = await listeningOn("0.0.0.0");
    const spoken = (version: SecureVersion) =>
      new Promise<string | null>((resolve) => {
        const versions = { minVersion: version, maxVersion: version, ciphers: "DEFAULT@SECLEVEL=0" };
        const socket = connect(
          { host: "127.0.0.1", port, servername: name, ca: tls.cert, ...versions },
          () => {
            resolve(socket.getProtocol());
            socket.destroy();
          },
        );
        socket.on("error", () => resolve(null));
      });
    expect(await Promise.all((["TLSv1.1", "TLSv1.2", "TLSv1.3"] as const).map(spoken))).toEqual([
      null,
      "TLSv1.2",
      "TLSv1.3",
    ]);
  });

  it.each([
    { tls: false, publicUrl, why: "without TLS" },
    { tls: true, why: "without knowing its name" },
  ])("it does not listen $why", async ({ why, ...settings }) => {
    const place = placeForTests(settings);
    const { api } = await testServer(undefined, {}, { place, ...(settings.tls ? { tls } : {}) });
    await expect(listen(api, { host: "0.0.0.0", port: 0, place })).rejects.toMatchObject({
      code: "server_address_refused",
      message: expect.stringContaining(why),
    });
    expect(api.server.listening).toBe(false);
  });
});

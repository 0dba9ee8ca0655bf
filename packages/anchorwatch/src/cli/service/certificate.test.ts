import { X509Certificate } from "node:crypto";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { listen } from "../../server/listen.ts";
import { createLogger } from "../../server/log.ts";
import { placeForTests } from "../../server/memoryAccess.fixture.ts";
import { type SelfSigned, selfSigned } from "../../server/selfSigned.fixture.ts";
import { testServer } from "../../server/testServer.fixture.ts";
import { manualTimer, memoryStream } from "../testSurroundings.fixture.ts";
import { keepCertificate } from "./certificate.ts";
import { readTls } from "./tls.ts";

const NAME = "anchorwatch.example.com";
const folder = mkdtempSync(join(tmpdir(), "aw-certificate-"));
const files = { certFile: join(folder, "cert.pem"), keyFile: join(folder, "key.pem") };
let old: SelfSigned;
let renewed: SelfSigned;

beforeAll(async () => {
  old = await selfSigned(folder, NAME, "old");
  renewed = await selfSigned(folder, NAME, "renewed");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function inPlace({ certFile, keyFile }: SelfSigned): void {
  copyFileSync(certFile, files.certFile);
  copyFileSync(keyFile, files.keyFile);
}

/** A server with the old certificate, whose files are looked at whenever the test says so. */
async function serving() {
  inPlace(old);
  const inForce = await readTls(files);
  const place = placeForTests({ publicUrl: `https://${NAME}`, tls: true });
  const { api } = await testServer(undefined, {}, { place, tls: inForce });
  await listen(api, { port: 0, place });
  const timer = manualTimer();
  const log = memoryStream();
  const logger = createLogger({ level: "info", destination: log });
  const stop = keepCertificate(api, files, { inForce, every: timer.every, logger });
  return { port: Number(new URL(place.localUrl).port), timer, log, stop };
}

/** A connection, and which certificate it was shown. */
async function connected(port: number): Promise<{ readonly socket: TLSSocket; readonly shown: string }> {
  const socket = connect({ host: "127.0.0.1", port, servername: NAME, ca: [old.cert, renewed.cert] });
  onTestFinished(() => void socket.destroy());
  await new Promise<void>((resolve, reject) => {
    socket.once("secureConnect", resolve).once("error", reject);
  });
  return { socket, shown: socket.getPeerX509Certificate()?.fingerprint256 ?? "" };
}

const shownTo = async (port: number) => (await connected(port)).shown;
const printOf = ({ cert }: SelfSigned) => new X509Certificate(cert).fingerprint256;

/** One answer over a connection that is there. */
async function asked(socket: TLSSocket): Promise<string> {
  const answer = new Promise<string>((resolve) => socket.once("data", (data) => resolve(String(data))));
  socket.write(`GET /healthz HTTP/1.1\r\nHost: ${NAME}\r\n\r\n`);
  return await answer;
}

describe("a certificate that is renewed", () => {
  it("is shown to new connections without a restart, and those that are there go on", async () => {
    const { port, timer, log } = await serving();
    const before = await connected(port);
    expect(before.shown).toBe(printOf(old));
    timer.tick();
    inPlace(renewed);
    timer.tick();
    await expect.poll(() => shownTo(port), { timeout: 20_000 }).toBe(printOf(renewed));
    expect(await asked(before.socket)).toMatch(/^HTTP\/1\.1 200 /);
    expect(log.text().match(/is in force/g)).toHaveLength(1);
  });

  it("counts also when it came between the start and the first look", async () => {
    const { port, timer } = await serving();
    inPlace(renewed);
    timer.tick();
    await expect.poll(() => shownTo(port), { timeout: 20_000 }).toBe(printOf(renewed));
  });

  it("leaves the one before in force while its files are broken or do not fit, which is told once", async () => {
    const { port, timer, log } = await serving();
    const faults = [
      () => copyFileSync(renewed.certFile, files.certFile),
      () => writeFileSync(files.certFile, renewed.cert.slice(0, 100)),
      () => rmSync(files.keyFile),
    ];
    for (const [index, fault] of faults.entries()) {
      fault();
      timer.tick();
      const told = () => log.text().match(/the one before stays in force/g)?.length;
      await expect.poll(told, { timeout: 20_000 }).toBe(index + 1);
      expect(await shownTo(port)).toBe(printOf(old));
    }
    expect(log.text()).toContain(files.certFile);
    expect(log.text()).not.toContain("PRIVATE KEY");
    inPlace(renewed);
    timer.tick();
    await expect.poll(() => shownTo(port), { timeout: 20_000 }).toBe(printOf(renewed));
  });

  it("is looked for no more once the server stops", async () => {
    const { timer, stop } = await serving();
    expect(timer.running()).toBe(1);
    stop();
    expect(timer.running()).toBe(0);
  });
});

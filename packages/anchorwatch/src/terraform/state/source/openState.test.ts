/** Asking again for a state: what has not moved is not fetched, and what has moved is never overlooked. */
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, onTestFinished, test } from "vitest";
import { findExecutable } from "../../../../../../test/support/executable.ts";
import { startMoto } from "../../../../../../test/support/moto.ts";
import { instance, resource, stateText, surroundings } from "../testing.fixture.ts";
import { openState } from "./openState.ts";
import type { StateSource } from "./source.ts";

const { signal } = new AbortController();
const ONE = stateText([resource({ instances: [instance()] })]);
const TWO = ONE.replace("aws_vpc", "aws_vpn");

async function opened(
  source: StateSource,
  more: Parameters<typeof surroundings>[0] & { now?: () => number } = {},
) {
  const state = await openState(source, surroundings(more));
  onTestFinished(() => state.close());
  return state;
}

function stateFile(): string {
  const dir = mkdtempSync(join(tmpdir(), "anchorwatch-open-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const path = join(dir, "terraform.tfstate");
  writeFileSync(path, ONE);
  return path;
}

test("a file that was not touched is the same object again, and one with other bytes is another", async () => {
  const path = stateFile();
  const later = () => Date.now() + 60_000;
  const state = await opened({ kind: "file", path }, { now: later });
  const first = await state.load(undefined, signal);
  expect(await state.load(first, signal)).toBe(first);
  writeFileSync(path, TWO);
  const second = await state.load(first, signal);
  expect(second).not.toBe(first);
  expect(second.digest).not.toBe(first.digest);
  expect(second.state.instances.map(({ type }) => type)).toEqual(["aws_vpn"]);
});

test("a file that was only written anew with the same bytes is the same object", async () => {
  const path = stateFile();
  const state = await opened({ kind: "file", path }, { now: () => Date.now() + 60_000 });
  const first = await state.load(undefined, signal);
  writeFileSync(path, ONE);
  expect(await state.load(first, signal)).toBe(first);
});

test("a file of the same size, written within the same moment, is not overlooked", async () => {
  const path = stateFile();
  const state = await opened({ kind: "file", path });
  const first = await state.load(undefined, signal);
  const time = new Date();
  writeFileSync(path, TWO);
  utimesSync(path, time, time);
  expect(TWO).toHaveLength(ONE.length);
  expect((await state.load(first, signal)).digest).not.toBe(first.digest);
});

test("an HTTP server that gives an ETag is asked with it, and one without is asked for all of it", async () => {
  let content = ONE;
  let tag: string | undefined = '"v1"';
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers["if-none-match"]);
    if (tag !== undefined) response.setHeader("etag", tag);
    if (tag !== undefined && request.headers["if-none-match"] === tag) response.writeHead(304).end();
    else response.end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/state`;
  const state = await opened({ kind: "http", address });
  const first = await state.load(undefined, signal);
  expect(await state.load(first, signal)).toBe(first);
  [content, tag] = [TWO, '"v2"'];
  const second = await state.load(first, signal);
  expect(second).not.toBe(first);
  tag = undefined;
  const third = await state.load(second, signal);
  expect(third).toBe(second);
  await state.load(third, signal);
  expect(asked).toEqual([undefined, '"v1"', '"v1"', '"v2"', '"v2"']);
});

test("an answer that nothing has changed, to somebody who has nothing, is an error and no state", async () => {
  const server = createServer((_, response) => response.writeHead(304).end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/state`;
  const state = await opened({ kind: "http", address });
  await expect(state.load(undefined, signal)).rejects.toMatchObject({ code: "state_http_failed" });
});

test("`terraform state pull` is asked for all of it, and tells that it is costly", async () => {
  let pulls = 0;
  const run = async () => {
    pulls += 1;
    return { kind: "ended" as const, status: 0, stdout: Buffer.from(ONE), stderr: "" };
  };
  const state = await opened({ kind: "pull", dir: tmpdir() }, { terraform: "/bin/terraform", run });
  const first = await state.load(undefined, signal);
  expect(await state.load(first, signal)).toBe(first);
  expect([pulls, state.isCheap]).toEqual([2, false]);
});

const moto = findExecutable("moto_server", process.env);

test.skipIf(moto === undefined)("an object in S3 is asked for only if it has changed", async () => {
  const recording = join(mkdtempSync(join(tmpdir(), "aw-calls-")), "calls");
  onTestFinished(() => rmSync(dirname(recording), { recursive: true }));
  const cloud = await startMoto(moto ?? "", process.env, { recording });
  onTestFinished(() => cloud.stop());
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const s3 = new S3Client({
    endpoint: cloud.endpoint,
    region: "us-east-1",
    credentials,
    forcePathStyle: true,
  });
  onTestFinished(() => s3.destroy());
  const put = (Body: string) => s3.send(new PutObjectCommand({ Bucket: "states", Key: "k", Body }));
  await s3.send(new CreateBucketCommand({ Bucket: "states" }));
  await put(ONE);
  const environment = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
  const place = { bucket: "states", key: "k", region: "us-east-1" };
  const source = { kind: "s3" as const, ...place, endpoint: cloud.endpoint, forcePathStyle: true };
  const state = await opened(source, { environment });
  const first = await state.load(undefined, signal);
  await fetch(`${cloud.endpoint}/moto-api/recorder/start-recording`, { method: "POST" });
  expect(await state.load(first, signal)).toBe(first);
  await put(TWO);
  const second = await state.load(first, signal);
  expect(second.state.instances.map(({ type }) => type)).toEqual(["aws_vpn"]);
  const recorded = await (await fetch(`${cloud.endpoint}/moto-api/recorder/download-recording`)).text();
  expect(recorded.match(/"If-None-Match"/g)).toHaveLength(2);
});

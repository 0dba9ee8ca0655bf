/** Who reads, and what happens when nobody lets them. */
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { type StackFixture, setFaults } from "../reference-provider/fixtures.ts";
import { resourceIn } from "./report.ts";
import { topic, workbench } from "./workbench.ts";

const ROLE = "arn:aws:iam::123456789012:role";
const two: StackFixture = { resources: [topic("a"), topic("b")] };

test("wrong credentials: every resource says so, the reason is told once, exit status 1", async () => {
  const bench = workbench();
  const stack = await bench.stack({ ...two, provider: { token: "stale-token-value" } });
  stack.edit((content) => {
    content.access = { tokens: ["another"] };
  });
  const { status, stdout } = await bench.run([stack.dir, "--format", "json"]);
  expect(status).toBe(1);
  const report = JSON.parse(stdout) as Parameters<typeof resourceIn>[0];
  expect(report.coverage).toMatchObject({ resources: 2, unknown: 2 });
  expect(resourceIn(report, "reference_topic.a")?.reason).toEqual({
    code: "credentials_refused",
    message: expect.stringMatching(/InvalidClientTokenId.*--profile or --read-role/s),
  });
});

test("an endpoint where nothing listens: the address, and what to check", async () => {
  const bench = workbench();
  const port = await freePort();
  const stack = await bench.stack({ ...two, provider: { endpoint: `http://127.0.0.1:${port}` } });
  const { status, report } = await bench.report([stack.dir]);
  expect(resourceIn(report, "reference_topic.b")?.reason).toEqual({
    code: "endpoint_unreachable",
    message: expect.stringMatching(
      new RegExp(`127\\.0\\.0\\.1:${port}.*endpoints of the provider block`, "s"),
    ),
  });
  expect(status).toBe(1);
});

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

test("the role of the block is told as who reads; --read-role takes its place", async () => {
  const bench = workbench();
  const stack = await bench.stack({
    ...two,
    provider: { assume_role: [{ role_arn: `${ROLE}/deploy`, external_id: "x" }] },
  });
  const own = await bench.report([stack.dir]);
  const replaced = await bench.report([stack.dir, "--read-role", `${ROLE}/audit`]);
  expect(own.report.identities?.[0]?.description).toBe(`role ${ROLE}/deploy`);
  expect(replaced.report.identities?.[0]?.description).toBe(`role ${ROLE}/audit`);
  expect([own.status, replaced.status]).toEqual([0, 0]);
});

test("--profile takes the place of the block's static credentials and role", async () => {
  const bench = workbench();
  const stack = await bench.stack({
    ...two,
    provider: { token: "deploys-only", assume_role: [{ role_arn: `${ROLE}/deploy` }] },
  });
  stack.edit((content) => {
    content.access = { tokens: ["", "other"] };
  });
  const own = await bench.report([stack.dir]);
  expect(own.report.coverage).toMatchObject({ unknown: 2 });
  const { status, report } = await bench.report([stack.dir, "--profile", "audit"]);
  expect(report.identities?.[0]?.description).toBe("profile audit");
  expect({ status, inSync: report.coverage["inSync"] }).toEqual({ status: 0, inSync: 2 });
});

test("a --read-role that is no ARN is refused before anything is read", async () => {
  const bench = workbench();
  const stack = await bench.stack(two);
  const { status, stderr } = await bench.check([stack.dir, "--read-role", "admin"]);
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining("arn:aws:iam::") });
});

test("a check never writes: a reader that could not is all that it needs", async () => {
  const bench = workbench();
  const stack = await bench.stack({ ...two, provider: { assume_role: [{ role_arn: `${ROLE}/reader` }] } });
  stack.edit((content) => {
    content.access = { readers: [`${ROLE}/reader`] };
  });
  setFaults(stack.storePath, [{ kind: "crash", call: "ApplyResourceChange" }]);
  const { status } = await bench.report([stack.dir]);
  expect(status).toBe(0);
});

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { expect, it, onTestFinished, vi } from "vitest";
import { thisLedgerMachine } from "./thisLedgerMachine.ts";

it("a bucket in another region is asked there, as its own answer tells", async () => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "any");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "any");
  const regions: string[] = [];
  const server = createServer(({ headers }, response) => {
    const [, region = ""] = /Credential=any\/\d+\/([^/]+)\/s3\//.exec(headers.authorization ?? "") ?? [];
    regions.push(region);
    if (region === "us-west-2") return response.end("content");
    response.writeHead(301, { "x-amz-bucket-region": "us-west-2", "content-type": "application/xml" });
    response.end("<Error><Code>PermanentRedirect</Code><Message>elsewhere</Message></Error>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const s3 = await thisLedgerMachine().newS3Client({ region: "eu-central-1", endpoint });
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: "trail", Key: "a" }));
  expect(await Body?.transformToString()).toBe("content");
  expect(regions).toEqual(["eu-central-1", "us-west-2"]);
  s3.destroy();
});

/** The ledger that the operator's file names, and each kind of anchor, through the commands. */
import { createHmac } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateBucketCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { formatVerifierKey, memoryWitnessState, parseNote, parseVerifierKey, witness } from "tlog";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type HttpServer,
  startHttpServer,
} from "../../packages/anchorwatch/src/ledger/anchors/httpServer.fixture.ts";
import { newSigner } from "../../packages/anchorwatch/src/ledger/anchors/notes.fixture.ts";
import {
  ed25519Key,
  type KmsServer,
  startKmsServer,
} from "../../packages/anchorwatch/src/ledger/keys/kmsServer.fixture.ts";
import { s3Client } from "../../packages/anchorwatch/src/ledger/storage/s3/s3Server.fixture.ts";
import { inspectMachine } from "../support/machine.ts";
import { type Moto, startMoto } from "../support/moto.ts";
import { type OperatorBench, operatorBench } from "./operatorBench.ts";

const TWO_MINUTES = { timeout: 120_000 };

afterEach(() => void vi.unstubAllEnvs());

/** Checks again after an older copy was put back: refused, with the evidence kept, and nothing signed. */
async function expectRefusal(place: OperatorBench, server: string, code: string): Promise<void> {
  const restore = place.backup();
  expect((await place.check("--server", server)).status).toBe(0);
  restore();
  const before = place.checkpoint();
  const refused = await place.check("--server", server);
  expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining(`(${code})`) });
  expect(refused.stdout).toContain("No drift.");
  expect(refused.stdout).not.toContain("Recorded");
  expect(place.checkpoint()).toBe(before);
  const evidence = join(`${place.ledger}.private`, "evidence");
  expect(readdirSync(evidence).length).toBeGreaterThan(0);
  expect(refused.stderr).toContain(evidence);
}

describe("the operator's file", () => {
  it("is used where it is named, and never looked for in what is checked", TWO_MINUTES, async () => {
    const place = await operatorBench();
    const server = place.server("  place: audit\n");
    writeFileSync(
      join(place.stack.dir, "anchorwatch.server.yaml"),
      "version: 1\nledger: { place: stolen }\n",
    );
    const unnamed = await place.check();
    expect(unnamed).toMatchObject({ status: 0, stderr: "" });
    expect(unnamed.stdout).not.toContain("Recorded");
    const named = await place.check("--server", "anchorwatch.server.yaml");
    expect(named.stdout).toContain(`Recorded in the ledger ${place.ledger}: entry 1;`);
    const byEnvironment = await place.bench.check([place.stack.dir], { env: { ANCHORWATCH_SERVER: server } });
    expect(byEnvironment.stdout).toContain(`Recorded in the ledger ${place.ledger}: entry 2;`);
    const relative = await place.bench.check([place.stack.dir], {
      env: { ANCHORWATCH_SERVER: "anchorwatch.server.yaml" },
    });
    expect(relative).toMatchObject({
      status: 1,
      stdout: "",
      stderr: expect.stringContaining("no absolute path"),
    });
    expect(existsSync(join(place.stack.dir, "stolen"))).toBe(false);
  });

  it(
    "is told of with its line where it is wrong, and its ledger is left alone by --ledger",
    TWO_MINUTES,
    async () => {
      const place = await operatorBench();
      const server = place.server("  plac: audit\n");
      const wrong = await place.check("--server", server);
      expect(wrong).toMatchObject({ status: 1, stdout: "" });
      expect(wrong.stderr).toContain(
        "anchorwatch.server.yaml:3:3: ledger has the unknown key “plac”. Did you mean “place”?",
      );
      // Its rules count, too, so a file that is wrong is never passed over.
      expect(await place.check("--server", server, "--ledger", place.ledger)).toEqual(wrong);
      const right = place.server("  place: elsewhere\n");
      const alone = await place.check("--server", right, "--ledger", place.ledger);
      expect(alone.stdout).toContain(`Recorded in the ledger ${place.ledger}: entry 1;`);
      const both = await place.run("rotate", place.ledger, "--server", server);
      expect(both).toMatchObject({ status: 1, stderr: expect.stringContaining("Two ledgers were named") });
      const none = await place.run("verify");
      expect(none).toMatchObject({ status: 1, stderr: expect.stringContaining("No ledger was named") });
    },
  );

  it("names keys that authenticate the ledger, and a copy of it", TWO_MINUTES, async () => {
    const place = await operatorBench();
    const server = place.server("  place: audit\n  private: keys/audit\n");
    await place.check("--server", server);
    expect(readdirSync(join(place.bench.folder, "keys/audit"))).toContain("signing.key");
    expect(existsSync(`${place.ledger}.private`)).toBe(false);
    const verified = await place.run("verify", "--server", server);
    expect(verified).toMatchObject({ status: 0, stderr: "" });
    expect(verified.stdout).toContain("authenticated and whole");
    place.backup();
    expect((await place.run("verify", "backup")).status).toBe(3);
    expect((await place.run("verify", "backup", "--server", server)).status).toBe(0);
    const key = await place.run("key", "--server", server);
    expect((await place.run("verify", "backup", "--key", key.stdout.trim())).status).toBe(0);
    const elsewhere = place.bench.write(
      "else.yaml",
      "version: 1\nledger: { place: audit, private: other }\n",
    );
    expect(await place.run("key", "--server", elsewhere)).toMatchObject({
      status: 1,
      stdout: "",
      stderr: expect.stringContaining("(ledger_key_missing)"),
    });
    const rotated = await place.run("rotate", "--server", server);
    expect(rotated.stdout).toContain("The ledger has a new key since entry 2");
    expect((await place.run("verify", "--server", server)).stdout.match(/signed by/g)).toHaveLength(2);
  });
});

describe("a folder as an anchor", () => {
  it("has each checkpoint, vouches for the log, and stops one that was restored", TWO_MINUTES, async () => {
    const place = await operatorBench();
    mkdirSync(join(place.bench.folder, "share"));
    const server = place.server("  place: audit\n  anchors:\n    - folder: share\n");
    await place.check("--server", server);
    expect(readFileSync(join(place.bench.folder, "share/checkpoint"), "utf8")).toBe(place.checkpoint());
    const verified = await place.run("verify", "--server", server);
    expect(verified.status).toBe(0);
    expect(verified.stdout).toContain("share has seen the first 2 entries, and they are the same");
    await expectRefusal(place, server, "ledger_rolled_back");
    const behind = await place.run("verify", "--server", server);
    expect(behind).toMatchObject({ status: 1, stderr: expect.stringContaining("(ledger_rolled_back)") });
  });

  it("that is not there is a warning, and the entry is written", TWO_MINUTES, async () => {
    const place = await operatorBench();
    const server = place.server("  place: audit\n  anchors: [{ folder: not-mounted }]\n");
    const checked = await place.check("--server", server);
    expect(checked).toMatchObject({ status: 0, stderr: expect.stringContaining("(ledger_anchor_failed)") });
    expect(checked.stdout).toContain("Recorded in the ledger");
    const verified = await place.run("verify", "--server", server);
    expect(verified).toMatchObject({ status: 1, stderr: expect.stringContaining("(ledger_anchor_failed)") });
  });
});

describe("a server as an anchor", () => {
  let http: HttpServer;
  beforeEach(async () => {
    http = await startHttpServer();
  });
  afterEach(() => http.close());

  it(
    "a witness cosigns what is published, vouches for it, and stops a log that was restored",
    TWO_MINUTES,
    async () => {
      const place = await operatorBench();
      await place.check("--server", place.server("  place: audit\n"));
      const logKey = await parseVerifierKey((await place.run("key", place.ledger)).stdout.trim());
      const signer = await newSigner("witness.example.com", "cosignature-ed25519");
      const { handle } = witness({
        signer,
        keysOf: (origin) => (origin === logKey.name ? [logKey] : undefined),
        state: memoryWitnessState(),
        now: () => new Date(),
      });
      http.reply = ({ method, path, body }) => handle({ method, path, body: Buffer.from(body) });
      const key = formatVerifierKey(signer.key);
      const anchor = `    - witness: ${http.url}/\n      keys: ["${key}"]\n`;
      const server = place.server(`  place: audit\n  anchors:\n${anchor}`);
      expect(await place.check("--server", server)).toMatchObject({ status: 0, stderr: "" });
      const names = parseNote(place.checkpoint()).signatures.map(({ name }) => name);
      expect(names).toEqual([logKey.name, "witness.example.com"]);
      const verified = await place.run("verify", "--server", server);
      expect(verified.status).toBe(0);
      expect(verified.stdout).toMatch(/signed by +witness\.example\.com\+/);
      await expectRefusal(place, server, "ledger_anchor_conflict");
    },
  );

  it(
    "a webhook gets each checkpoint, signed; when it fails, its secrets are not told",
    TWO_MINUTES,
    async () => {
      const place = await operatorBench();
      const secret = Buffer.alloc(32, 7).toString("base64");
      place.bench.write("hook.secret", `whsec_${secret}\n`);
      const anchor = `    - webhook: ${http.url}/services/hunter2?token=hunter2\n      secretFile: hook.secret\n`;
      const server = place.server(`  place: audit\n  anchors:\n${anchor}`);
      expect(await place.check("--server", server)).toMatchObject({ status: 0, stderr: "" });
      const last = http.received.at(-1);
      expect(last).toMatchObject({ path: "/services/hunter2?token=hunter2", body: place.checkpoint() });
      const { "webhook-id": id, "webhook-timestamp": time, "webhook-signature": given } = last?.headers ?? {};
      const signed = createHmac("sha256", Buffer.alloc(32, 7))
        .update(`${id}.${time}.${last?.body}`)
        .digest("base64");
      expect(given).toBe(`v1,${signed}`);
      http.reply = () => ({ status: 403, body: "no" });
      const failing = await place.check("--server", server);
      expect(failing).toMatchObject({ status: 0, stderr: expect.stringContaining("status 403") });
      await http.close();
      const gone = await place.check("--server", server);
      expect(gone.status).toBe(0);
      expect(`${failing.stdout}${failing.stderr}${gone.stdout}${gone.stderr}`).not.toMatch(/hunter2|whsec/);
    },
  );
});

describe("a key in KMS", () => {
  let kms: KmsServer;
  const arn = (id: string) => `arn:aws:kms:eu-west-1:111122223333:key/${id}`;
  beforeEach(async () => {
    kms = await startKmsServer();
    for (const id of ["one", "two"]) kms.keys.set(id, ed25519Key());
  });
  afterEach(() => kms.close());

  it("signs, is rotated to the next one, and no private half is on this machine", TWO_MINUTES, async () => {
    const place = await operatorBench({ AWS_ENDPOINT_URL_KMS: kms.endpoint });
    const section = (id: string) => `  place: audit\n  key: { kms: "${arn(id)}" }\n`;
    const server = place.server(section("one"));
    expect(await place.check("--server", server)).toMatchObject({ status: 0, stderr: "" });
    expect(readdirSync(`${place.ledger}.private`).sort()).not.toContain("signing.key");
    const first = await place.run("key", place.ledger);
    expect((await place.run("verify", place.ledger, "--key", first.stdout.trim())).status).toBe(0);
    expect(await place.run("rotate", "--server", server)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("has no next one"),
    });
    place.server(section("two"));
    expect(await place.check("--server", server)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("(ledger_key_changed)"),
    });
    expect(await place.run("rotate", "--server", server)).toMatchObject({ status: 0, stderr: "" });
    expect(await place.check("--server", server)).toMatchObject({ status: 0, stderr: "" });
    expect((await place.run("verify", place.ledger, "--key", first.stdout.trim())).status).toBe(0);
    expect((await place.run("verify", "--server", server)).stdout.match(/signed by/g)).toHaveLength(2);
  });

  it("takes over from a key file, which goes on signing until the next rotation", TWO_MINUTES, async () => {
    const place = await operatorBench({ AWS_ENDPOINT_URL_KMS: kms.endpoint });
    const server = place.server("  place: audit\n");
    await place.check("--server", server);
    place.server(`  place: audit\n  key: { kms: "${arn("one")}" }\n`);
    expect((await place.check("--server", server)).stderr).toContain("(ledger_key_changed)");
    expect(await place.run("rotate", "--server", server)).toMatchObject({ status: 0, stderr: "" });
    expect(existsSync(join(`${place.ledger}.private`, "signing.key"))).toBe(false);
    expect(parseNote(place.checkpoint()).signatures).toHaveLength(2);
    place.server(`  place: audit\n  key: { kms: "${arn("two")}" }\n`);
    const rotated = await place.run("rotate", "--server", server);
    expect(rotated.stdout).toContain("cannot sign any more");
    expect(
      readdirSync(join(`${place.ledger}.private`, "keys")).filter((name) => name.endsWith(".key")),
    ).toEqual([]);
    expect((await place.run("verify", "--server", server)).status).toBe(0);
  });
});

const { moto: program } = inspectMachine(process.env);
if (program === undefined) {
  console.log(
    "skipped: a configured ledger on moto's S3, because moto_server is not on PATH (pip install 'moto[server]')",
  );
}

describe.skipIf(program === undefined)("S3", () => {
  let moto: Moto;
  let buckets = 0;
  beforeAll(async () => {
    moto = await startMoto(program ?? "", process.env);
  });
  afterAll(() => moto.stop());

  async function newBucket(): Promise<string> {
    const client = s3Client(moto.endpoint, 3);
    const Bucket = `operator-${++buckets}`;
    await client.send(
      new CreateBucketCommand({
        Bucket,
        CreateBucketConfiguration: { LocationConstraint: "eu-west-1" },
        ObjectLockEnabledForBucket: true,
      }),
    );
    client.destroy();
    return Bucket;
  }

  const section = (bucket: string) => `  place: s3://${bucket}/prod
  private: private
  retention: 400d
  aws: { endpoint: "${moto.endpoint}" }
`;

  it("keeps a ledger that is checked into, verified and rotated", TWO_MINUTES, async () => {
    const place = await operatorBench();
    const server = place.server(section(await newBucket()));
    const first = await place.check("--server", server);
    expect(first).toMatchObject({ status: 0, stderr: "" });
    expect(first.stdout).toContain("/prod: entry 1; checkpoint: 2 entries");
    expect(await place.run("rotate", "--server", server)).toMatchObject({ status: 0, stderr: "" });
    expect((await place.check("--server", server)).stdout).toContain("entry 3; checkpoint: 4 entries");
    const verified = await place.run("verify", "--server", server);
    expect(verified).toMatchObject({ status: 0, stderr: "" });
    expect(verified.stdout).toContain("4 entries, authenticated and whole");
    expect(verified.stdout.match(/signed by/g)).toHaveLength(2);
  });

  it("is read by every command without being named again, with its own keys", TWO_MINUTES, async () => {
    const place = await operatorBench();
    const server = place.server(section(await newBucket()));
    await place.check("--server", server);
    const shown = await place.run("show", "1", "--server", server);
    expect(shown).toMatchObject({ status: 0, stderr: "" });
    expect(shown.stdout).toContain('"kind": "check.completed"');
    expect((await place.run("tail", "--server", server)).stdout.trim().split("\n")).toHaveLength(2);
    const exported = await place.run("export", "--server", server, "--format", "csv");
    expect(exported).toMatchObject({ status: 0, stderr: "" });
    const proof = join(place.bench.folder, "proof");
    const proven = await place.run("prove", "1", "--server", server, "--output", proof);
    expect(proven.stderr).toContain("The proof of entry 1 among 2 entries");
    const key = (await place.run("key", "--server", server)).stdout.trim();
    expect((await place.run("verify-proof", proof, "--key", key)).status).toBe(0);
    expect(await place.run("show", "--server", server)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("no index was given"),
    });
    const fsck = await place.run("fsck", "--server", server);
    expect(fsck).toMatchObject({ status: 1, stderr: expect.stringContaining("(ledger_not_a_folder)") });
  });

  it("keeps what two checks at once have to say", TWO_MINUTES, async () => {
    const place = await operatorBench();
    const server = place.server(section(await newBucket()));
    const checks = await Promise.all([1, 2].map(() => place.checkApart("--server", server)));
    expect(checks.map(({ status, stderr }) => ({ status, stderr }))).toEqual([
      { status: 0, stderr: "" },
      { status: 0, stderr: "" },
    ]);
    expect((await place.run("verify", "--server", server)).stdout).toContain("3 entries, authenticated");
  });

  it("is an anchor for a ledger in a folder, and stops one that was restored", TWO_MINUTES, async () => {
    const place = await operatorBench();
    const bucket = await newBucket();
    const anchor = `    - s3: s3://${bucket}/anchors\n      aws: { endpoint: "${moto.endpoint}" }\n`;
    const server = place.server(`  place: audit\n  anchors:\n${anchor}`);
    expect(await place.check("--server", server)).toMatchObject({ status: 0, stderr: "" });
    const client = s3Client(moto.endpoint, 3);
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
    client.destroy();
    expect(Contents?.[0]?.Key).toMatch(/^anchors\/checkpoints\/[0-9]{16}-2$/);
    const verified = await place.run("verify", "--server", server);
    expect(verified.stdout).toContain("has seen the first 2 entries, and they are the same");
    await expectRefusal(place, server, "ledger_rolled_back");
  });

  it("has its retentions renewed by a command, which says until when", TWO_MINUTES, async () => {
    const place = await operatorBench();
    const bucket = await newBucket();
    const server = place.server(section(bucket));
    await place.check("--server", server);
    const early = await place.run("renew", "--server", server);
    expect(early).toMatchObject({ status: 0, stderr: "" });
    expect(early.stdout).toMatch(
      new RegExp(
        `^s3://${bucket}/prod: nothing had to be renewed; everything is locked at least until 20..-..-..\n$`,
      ),
    );
    place.server(section(bucket).replace("400d", "4000d"));
    const longer = await place.run("renew", "--server", server);
    expect(longer).toMatchObject({ status: 0, stderr: "" });
    expect(longer.stdout).toMatch(
      /: renewed [0-9]+ objects until 20..-..-..; everything is locked at least until/,
    );
    place.server("  place: audit\n");
    const folder = await place.run("renew", "--server", server);
    expect(folder).toMatchObject({ status: 1, stderr: expect.stringContaining("(ledger_not_in_s3)") });
  });

  it("without Object Lock is refused, and the report is printed all the same", TWO_MINUTES, async () => {
    const place = await operatorBench();
    const client = s3Client(moto.endpoint, 3);
    const CreateBucketConfiguration = { LocationConstraint: "eu-west-1" } as const;
    await client.send(new CreateBucketCommand({ Bucket: "unlocked", CreateBucketConfiguration }));
    client.destroy();
    const checked = await place.check("--server", place.server(section("unlocked")));
    expect(checked).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("(ledger_bucket_unversioned)"),
    });
    expect(checked.stdout).toContain("No drift.");
  });
});

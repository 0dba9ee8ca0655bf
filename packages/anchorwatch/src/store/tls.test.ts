import { execFile } from "node:child_process";
import { chmod, chown, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { gate } from "../jobs/jobs.fixture.ts";
import { queue } from "../jobs/jobs.ts";
import { openJobs } from "../jobs/openJobs.ts";
import type { Database } from "./connect.ts";
import { serverAccount } from "./embedded/account.ts";
import { openTestDatabase } from "./postgres.fixture.ts";
import { execute, makeServerFolder, type OwnServer, startOwnServer } from "./testServer.fixture.ts";

const run = promisify(execFile);

let server: OwnServer;
let folder: string;

/** A server on TCP, where alone there is TLS: the path of a socket may not be so long. */
beforeAll(async () => {
  folder = await makeServerFolder();
  const long = join(folder, "x".repeat(100));
  await mkdir(long);
  await chmod(long, 0o755);
  server = await startOwnServer(undefined, long);
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

/** With another host and other parameters. */
function url(host: string, parameters: string): string {
  const address = new URL(server.url);
  address.hostname = host;
  address.search = parameters;
  return address.href;
}

async function opened(where: string): Promise<Database> {
  const database = await openTestDatabase(where);
  onTestFinished(() => database.close());
  return database;
}

it("a server without TLS is refused where it is asked for, and told so", async () => {
  await expect(openTestDatabase(url("127.0.0.1", "sslmode=verify-full"))).rejects.toMatchObject({
    code: "database_untrusted",
    message: expect.stringContaining("does not support SSL"),
    hint: expect.stringContaining("sslmode=disable"),
  });
  expect((await opened(url("127.0.0.1", "sslmode=disable"))).warnings).toEqual([]);
});

it("a server with a certificate of its own is used over TLS alone by whoever knows it, and refused by all others", async () => {
  const { authority, stranger } = await switchToTls();
  const trusting = `sslmode=verify-full&sslrootcert=${encodeURIComponent(authority)}`;
  const database = await opened(url("localhost", trusting));
  const jobs = await openJobs(database, { look: queue<{ readonly n: number }>() }, { onProblem: () => {} });
  const done = gate();
  jobs.work("look", { concurrency: 1 }, async () => done.open());
  await jobs.send("look", "one", { n: 1 });
  await done.opened;
  const { rows } = await database.pool.query(
    "SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity a USING (pid) WHERE a.application_name LIKE 'anchorwatch %' AND a.application_name <> 'anchorwatch presence'",
  );
  expect(rows).toEqual([{ ssl: true }]);
  await jobs.close(0);

  for (const mode of ["prefer", "require", "verify-ca", "verify-full"]) {
    const known = `sslmode=${mode}&sslrootcert=${encodeURIComponent(authority)}`;
    await (await openTestDatabase(url("localhost", known))).close();
    await expect(openTestDatabase(url("localhost", `sslmode=${mode}`)), mode).rejects.toMatchObject({
      code: "database_untrusted",
      message: expect.stringMatching(/self-signed/),
    });
    // The certificate is for localhost.
    await expect(openTestDatabase(url("127.0.0.1", known)), mode).rejects.toMatchObject({
      code: "database_untrusted",
      message: expect.stringMatching(/127\.0\.0\.1/),
    });
  }
  const other = `sslmode=verify-full&sslrootcert=${encodeURIComponent(stranger)}`;
  await expect(openTestDatabase(url("localhost", other))).rejects.toMatchObject({
    code: "database_untrusted",
  });
});

it("a certificate file that is not there is told, without the address", async () => {
  const missing = join(folder, "no.pem");
  const wrong = openTestDatabase(
    url("localhost", `sslmode=verify-full&sslrootcert=${encodeURIComponent(missing)}`),
  );
  const error = await wrong.then(
    () => expect.unreachable(),
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ code: "database_url_invalid", location: { file: missing } });
  expect(String(error)).not.toContain(new URL(server.url).password);
});

/** Gives the file that whoever trusts it names, and another that is none of its. */
async function switchToTls() {
  const [own, stranger] = await Promise.all(["own", "stranger"].map((name) => certificate(name)));
  if (own === undefined || stranger === undefined) return expect.unreachable();
  await execute(server.url, `ALTER SYSTEM SET ssl_cert_file = '${own.certificate}'`);
  await execute(server.url, `ALTER SYSTEM SET ssl_key_file = '${own.key}'`);
  await execute(server.url, "ALTER SYSTEM SET ssl = on");
  await execute(server.url, "SELECT pg_reload_conf()");
  await expect
    .poll(async () => (await execute(server.url, "SHOW ssl"))[0]?.["ssl"], { timeout: 20_000 })
    .toBe("on");
  return { authority: own.certificate, stranger: stranger.certificate };
}

async function certificate(name: string) {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  await run("openssl", [
    ...["req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-days", "2"],
    ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert],
  ]);
  await chmod(cert, 0o644);
  const account = serverAccount(process.getuid?.());
  if (account !== undefined) await chown(key, account.uid, account.gid);
  return { key, certificate: cert };
}

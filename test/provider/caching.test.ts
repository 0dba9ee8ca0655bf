import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ProviderReader } from "../../packages/tfprovider/src/client/reader.ts";
import { decodeCty } from "../../packages/tfprovider/src/cty/decode.ts";
import type { Recorded } from "./protocol5.ts";
import { filesBelow, protocol5 } from "./protocol5Stack.ts";
import { LIMITS } from "./testStack.ts";

const callsOf = (asked: readonly Recorded[]) => asked.map(({ call }) => call);
const configOf = (asked: readonly Recorded[], call: string) => asked.find((one) => one.call === call)?.config;

const FIRST = ["GetSchema", "Configure"];
const VALIDATED = ["PrepareProviderConfig", "Configure"];

function pathsOf(folder: string, part: string): readonly string[] {
  return [...filesBelow(folder).keys()].filter((path) => path.includes(`/${part}`));
}

test("the second start does not ask for the schema", async () => {
  const five = protocol5();
  expect(callsOf(await five.start())).toEqual(FIRST);
  const [file = ""] = pathsOf(five.cacheFolder, "schemas/");
  const written = statSync(file).mtimeMs;
  const second = await five.using((reader) => {
    expect([...reader.schemas.resourceTypes()]).toEqual(["five_thing"]);
    expect(reader.schemas.resource("five_thing").version).toBe(1);
  });
  expect(callsOf(second)).toEqual(["Configure"]);
  expect(pathsOf(five.cacheFolder, "schemas/")).toEqual([file]);
  expect(statSync(file).mtimeMs).toBe(written);
});

test("without a folder, or without a hash, nothing is remembered", async () => {
  const five = protocol5();
  await five.start({ binaryHash: undefined });
  await five.start({ cacheFolder: undefined });
  expect([...filesBelow(five.cacheFolder).keys()]).toEqual([]);
});

test("a provider that must be asked for its schema is asked each time", async () => {
  const five = protocol5();
  five.behave({ schemaOptional: false });
  await five.start();
  const [file = ""] = pathsOf(five.cacheFolder, "schemas/");
  const written = statSync(file).mtimeMs;
  expect(callsOf(await five.start())).toEqual(["GetSchema", "Configure"]);
  expect(statSync(file).mtimeMs).toBe(written);
});

test("another program has its own entry", async () => {
  const five = protocol5();
  await five.start();
  expect(callsOf(await five.start({ binaryHash: "cd".repeat(32) }))).toEqual(FIRST);
});

test("a schema file that was damaged is ignored and written anew", async () => {
  const five = protocol5();
  await five.start();
  const [file = ""] = pathsOf(five.cacheFolder, "schemas/");
  const whole = filesBelow(five.cacheFolder).get(file) as Buffer;
  writeFileSync(file, whole.subarray(0, -1));
  expect(callsOf(await five.start())).toEqual(["GetSchema", "Configure"]);
  expect(filesBelow(five.cacheFolder).get(file)).toEqual(whole);
});

test("a schema that comes with an error is refused and not remembered", async () => {
  const five = protocol5();
  five.behave({ schemaError: true });
  await expect(five.start()).rejects.toMatchObject({ code: "provider_diagnostics" });
  expect(pathsOf(five.cacheFolder, "schemas/")).toEqual([]);
});

test("a reader is configured without asking whether its configuration is valid", async () => {
  const five = protocol5();
  five.behave({ prepare: "error" });
  expect(callsOf(await five.start())).toEqual(FIRST);
});

test("a configuration that a reader's provider refuses is explained by what is not valid in it", async () => {
  const five = protocol5();
  five.behave({ prepare: "error", configureError: true });
  await expect(five.start()).rejects.toMatchObject({
    code: "provider_diagnostics",
    message: expect.stringContaining("not good enough"),
  });
  five.behave({ configureError: true });
  await expect(five.start()).rejects.toMatchObject({ message: expect.stringContaining("no way in") });
});

test("it is explained by the very configuration that was refused, its credentials included", async () => {
  const five = protocol5();
  five.behave({ configureError: true });
  await expect(five.start({ credentials: { access_key: "of the grant" } })).rejects.toMatchObject({
    code: "provider_diagnostics",
  });
  const asked = readFileSync(join(five.folder, "record"), "utf8").trim().split("\n");
  expect(JSON.parse(asked.at(-1) ?? "")).toMatchObject({
    call: "PrepareProviderConfig",
    config: { region: "eu-1", access_key: "of the grant" },
  });
});

test("a writer asks first, and once for this program, configuration and environment", async () => {
  const five = protocol5();
  expect(callsOf(await five.startWriter())).toEqual(["GetSchema", ...VALIDATED]);
  const asked = async (more: Parameters<typeof five.start>[0]) => callsOf(await five.startWriter(more));
  expect(await asked({})).toEqual(["Configure"]);
  expect(await asked({ config: () => ({ region: "eu-2" }) })).toEqual(VALIDATED);
  expect(await asked({ environment: { AWS_REGION: "eu-2" } })).toEqual(VALIDATED);
  expect(await asked({ environment: { AWS_REGION: "eu-2" } })).toEqual(["Configure"]);
  rmSync(join(five.cacheFolder, "key"));
  expect(await asked({})).toEqual(VALIDATED);
  writeFileSync(join(five.cacheFolder, "key"), "too short");
  expect(await asked({})).toEqual(VALIDATED);
  expect(await asked({})).toEqual(["Configure"]);
});

test("what a provider makes of its configuration while it validates it is left alone, as by Terraform", async () => {
  const five = protocol5();
  five.behave({ prepare: "fill" });
  const asked = await five.startWriter({ config: () => ({ retries: 3 }) });
  expect(configOf(asked, "PrepareProviderConfig")).toMatchObject({ region: null, retries: 3 });
  expect(configOf(asked, "Configure")).toMatchObject({ region: null, retries: 3, assume_role: [] });
});

test("a writer is told each time that its configuration is not good enough, and is not configured", async () => {
  const five = protocol5();
  five.behave({ prepare: "error" });
  for (const _ of [1, 2]) {
    await expect(five.startWriter()).rejects.toMatchObject({
      code: "provider_diagnostics",
      message: expect.stringContaining("not good enough"),
    });
  }
  expect(pathsOf(five.cacheFolder, "valid/")).toEqual([]);
});

test("one validation holds for all credentials, and each start configures with its own", async () => {
  const five = protocol5();
  const config = () => ({
    region: "eu-1",
    access_key: "of the block",
    assume_role: [{ role_arn: "deployer" }],
  });
  const credentials = (name: string) => ({
    access_key: `${name}-id`,
    secret_key: `${name}-secret`,
    assume_role: [{ role_arn: `${name}-role` }],
  });
  const first = await five.startWriter({ config, credentials: credentials("grant1") });
  expect(configOf(first, "PrepareProviderConfig")).toEqual({
    region: "eu-1",
    access_key: "placeholder",
    secret_key: "placeholder",
    retries: null,
    assume_role: [{ role_arn: "deployer" }],
  });
  expect(configOf(first, "Configure")).toEqual({ region: "eu-1", retries: null, ...credentials("grant1") });
  const second = await five.startWriter({ config, credentials: credentials("grant2") });
  expect(callsOf(second)).toEqual(["Configure"]);
  expect(configOf(second, "Configure")).toEqual({ region: "eu-1", retries: null, ...credentials("grant2") });
  expect(pathsOf(five.cacheFolder, "valid/")).toHaveLength(1);
});

test("a credential that the provider does not know is refused by name, without its value", async () => {
  const five = protocol5();
  const error = await five
    .start({ credentials: { pass_word: "hunter2" } })
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "cty_encode_failed", message: expect.stringContaining("pass_word") });
  expect(String(error)).not.toContain("hunter2");
});

test("nothing secret is in any file or name of the cache folder, in whatever spelling", async () => {
  const five = protocol5();
  const secrets = ["planted-in-config", "planted-in-environment", "planted-in-credentials"] as const;
  const options = {
    config: () => ({ secret_key: secrets[0], access_key: secrets[0] }),
    environment: { API_TOKEN: secrets[1] },
  };
  await five.startWriter(options);
  await five.startWriter({ ...options, credentials: { secret_key: secrets[2] } });
  await five.startWriter({ ...options, credentials: { secret_key: secrets[2], access_key: secrets[2] } });
  const files = filesBelow(five.cacheFolder);
  expect(files.size).toBeGreaterThan(3);
  for (const [path, bytes] of files) {
    const content = `${path}\n${bytes.toString("latin1")}`.toLowerCase();
    for (const spelling of secrets.flatMap(spellingsOf))
      expect(content).not.toContain(spelling.toLowerCase());
    expect(statSync(path).mode & 0o077).toBe(0);
  }
});

/** As it is, in hexadecimal, and in base64 at each of the three places where it may begin. */
function spellingsOf(secret: string): readonly string[] {
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.from(`${"x".repeat(shift)}${secret}`)
      .toString("base64")
      .replace(/=+$/, "")
      .slice(4, -2),
  );
  return [secret, Buffer.from(secret).toString("hex"), ...base64];
}

test("a cache folder that others may write to is refused, with what to do", async () => {
  const five = protocol5();
  chmodSync(five.cacheFolder, 0o777);
  await expect(five.start()).rejects.toMatchObject({
    code: "find_cache_unsafe",
    hint: expect.stringContaining("chmod go-w"),
  });
});

test("a cache folder that cannot be made is done without", async () => {
  const five = protocol5();
  const cacheFolder = join(five.folder, "record", "cache");
  expect(callsOf(await five.start({ cacheFolder }))).toEqual(FIRST);
});

test("a cache folder into which nothing can be written is done without", async () => {
  const five = protocol5();
  // Folders where files should be stop even root, whom no permission stops.
  const { cacheFolder } = five;
  for (const name of ["key", join("schemas", `${"ab".repeat(32)}.schema`)])
    mkdirSync(join(cacheFolder, name), { recursive: true });
  writeFileSync(join(cacheFolder, "valid"), "");
  for (const _ of [1, 2]) expect(callsOf(await five.startWriter())).toEqual(["GetSchema", ...VALIDATED]);
  expect([...filesBelow(cacheFolder).keys()]).toEqual([join(cacheFolder, "valid")]);
});

test("protocol 5 carries a state of Terraform before 0.12, which is a flat map", async () => {
  const five = protocol5();
  const asked = await five.using(async (reader) => {
    const value = await reader.upgrade("five_thing", 0, { flatmap: { id: "x", "tags.%": "0" } }, LIMITS);
    expect(decodeCty(value, reader.schemas.resource("five_thing").type)).toEqual({ id: "x" });
  });
  expect(asked.at(-1)).toEqual({ call: "UpgradeResourceState", flatmap: { id: "x", "tags.%": "0" } });
});

test("a provider that lives on after it hung up is ended, and the next use starts it anew", async () => {
  const five = protocol5();
  const upgrade = (reader: ProviderReader) =>
    reader.upgrade("five_thing", 0, { flatmap: { id: "x" } }, LIMITS);
  const asked = await five.using(async (reader) => {
    five.behave({ hangUp: true });
    await expect(upgrade(reader)).rejects.toMatchObject({
      code: "provider_crashed",
      message: expect.stringContaining("after it had closed its connection"),
    });
    five.behave({});
    await upgrade(reader);
  });
  expect(callsOf(asked.slice(FIRST.length))).toEqual([
    "UpgradeResourceState",
    "Configure",
    "UpgradeResourceState",
  ]);
});

import { chmodSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ProviderReader } from "../../packages/tfprovider/src/client/reader.ts";
import { decodeCty } from "../../packages/tfprovider/src/cty/decode.ts";
import type { Recorded } from "./protocol5.ts";
import { filesBelow, protocol5 } from "./protocol5Stack.ts";
import { LIMITS } from "./testStack.ts";

const callsOf = (asked: readonly Recorded[]) => asked.map(({ call }) => call);
const configOf = (asked: readonly Recorded[], call: string) => asked.find((one) => one.call === call)?.config;

const FIRST = ["GetSchema", "PrepareProviderConfig", "Configure"];

function pathsOf(folder: string, part: string): readonly string[] {
  return [...filesBelow(folder).keys()].filter((path) => path.includes(`/${part}`));
}

test("the second start asks neither for the schema nor for a preparation that changes nothing", async () => {
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

test("a preparation is remembered for this program, configuration and environment alone", async () => {
  const five = protocol5();
  await five.start();
  const asked = async (more: Parameters<typeof five.start>[0]) => callsOf(await five.start(more));
  const prepared = ["PrepareProviderConfig", "Configure"];
  expect(await asked({ config: () => ({ region: "eu-2" }) })).toEqual(prepared);
  expect(await asked({ environment: { AWS_REGION: "eu-2" } })).toEqual(prepared);
  expect(await asked({ environment: { AWS_REGION: "eu-2" } })).toEqual(["Configure"]);
  rmSync(join(five.cacheFolder, "key"));
  expect(await asked({})).toEqual(prepared);
  writeFileSync(join(five.cacheFolder, "key"), "too short");
  expect(await asked({})).toEqual(prepared);
  expect(await asked({})).toEqual(["Configure"]);
});

test("a preparation that changes the configuration is used and never remembered", async () => {
  const five = protocol5();
  five.behave({ prepare: "fill" });
  for (const _ of [1, 2]) {
    const asked = await five.start({ config: () => ({ retries: 3 }) });
    expect(configOf(asked, "PrepareProviderConfig")).toMatchObject({ region: null, retries: 3 });
    expect(configOf(asked, "Configure")).toMatchObject({ region: "filled-in", retries: 3, assume_role: [] });
  }
  expect(pathsOf(five.cacheFolder, "prepared/")).toEqual([]);
});

test("a configuration that is not good enough is told each time", async () => {
  const five = protocol5();
  five.behave({ prepare: "error" });
  for (const _ of [1, 2]) {
    await expect(five.start()).rejects.toMatchObject({
      code: "provider_diagnostics",
      message: expect.stringContaining("not good enough"),
    });
  }
  expect(pathsOf(five.cacheFolder, "prepared/")).toEqual([]);
});

test("one preparation holds for all credentials, and each start configures with its own", async () => {
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
  const first = await five.start({ config, credentials: credentials("grant1") });
  expect(callsOf(first)).toEqual(FIRST);
  expect(configOf(first, "PrepareProviderConfig")).toEqual({
    region: "eu-1",
    access_key: "placeholder",
    secret_key: "placeholder",
    retries: null,
    assume_role: [{ role_arn: "deployer" }],
  });
  expect(configOf(first, "Configure")).toEqual({ region: "eu-1", retries: null, ...credentials("grant1") });
  const second = await five.start({ config, credentials: credentials("grant2") });
  expect(callsOf(second)).toEqual(["Configure"]);
  expect(configOf(second, "Configure")).toEqual({ region: "eu-1", retries: null, ...credentials("grant2") });
  expect(pathsOf(five.cacheFolder, "prepared/")).toHaveLength(1);
});

test("what preparation changed is kept beside credentials that are put back", async () => {
  const five = protocol5();
  five.behave({ prepare: "fill" });
  const asked = await five.start({ config: () => ({}), credentials: { secret_key: "real", retries: 5 } });
  expect(configOf(asked, "PrepareProviderConfig")).toMatchObject({
    secret_key: "placeholder",
    retries: null,
  });
  expect(configOf(asked, "Configure")).toMatchObject({ region: "filled-in", secret_key: "real", retries: 5 });
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
  await five.start(options);
  await five.start({ ...options, credentials: { secret_key: secrets[2] } });
  five.behave({ prepare: "fill" });
  await five.start({ ...options, credentials: { secret_key: secrets[2], access_key: secrets[2] } });
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
  writeFileSync(join(cacheFolder, "prepared"), "");
  for (const _ of [1, 2]) expect(callsOf(await five.start())).toEqual(FIRST);
  expect([...filesBelow(cacheFolder).keys()]).toEqual([join(cacheFolder, "prepared")]);
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

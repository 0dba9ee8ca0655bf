import { mkdir, mkdtemp, realpath, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findConfiguration } from "./find.ts";
import { resolveInside } from "./inside.ts";
import { loadConfiguration } from "./load.ts";
import { chooseStack, type LoadedConfiguration } from "./stackChoice.ts";

let root: string;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "anchorwatch-choice-")));
  await mkdir(join(root, "repo/.git"), { recursive: true });
  await mkdir(join(root, "repo/infra/network"), { recursive: true });
  await mkdir(join(root, "repo/infra/app"), { recursive: true });
});

afterEach(() => rm(root, { recursive: true, force: true }));

async function configure(stacks: readonly string[]): Promise<LoadedConfiguration> {
  const path = join(root, "repo/anchorwatch.yaml");
  await writeFile(path, `version: 1\nstacks:\n${stacks.map((stack) => `  - ${stack}\n`).join("")}`);
  return { path, configuration: await loadConfiguration(path, join(root, "repo")) };
}

const NETWORK = "{ name: network, path: infra/network }";
const PROD = "{ name: app-prod, path: infra/app, workspace: prod }";
const DEV = "{ name: app-dev, path: infra/app, workspace: dev }";
const at = (folder: string, workspace?: string) => ({
  workingDirectory: join(root, folder),
  ...(workspace === undefined ? {} : { workspace }),
});

describe("the configuration of a folder", () => {
  it("is the nearest one up to the root of its repository", async () => {
    const { path } = await configure([NETWORK]);
    expect(await findConfiguration(join(root, "repo/infra/network"))).toBe(path);
    await writeFile(join(root, "repo/infra/anchorwatch.yaml"), "version: 1");
    expect(await findConfiguration(join(root, "repo/infra/network"))).toBe(
      join(root, "repo/infra/anchorwatch.yaml"),
    );
  });

  it("is never one that lies outside the repository", async () => {
    await writeFile(join(root, "anchorwatch.yaml"), "version: 1");
    expect(await findConfiguration(join(root, "repo/infra"))).toBeUndefined();
    await rm(join(root, "repo/.git"), { recursive: true });
    expect(await findConfiguration(join(root, "repo/infra"))).toBeUndefined();
  });

  it("is no file that a link fetches from outside the repository", async () => {
    await writeFile(join(root, "secret.yaml"), "token: hunter2");
    await symlink("../secret.yaml", join(root, "repo/anchorwatch.yaml"));
    await expect(findConfiguration(join(root, "repo/infra"))).rejects.toMatchObject({
      code: "config_unreadable",
      message: expect.stringContaining("anchorwatch.yaml is a link that leads out of its repository"),
    });
    await rm(join(root, "repo/anchorwatch.yaml"));
    await writeFile(join(root, "repo/infra/own.yaml"), "version: 1");
    await symlink("infra/own.yaml", join(root, "repo/anchorwatch.yaml"));
    expect(await findConfiguration(join(root, "repo/infra"))).toBe(join(root, "repo/anchorwatch.yaml"));
  });

  it("is neither a device nor larger than a person writes: nothing of it is read", async () => {
    const file = join(root, "repo/huge.yaml");
    await writeFile(file, "");
    await truncate(file, 2 ** 40);
    for (const [path, why] of [
      [file, "it is larger than 512 KiB"],
      ["/dev/zero", "it is not a regular file"],
    ] as const) {
      await expect(loadConfiguration(path, join(root, "repo"))).rejects.toMatchObject({
        code: "config_unreadable",
        message: expect.stringContaining(why),
      });
    }
  });

  it("that cannot be read is named", async () => {
    const missing = loadConfiguration(join(root, "repo/none.yaml"), join(root, "repo"));
    await expect(missing).rejects.toMatchObject({
      code: "config_unreadable",
      location: { file: "none.yaml" },
    });
    await writeFile(join(root, "repo/latin.yaml"), Buffer.from([0x76, 0xff, 0xfe]));
    const binary = loadConfiguration(join(root, "repo/latin.yaml"), join(root, "repo"));
    await expect(binary).rejects.toMatchObject({ code: "config_unreadable" });
  });
});

describe("the stack that is meant", () => {
  it("is the one of the folder given", async () => {
    const loaded = await configure([NETWORK, PROD]);
    const chosen = await chooseStack("infra/network", loaded, at("repo"));
    expect(chosen).toMatchObject({ dir: join(root, "repo/infra/network"), stack: { name: "network" } });
  });

  it("is the one of the folder, also where the entry or the caller goes there by a link", async () => {
    await symlink("infra/network", join(root, "repo/net"));
    const loaded = await configure(["{ name: network, path: net }", "{ name: gone, path: gone }"]);
    for (const folder of ["net", "infra/network"]) {
      expect(await chooseStack(folder, loaded, at("repo"))).toMatchObject({ stack: { name: "network" } });
    }
  });

  it("is the one of the working directory", async () => {
    const loaded = await configure([NETWORK, PROD]);
    expect(await chooseStack(undefined, loaded, at("repo/infra/network"))).toMatchObject({
      stack: { name: "network" },
    });
  });

  it("may be given by its name", async () => {
    const loaded = await configure([NETWORK, PROD, DEV]);
    const chosen = await chooseStack("app-dev", loaded, at("repo/infra/network"));
    expect(chosen).toMatchObject({ dir: join(root, "repo/infra/app"), stack: { workspace: "dev" } });
  });

  it("is the only one beside the configuration", async () => {
    const loaded = await configure([NETWORK]);
    expect(await chooseStack(undefined, loaded, at("repo"))).toMatchObject({ stack: { name: "network" } });
  });

  it("is the folder itself where that holds code that the configuration does not list", async () => {
    const loaded = await configure([NETWORK]);
    await writeFile(join(root, "repo/main.tf"), "");
    expect(await chooseStack(undefined, loaded, at("repo"))).toEqual({ dir: join(root, "repo") });
  });

  it("is chosen among workspaces by TF_WORKSPACE", async () => {
    const loaded = await configure([PROD, DEV]);
    expect(await chooseStack("infra/app", loaded, at("repo", "dev"))).toMatchObject({
      stack: { name: "app-dev" },
    });
    expect(await chooseStack("infra/app", loaded, at("repo", "test"))).toEqual({
      dir: join(root, "repo/infra/app"),
    });
  });

  it("must be named when several could be meant", async () => {
    const loaded = await configure([PROD, DEV]);
    for (const wanted of [undefined, "infra/app"]) {
      await expect(chooseStack(wanted, loaded, at("repo"))).rejects.toMatchObject({
        code: "stack_not_chosen",
        message: "anchorwatch.yaml holds several stacks: app-prod, app-dev",
        hint: "Say which: anchorwatch check app-prod",
      });
    }
  });

  it("is looked for among similar names when there is none", async () => {
    const loaded = await configure([NETWORK]);
    const wrong = chooseStack("netwrok", loaded, at("repo"));
    await expect(wrong).rejects.toMatchObject({
      code: "stack_folder_missing",
      hint: "Did you mean the stack “network”?",
    });
  });

  it("is no file", async () => {
    await writeFile(join(root, "repo/x.tfstate"), "{}");
    const wrong = chooseStack("x.tfstate", undefined, at("repo"));
    await expect(wrong).rejects.toMatchObject({ hint: "To check a state file, use --state x.tfstate." });
  });
});

describe("a path in the configuration", () => {
  const location = { file: "anchorwatch.yaml", line: 3 };

  it("may be a link inside the repository", async () => {
    await symlink("infra/network", join(root, "repo/net"));
    expect(await resolveInside(join(root, "repo/anchorwatch.yaml"), "net", location)).toBe(
      join(root, "repo/infra/network"),
    );
  });

  it("must not be a link out of it", async () => {
    await mkdir(join(root, "secret"));
    await symlink(join(root, "secret"), join(root, "repo/net"));
    const outside = resolveInside(join(root, "repo/anchorwatch.yaml"), "net", location);
    await expect(outside).rejects.toMatchObject({ code: "config_invalid", location });
  });

  it("must exist", async () => {
    const missing = resolveInside(join(root, "repo/anchorwatch.yaml"), "nothing", location);
    await expect(missing).rejects.toMatchObject({ code: "config_invalid", location });
  });
});

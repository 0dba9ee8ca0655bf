import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { asOrdinaryUser } from "../../../../test/support/ordinaryUser.ts";
import { openOutputFile } from "./output.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "anchorwatch-output-"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe("a file for the report", () => {
  it("is the old one until the new one is complete", async () => {
    await writeFile(join(folder, "r"), "old");
    const output = await openOutputFile("r", folder);
    expect(await readFile(join(folder, "r"), "utf8")).toBe("old");
    await output.write("new");
    await output.close();
    expect(await readFile(join(folder, "r"), "utf8")).toBe("new");
    expect(await readdir(folder)).toEqual(["r"]);
  });

  it("leaves nothing behind when it is closed without a report", async () => {
    const output = await openOutputFile("r", folder);
    await output.close();
    expect(await readdir(folder)).toEqual([]);
  });

  it("keeps its permissions, and stays a link", async () => {
    await writeFile(join(folder, "r"), "old");
    await chmod(join(folder, "r"), 0o600);
    await symlink("r", join(folder, "link"));
    const output = await openOutputFile("link", folder);
    await output.write("new");
    await output.close();
    expect((await stat(join(folder, "r"))).mode & 0o777).toBe(0o600);
    expect((await lstat(join(folder, "link"))).isSymbolicLink()).toBe(true);
    expect(await readFile(join(folder, "r"), "utf8")).toBe("new");
  });

  it("keeps permissions that the umask would take away", async () => {
    await writeFile(join(folder, "r"), "old");
    await chmod(join(folder, "r"), 0o666);
    const output = await openOutputFile("r", folder);
    await output.write("new");
    await output.close();
    expect((await stat(join(folder, "r"))).mode & 0o777).toBe(0o666);
  });

  it.skipIf(process.platform !== "linux")("says so when a device takes nothing", async () => {
    const output = await openOutputFile("/dev/full", folder);
    await expect(output.write("report")).rejects.toMatchObject({
      code: "output_unwritable",
      message: "/dev/full cannot be written: no space is left",
    });
  });

  it("never replaces a device", async () => {
    const output = await openOutputFile("/dev/null", folder);
    await output.write("report");
    await output.close();
    expect((await stat("/dev/null")).isCharacterDevice()).toBe(true);
  });

  it.each([
    ["a folder", "sub", "it is a folder"],
    ["in a folder that does not exist", "none/r", "its folder does not exist"],
    ["below a file", "file/r", "a part of its path is a file"],
  ])("cannot be %s", async (_, path, why) => {
    await mkdir(join(folder, "sub"));
    await writeFile(join(folder, "file"), "");
    await expect(openOutputFile(path, folder)).rejects.toMatchObject({
      code: "output_unwritable",
      message: expect.stringContaining(`${path} cannot be written: ${why}`),
    });
  });

  it("cannot be one without permission", async () => {
    await chmod(folder, 0o777);
    await writeFile(join(folder, "r"), "old", { mode: 0o444 });
    await asOrdinaryUser(async () => {
      await (await openOutputFile("new", folder)).close();
      await expect(openOutputFile("r", folder)).rejects.toMatchObject({ code: "output_unwritable" });
    });
  });
});

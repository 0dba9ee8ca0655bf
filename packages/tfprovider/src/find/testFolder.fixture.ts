/** Test support: a folder with a root module, a home and fake provider packages, gone when the test ends. */
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { FindRequest } from "./findProvider.ts";

/** In POSIX, so no dependency. */
const MAKE_PIPE = "mkfifo";

export class TestFolder {
  /** Absolute, without links. */
  readonly root: string;
  constructor(root: string) {
    this.root = root;
  }

  get stack(): string {
    return join(this.root, "stack");
  }

  path(...parts: string[]): string {
    return join(this.root, ...parts);
  }

  async put(path: string, content: string, mode = 0o644): Promise<string> {
    const file = this.path(path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content, { mode });
    return file;
  }

  /** An unpacked package for linux_amd64 under `place`. @returns its folder */
  async install(place: string, version: string, source = "registry.terraform.io/acme/box"): Promise<string> {
    const type = source.split("/").at(-1);
    const folder = join(place, source, version, "linux_amd64");
    await this.put(
      join(folder, `terraform-provider-${type}_v${version}`),
      `#!/bin/sh\n# ${place} ${version}\n`,
      0o755,
    );
    await this.put(join(folder, "README.md"), `${source} ${version}\n`);
    return this.path(folder);
  }

  async link(target: string, path: string): Promise<void> {
    const file = this.path(path);
    await mkdir(dirname(file), { recursive: true });
    await symlink(target, file);
  }

  /** A pipe into which nobody writes: opening it carelessly waits for ever. */
  pipe(path: string): void {
    execFileSync(MAKE_PIPE, [this.path(path)]);
  }

  async lock(version: string, hashes: readonly string[] = []): Promise<string> {
    const list = hashes.length === 0 ? "" : `  hashes = ${JSON.stringify(hashes)}\n`;
    const block = `provider "registry.terraform.io/acme/box" {\n  version = "${version}"\n${list}}\n`;
    return this.put("stack/.terraform.lock.hcl", `# comment\n\n${block}`);
  }

  request(more: Partial<FindRequest> = {}): FindRequest {
    return {
      source: "acme/box",
      dir: this.stack,
      env: { XDG_DATA_DIRS: this.path("share") },
      homeDir: this.path("home"),
      platform: { os: "linux", arch: "amd64" },
      ...more,
    };
  }
}

export async function testFolder(): Promise<TestFolder> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "tfprovider-find-")));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await mkdir(join(root, "stack"));
  await mkdir(join(root, "home"));
  return new TestFolder(root);
}

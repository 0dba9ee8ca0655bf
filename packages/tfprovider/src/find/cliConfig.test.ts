import { join } from "node:path";
import { expect, test } from "vitest";
import { readCliConfig } from "./cliConfig.ts";
import { parseCliConfig } from "./cliSyntax.ts";
import { parseSource } from "./sourceAddress.ts";
import type { Surroundings } from "./surroundings.ts";
import { testFolder } from "./testFolder.fixture.ts";

const AWS = parseSource("hashicorp/aws");
const TOFU_AWS = parseSource("registry.opentofu.org/hashicorp/aws");

interface Scene {
  readonly root: string;
  readonly put: (path: string, text: string) => Promise<string>;
  readonly around: (env?: Surroundings["env"], os?: string) => Surroundings;
}

async function scene(): Promise<Scene> {
  const folder = await testFolder();
  return {
    root: folder.root,
    put: (path, text) => folder.put(path, text),
    around: (env = {}, os = "linux") => folder.request({ env, platform: { os, arch: "amd64" } }),
  };
}

test("the whole of a provider_installation block is read, in its order", async () => {
  const { root, put, around } = await scene();
  await put(
    "home/.terraformrc",
    `# comment
    credentials "app.terraform.io" { token = "s3cret" }
    plugin_cache_dir = "$HOME/cache/\${NAME}"
    provider_installation {
      dev_overrides {
        "hashicorp/null" = "/dev/null-provider" // quoted names are not in the language of .tf files
      }
      filesystem_mirror {
        path    = "mirror"
        include = ["example.com/*/*", "hashicorp/aws",]
      }
      network_mirror { url = "https://example.com/" }
      /* last */ direct { exclude = ["example.com/*/*"] }
    }`,
  );
  const config = await readCliConfig(around({ HOME: "/home/me", NAME: "x" }), AWS);
  expect(config.pluginCacheDir).toBe("/home/me/cache/x");
  expect(config.warnings).toEqual([]);
  expect(config.installation).toEqual([
    {
      kind: "dev_overrides",
      overrides: [
        { source: { host: undefined, namespace: "hashicorp", type: "null" }, path: "/dev/null-provider" },
      ],
    },
    {
      kind: "filesystem_mirror",
      path: join(root, "stack", "mirror"),
      include: [
        { host: "example.com", namespace: "*", type: "*" },
        { host: undefined, namespace: "hashicorp", type: "aws" },
      ],
      exclude: [],
    },
    { kind: "remote", name: "network_mirror" },
    { kind: "remote", name: "direct" },
  ]);
});

test("the JSON form means the same", async () => {
  const { put, around } = await scene();
  const file = await put(
    "rc.tfrc.json",
    JSON.stringify({
      plugin_cache_dir: "/cache",
      provider_installation: {
        dev_overrides: { "hashicorp/null": "/dev/null-provider" },
        filesystem_mirror: [{ path: "/a", include: ["hashicorp/*"] }, { path: "/b" }],
        direct: {},
      },
    }),
  );
  const config = await readCliConfig(around({ TF_CLI_CONFIG_FILE: file }), AWS);
  expect(config.pluginCacheDir).toBe("/cache");
  expect(config.installation?.map((method) => method.kind)).toEqual([
    "dev_overrides",
    "filesystem_mirror",
    "filesystem_mirror",
    "remote",
  ]);
});

test("TF_PLUGIN_CACHE_DIR wins over plugin_cache_dir", async () => {
  const { put, around } = await scene();
  await put("home/.terraformrc", `plugin_cache_dir = "/from-file"`);
  const config = await readCliConfig(around({ TF_PLUGIN_CACHE_DIR: "/from-env" }), AWS);
  expect(config.pluginCacheDir).toBe("/from-env");
});

test("a file that TF_CLI_CONFIG_FILE names replaces all others, and a missing one is a warning", async () => {
  const { put, around } = await scene();
  await put("home/.terraformrc", `plugin_cache_dir = "/wrong"`);
  await put("home/.terraform.d/x.tfrc", `plugin_cache_dir = "/wrong"`);
  const config = await readCliConfig(around({ TF_CLI_CONFIG_FILE: "/nowhere/rc" }), AWS);
  expect(config.pluginCacheDir).toBeUndefined();
  expect(config.warnings).toEqual([
    expect.objectContaining({ code: "cli_config_missing", message: expect.stringContaining("/nowhere/rc") }),
  ]);
});

test("further *.tfrc files are read from the configuration folder", async () => {
  const { put, around } = await scene();
  await put("home/.terraformrc", `disable_checkpoint = true`);
  await put("home/.terraform.d/b.tfrc", `plugin_cache_dir = "/from-d"`);
  const config = await readCliConfig(around(), AWS);
  expect(config.pluginCacheDir).toBe("/from-d");
  expect(config.files).toHaveLength(2);
});

test("the registry tells whose configuration counts when both programs have one", async () => {
  const { put, around } = await scene();
  await put("home/.terraformrc", `plugin_cache_dir = "/terraform"`);
  await put("home/.tofurc", `plugin_cache_dir = "/tofu"`);
  expect((await readCliConfig(around(), AWS)).pluginCacheDir).toBe("/terraform");
  expect((await readCliConfig(around(), TOFU_AWS)).pluginCacheDir).toBe("/tofu");
});

test("on Windows the file is terraform.rc in APPDATA", async () => {
  const { root, put, around } = await scene();
  await put("roaming/terraform.rc", `plugin_cache_dir = "/cache"`);
  const config = await readCliConfig(around({ APPDATA: join(root, "roaming") }, "windows"), AWS);
  expect(config.pluginCacheDir).toBe("/cache");
});

test.each([
  ["a line that is cut off", `\n\nplugin_cache_dir = "x`, ":3:"],
  ["a mirror without a path", `provider_installation {\n  filesystem_mirror {\n  }\n}`, ":2:"],
  [
    "a pattern that is none",
    `provider_installation {\n filesystem_mirror {\n path="/x"\n include=["a/b/c/d"]}}`,
    ":4:",
  ],
  ["a second provider_installation", `provider_installation {\n}\nprovider_installation {\n}`, ":3:"],
  ["a block that does not end", `provider_installation {\n  direct {\n`, ":3:"],
  ["a cache that is no path", `plugin_cache_dir = true`, ":1:"],
  ["JSON that is none", `{"plugin_cache_dir": "s3cret-token"`, "expected JSON"],
])("%s is refused with file and line", async (_, text, where) => {
  const { put, around } = await scene();
  const file = await put("rc", text);
  const failure = readCliConfig(around({ TF_CLI_CONFIG_FILE: file }), AWS);
  await expect(failure).rejects.toMatchObject({ code: "find_cli_config_invalid" });
  await expect(failure).rejects.toThrow(file);
  await expect(failure).rejects.toThrow(where);
});

test("no error quotes the file, which may hold a token", () => {
  for (const text of [`credentials "x" { token = "s3cret" `, `token = s3cret`, `{"token": "s3cret" x}`]) {
    expect(() => parseCliConfig(text, "rc")).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("s3cret") }),
    );
  }
});

test("escapes, heredocs, numbers and nesting are read, and endless nesting is refused", () => {
  const text = `a = "x\\"\\u0041\\n"\nb = -1.5\nc = <<-END\n    one\n    two\n  END\nd = [1, [true, {e = "\${f("x")}"}]]`;
  expect(parseCliConfig(text, "rc").items.map(({ value }) => value)).toMatchObject([
    'x"A\n',
    -1.5,
    "one\ntwo\n",
    [1, [true, { items: [{ key: "e" }] }]],
  ]);
  expect(() => parseCliConfig(`a = ${"[".repeat(10_000)}`, "rc")).toThrow("levels of nesting");
});

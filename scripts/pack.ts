/**
 * Makes the tarballs that are published: compiled JavaScript with a manifest of its own, since Node runs no TypeScript
 * under node_modules. `node scripts/pack.ts [FOLDER]` leaves `tlog-*.tgz`, `tfprovider-*.tgz` and `anchorwatch-*.tgz` in FOLDER
 * (default `dist`). The one of anchorwatch carries the two libraries inside, so that it installs by itself.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

type Manifest = Record<string, unknown> & {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
};

/** What only tests and `npm run docs` use. */
const NOT_PUBLISHED = ["*.test.ts", "*.fixture.ts", "writeSchemas.ts"];

/** What is no program to compile: what browsers get, and the rules that are built in. */
const ASSETS = [join("server", "pages", "files"), join("policy", "packs")];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const target = resolve(process.argv[2] ?? join(root, "dist"));

const tlog = stage("tlog", {});
const tfprovider = stage("tfprovider", {});
const libraries = [tlog, tfprovider];
const names = libraries.map(({ manifest }) => manifest.name);
const anchorwatch = stage("anchorwatch", tfprovider.manifest.dependencies ?? {}, names);
for (const { folder, manifest } of libraries) {
  cpSync(folder, join(anchorwatch.folder, "node_modules", manifest.name), { recursive: true });
}
for (const { folder } of [...libraries, anchorwatch]) npmPack(folder);

/** Compiles a package into `dist/stage/NAME`, with its manifest, licence and README. */
function stage(name: string, more: Readonly<Record<string, string>>, bundled: readonly string[] = []) {
  const source = join(root, "packages", name);
  const folder = join(target, "stage", name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  compile(source, join(folder, "lib"));
  const manifest = manifestOf(source, more, bundled);
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  cpSync(join(root, "LICENSE"), join(folder, "LICENSE"));
  cpSync(join(name === "anchorwatch" ? root : source, "README.md"), join(folder, "README.md"));
  if (name === "tfprovider") copyGrammar(join(folder, "lib", "hcl"));
  if (name === "anchorwatch") {
    for (const assets of ASSETS) copyAssets(assets, join(source, "src"), join(folder, "lib"));
  }
  return { folder, manifest };
}

function compile(source: string, output: string): void {
  const config = join(target, "stage", "tsconfig.json");
  mkdirSync(dirname(config), { recursive: true });
  const settings = {
    extends: join(root, "tsconfig.json"),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      // `npm run check` has done so, and it takes most of the time.
      noCheck: true,
      rootDir: join(source, "src"),
      outDir: output,
      typeRoots: [join(root, "node_modules", "@types")],
    },
    include: [join(source, "src")],
    exclude: NOT_PUBLISHED.map((name) => join(source, "src", "**", name)),
  };
  writeFileSync(config, JSON.stringify(settings));
  node([join(root, "node_modules", "typescript", "bin", "tsc"), "-p", config]);
}

/** Every `./src/x.ts` of the repository's manifest becomes `./lib/x.js`. */
function manifestOf(
  source: string,
  more: Readonly<Record<string, string>>,
  bundled: readonly string[],
): Manifest {
  const text = readFileSync(join(source, "package.json"), "utf8").replace(
    /\.\/src\/([^"]+)\.ts"/g,
    './lib/$1.js"',
  );
  const manifest = JSON.parse(text) as Manifest;
  const dependencies = Object.fromEntries(Object.entries({ ...more, ...manifest.dependencies }).sort());
  delete dependencies["@tree-sitter-grammars/tree-sitter-hcl"];
  const bundle = bundled.length > 0 ? { bundleDependencies: bundled } : {};
  return { ...manifest, dependencies, ...bundle, files: ["lib", "README.md", "LICENSE"] };
}

/** The grammar's package would build native code when installed; its ready WebAssembly is all that is needed. */
function copyGrammar(folder: string): void {
  const grammar = join(root, "node_modules", "@tree-sitter-grammars", "tree-sitter-hcl");
  cpSync(join(grammar, "tree-sitter-hcl.wasm"), join(folder, "tree-sitter-hcl.wasm"));
  cpSync(join(grammar, "LICENSE"), join(folder, "tree-sitter-hcl.LICENSE"));
}

function copyAssets(assets: string, source: string, lib: string): void {
  cpSync(join(source, assets), join(lib, assets), { recursive: true });
}

function npmPack(folder: string): void {
  execFileSync("npm", ["pack", "--pack-destination", target, "--loglevel", "error"], {
    cwd: folder,
    stdio: "inherit",
  });
}

function node(args: readonly string[]): void {
  execFileSync(process.execPath, args, { cwd: root, stdio: "inherit" });
}

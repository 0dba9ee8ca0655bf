/** Gives a browser the repository's own TypeScript, as the JavaScript that it becomes when its types are left out. */
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { stripTypeScriptTypes } from "node:module";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

/** The bytes at a path, `checkpoint`. Undefined: not there. */
export type ReadFile = (path: string) => Promise<Uint8Array | undefined>;

export interface ModuleServer {
  /** `http://127.0.0.1:PORT`: the page, which knows the modules by their names. */
  readonly url: string;
  /** Paths of all modules that were asked for, from the repository's root: `packages/tlog/src/index.ts`. */
  readonly modules: ReadonlySet<string>;
  /** What was asked for below `/modules/` and is not given to browsers. */
  readonly refused: readonly string[];
  /** Serves files below `/files/NAME/`. Resolves to their address. */
  serve(name: string, read: ReadFile): string;
  close(): Promise<void>;
}

const REPOSITORY = new URL("../../", import.meta.url);
const MODULE = /^\/modules\/((?:packages\/tlog\/src|test\/browser)\/[A-Za-z0-9/-]+\.ts)$/;
const FILE = /^\/files\/([a-z0-9-]+)\/(.+)$/;

export async function startModuleServer(): Promise<ModuleServer> {
  const mounted = new Map<string, ReadFile>();
  const modules = new Set<string>();
  const refused: string[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const [, module] = MODULE.exec(pathname) ?? [];
    const [, mount = "", path = ""] = FILE.exec(pathname) ?? [];
    if (pathname === "/") return send(response, "text/html", page());
    if (module !== undefined) {
      modules.add(module);
      return send(response, "text/javascript", stripTypeScriptTypes(readText(module)));
    }
    if (pathname.startsWith("/modules/")) refused.push(pathname);
    const bytes = await mounted.get(mount)?.(path);
    if (bytes !== undefined) return send(response, "application/octet-stream", bytes);
    response.writeHead(404).end();
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    modules,
    refused,
    serve(name, read) {
      mounted.set(name, read);
      return `${url}/files/${name}`;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What bundlers for browsers take: the first of these that the manifest names, in the manifest's order. */
const BROWSER_CONDITIONS: readonly string[] = ["browser", "module", "import", "default"];

type Target = string | { readonly [condition: string]: Target };

interface Manifest {
  readonly exports: Readonly<Record<string, Target>>;
  readonly imports: Readonly<Record<string, Target>>;
}

/** The import map is made from the library's manifest, so that a wrong condition there is a failure here. */
function page(): string {
  const { exports, imports } = JSON.parse(readText("packages/tlog/package.json")) as Manifest;
  const named = [["tlog", exports["."]], ...Object.entries(imports)] as const;
  const map = named.map(([name, target]) => [name, addressOf(target as Target)] as const);
  const importMap = JSON.stringify({ imports: Object.fromEntries(map) });
  return `<!doctype html><link rel="icon" href="data:,"><script type="importmap">${importMap}</script>`;
}

function addressOf(target: Target): string {
  if (typeof target === "string") return new URL(target, "file:///modules/packages/tlog/").pathname;
  const chosen = Object.keys(target).find((condition) => BROWSER_CONDITIONS.includes(condition));
  return addressOf(target[chosen ?? ""] as Target);
}

function readText(path: string): string {
  return readFileSync(fileURLToPath(new URL(path, REPOSITORY)), "utf8");
}

function send(response: ServerResponse, type: string, body: string | Uint8Array): void {
  response.writeHead(200, { "content-type": `${type}; charset=utf-8` }).end(body);
}

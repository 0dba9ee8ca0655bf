/** Test support: real repositories, and a real git server of a few lines. */
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { findExecutable } from "../support/executable.ts";

export const GIT: string | undefined = findExecutable("git", process.env);

export type Files = Readonly<Record<string, string | { readonly link: string }>>;

export interface Origin {
  readonly path: string;
  /** Adds files to the branch. @returns the commit */
  commit(files: Files, message?: string): string;
  git(...args: readonly string[]): string;
}

/** A repository with a branch `main`, as somebody else keeps it. */
export function originIn(path: string, files: Files): Origin {
  mkdirSync(path, { recursive: true });
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: path,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: "a",
    GIT_AUTHOR_EMAIL: "a@example.com",
    GIT_COMMITTER_NAME: "a",
    GIT_COMMITTER_EMAIL: "a@example.com",
  };
  const git = (...args: readonly string[]): string =>
    execFileSync(GIT ?? "git", [...args], {
      cwd: path,
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  git("init", "--quiet", "--initial-branch=main");
  git("config", "uploadpack.allowFilter", "true");
  git("config", "uploadpack.allowAnySHA1InWant", "true");
  const commit: Origin["commit"] = (more, message = "change") => {
    for (const [name, content] of Object.entries(more)) write(join(path, name), content);
    git("add", "--all", "--force");
    git("commit", "--quiet", "--allow-empty", "--message", message);
    return git("rev-parse", "HEAD");
  };
  commit(files);
  return { path, commit, git };
}

function write(path: string, content: Files[string]): void {
  mkdirSync(dirname(path), { recursive: true });
  if (typeof content === "string") writeFileSync(path, content);
  else symlinkSync(content.link, path);
}

export interface GitServer {
  /** `http://127.0.0.1:PORT` */
  readonly address: string;
  readonly asked: readonly IncomingMessage[];
  /** Answers to be given instead of git's own. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
}

/** Serves all repositories below the folder. */
export async function serveGit(root: string): Promise<GitServer> {
  const asked: IncomingMessage[] = [];
  const served: { -readonly [Key in keyof GitServer]: GitServer[Key] } = {
    address: "",
    asked,
    intercept: undefined,
  };
  const server = createServer((request, response) => {
    asked.push(request);
    if (served.intercept?.(request, response) !== true) backend(root, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  served.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return served;
}

/** The protocol between a web server and `git http-backend` is CGI. */
function backend(root: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? "/", "http://localhost");
  const child = spawn(GIT ?? "git", ["http-backend"], {
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: root,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      GIT_CONFIG_NOSYSTEM: "1",
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers["content-type"],
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"],
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  child.stdin.on("error", () => undefined);
  request.pipe(child.stdin);
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.once("close", () => {
    const output = Buffer.concat(chunks);
    const end = output.indexOf("\r\n\r\n");
    const headers = output.subarray(0, end).toString("latin1").split("\r\n");
    for (const header of headers) {
      const [name = "", value = ""] = header.split(/: (.*)/s);
      if (name.toLowerCase() === "status") response.statusCode = Number.parseInt(value, 10);
      else if (name !== "") response.setHeader(name, value);
    }
    response.end(output.subarray(end + 4));
  });
}

/** A program that notes that it was run. */
export function noting(path: string, note: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho run >> '${note}'\ncat\n`);
  chmodSync(path, 0o755);
  return path;
}

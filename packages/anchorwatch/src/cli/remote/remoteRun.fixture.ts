/** Runs commands that ask a server, as a user with a folder of settings of his own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { runProgram } from "../program.ts";
import type { RemoteSurroundings, Surroundings } from "../surroundings.ts";
import { memoryStream, stillSurroundings } from "../testSurroundings.fixture.ts";

export interface RanRemote {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RemoteUser {
  readonly configFolder: string;
  readonly run: (...argv: readonly string[]) => Promise<RanRemote>;
  /** The same user in other surroundings. */
  readonly with: (more: Partial<Surroundings>, remote?: Partial<RemoteSurroundings>) => RemoteUser;
}

export function remoteUser(
  more: Partial<Surroundings> = {},
  remote: Partial<RemoteSurroundings> = {},
): RemoteUser {
  const folder = mkdtempSync(join(tmpdir(), "aw-remote-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return userIn(join(folder, "settings"), more, remote);
}

function userIn(
  configFolder: string,
  more: Partial<Surroundings>,
  remote: Partial<RemoteSurroundings>,
): RemoteUser {
  return {
    configFolder,
    run: async (...argv) => {
      const [stdout, stderr] = [memoryStream(), memoryStream()];
      const still = stillSurroundings();
      const surroundings = { ...still, stdout, stderr, ...more };
      const status = await runProgram(argv, {
        ...surroundings,
        remote: { ...still.remote, configFolder, ...remote },
      });
      return { status, stdout: stdout.text(), stderr: stderr.text() };
    },
    with: (others, otherRemote = {}) =>
      userIn(configFolder, { ...more, ...others }, { ...remote, ...otherRemote }),
  };
}

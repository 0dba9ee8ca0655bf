/** What is checked of a stack that was found, and how it is read. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { resolveInside } from "../../configuration/inside.ts";
import type { StackRequest } from "../../stackAccess.ts";
import type { ReadCredentialsSettings } from "../watchSettings.ts";
import type { StackDeclaration, StackPlace } from "./find.ts";
import type { StackSpec } from "./hotStack.ts";
import type { Trust } from "./trust.ts";

export interface SpecSurroundings {
  /** Where was looked, absolute. */
  readonly root: string;
  readonly trust: Trust;
  readonly read: ReadCredentialsSettings;
  /** Commit that `root` holds. */
  readonly revision?: string;
  /** The operator's. Stacks of his own get all of it but what is the server's alone. */
  readonly environment: StackRequest["environment"];
}

/** A repository that names days for one read would hold up the checks of others. */
const LONGEST_DEADLINE_MS = 600_000;

/** @throws AnchorwatchError `config_invalid` when the declaration names files that are not there or lie outside */
export async function specOf(place: StackPlace, around: SpecSurroundings): Promise<StackSpec> {
  const { root, trust, read, revision, environment } = around;
  const { declaration } = place;
  const dir = join(root, place.path);
  const configuration = declaration?.configuration;
  const isOwn = trust.kind === "own";
  const files = declaration === undefined ? [] : await variableFiles(root, declaration);
  const request: StackRequest = {
    dir,
    withCode: true,
    workingDirectory: root,
    stackName: place.name,
    ...(place.workspace === undefined ? {} : { workspace: place.workspace }),
    ...(await stateFileOf(root, declaration)),
    variables: [...files, ...(declaration?.stack.inputs ?? [])],
    ignore: configuration?.ignore ?? [],
    ignoreFiles: ignoreFilesOf(dir, root, declaration),
    sensitive: configuration?.sensitive ?? [],
    providerValues: declaration?.stack.providers ?? new Map(),
    pending: "literal",
    ...(configuration?.concurrency === undefined ? {} : { concurrency: configuration.concurrency }),
    deadlines: new Map(
      [...(configuration?.deadlines ?? [])].map(([type, ms]) => [
        type,
        isOwn ? ms : Math.min(ms, LONGEST_DEADLINE_MS),
      ]),
    ),
    ...(read.role === undefined ? {} : { readRole: read.role }),
    ...(read.externalId === undefined ? {} : { readExternalId: read.externalId }),
    ...(read.profile === undefined ? {} : { profile: read.profile }),
    // What strangers' stacks are read with, their access says.
    environment: isOwn ? withoutOurOwn(environment) : {},
  };
  return { request, trust, ...(revision === undefined ? {} : { revision }) };
}

/** How we reach our own database is no provider's business, not even of the operator's own stacks. */
const OUR_OWN = /^(?:DATABASE_URL|PG[A-Z]+|ANCHORWATCH_(?!CACHE_DIR$).*)$/;

function withoutOurOwn(environment: StackRequest["environment"]): StackRequest["environment"] {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !OUR_OWN.test(name)));
}

async function variableFiles(
  root: string,
  { file, stack }: StackDeclaration,
): Promise<StackRequest["variables"]> {
  const origin = `${file}:${stack.line}`;
  const location = { file, line: stack.line };
  const paths = stack.varFiles.map((path) => resolveInside(join(root, file), path, location));
  return (await Promise.all(paths)).map((path) => ({ kind: "file", path, origin }));
}

async function stateFileOf(
  root: string,
  declaration: StackDeclaration | undefined,
): Promise<Pick<StackRequest, "stateFile">> {
  if (declaration?.stack.state === undefined) return {};
  const { file, stack } = declaration;
  const location = { file, line: stack.line };
  return { stateFile: await resolveInside(join(root, file), declaration.stack.state, location) };
}

/** The one beside `anchorwatch.yaml`, then the stack's own: the later wins. */
function ignoreFilesOf(
  dir: string,
  root: string,
  declaration: StackDeclaration | undefined,
): readonly string[] {
  const folders = new Set([
    ...(declaration === undefined ? [] : [dirname(join(root, declaration.file))]),
    dir,
  ]);
  return [...folders].map((folder) => join(folder, ".driftignore")).filter((file) => existsSync(file));
}

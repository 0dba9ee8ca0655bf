/** The sections `database`, `server`, `watch`, `events`, `identities`, `providers`, `repositories`, `unmanaged` and `limits` of the operator's file. */
import { join, resolve } from "node:path";
import { DEFAULT_KEEP } from "../../watch/forgetting.ts";
import type { WatchLimits, WatchSettings } from "../../watch/watchSettings.ts";
import { parseSize } from "../size.ts";
import type { DocumentPath } from "../yamlDocument.ts";
import { readAllowedProviders } from "./allowedProvider.ts";
import { readEventSource, reportRepeatedNames } from "./eventSource.ts";
import { readIdentityRule } from "./identityRule.ts";
import { readKeep } from "./keepSection.ts";
import { readNeverIgnored } from "./neverIgnored.ts";
import type { ServerFile } from "./schema.ts";
import { durationAt, type SectionContext } from "./section.ts";
import { readStackSource, reportOverlaps } from "./stackSource.ts";
import { readUnmanagedSection } from "./unmanagedSection.ts";

/** What the file says; folders that it does not name are the machine's to say. */
export type ConfiguredWatch = Omit<WatchSettings, "databaseFolder" | "workFolder"> & {
  readonly databaseFolder?: string;
  readonly workFolder?: string;
};

const DEFAULT_PORT = 7478;

const DEFAULT_LIMITS: WatchLimits = {
  checks: 4,
  readsPerAccount: 50,
  readsPerSecondPerAccount: 200,
  providerMemory: 2_000_000_000,
};

/** Of a file without these sections, and of no file. */
export const DEFAULT_WATCH: ConfiguredWatch = {
  port: DEFAULT_PORT,
  stacks: [],
  sweepEveryMs: 600_000,
  events: [],
  identities: [],
  providers: undefined,
  neverIgnored: [],
  limits: DEFAULT_LIMITS,
  keep: DEFAULT_KEEP,
};

export function readWatchSections(file: ServerFile, context: SectionContext): ConfiguredWatch {
  const { folder, problems } = context;
  const { database = {}, server = {}, watch = {}, events = [], identities = [], providers, limits } = file;
  const { sweepEvery } = watch;
  reportRepeatedNames(events, ["events"], context);
  return {
    ...(database.folder === undefined ? {} : { databaseFolder: resolve(folder, database.folder) }),
    ...(watch.folder === undefined ? {} : { workFolder: resolve(folder, watch.folder) }),
    port: server.port ?? DEFAULT_WATCH.port,
    stacks: readStacks(watch.stacks, context),
    sweepEveryMs:
      sweepEvery === undefined
        ? DEFAULT_WATCH.sweepEveryMs
        : durationAt(sweepEvery, ["watch", "sweepEvery"], problems),
    events: eachOf(events, ["events"], (section, at) => readEventSource(section, at, context)),
    identities: eachOf(identities, ["identities"], (section, at) => readIdentityRule(section, at, context)),
    providers: providers && readAllowedProviders(providers, ["providers"], context),
    neverIgnored: readNeverIgnored(
      file.repositories?.neverIgnored ?? [],
      ["repositories", "neverIgnored"],
      context,
    ),
    ...(file.unmanaged === undefined ? {} : { unmanaged: readUnmanagedSection(file.unmanaged, context) }),
    limits: readLimits(limits),
    keep: readKeep(database.keep, problems),
  };
}

/** @param stateFolder absolute: where the user's programs keep what must stay */
export function watchSettingsOf(configured: ConfiguredWatch, stateFolder: string): WatchSettings {
  return {
    ...configured,
    databaseFolder: configured.databaseFolder ?? join(stateFolder, "database"),
    workFolder: configured.workFolder ?? join(stateFolder, "watch"),
  };
}

function readStacks(
  sections: NonNullable<ServerFile["watch"]>["stacks"] = [],
  context: SectionContext,
): WatchSettings["stacks"] {
  const at = ["watch", "stacks"];
  const sources = sections.map((section, index) => readStackSource(section, [...at, index], context));
  reportOverlaps(sources, at, context);
  return sources.filter((source) => source !== undefined);
}

function eachOf<Section, Settings>(
  sections: readonly Section[],
  at: DocumentPath,
  read: (section: Section, at: DocumentPath) => Settings | undefined,
): readonly Settings[] {
  return sections
    .map((section, index) => read(section, [...at, index]))
    .filter((settings) => settings !== undefined);
}

function readLimits({ providerMemory, ...numbers }: NonNullable<ServerFile["limits"]> = {}): WatchLimits {
  const memory = providerMemory === undefined ? undefined : parseSize(providerMemory);
  return {
    checks: numbers.checks ?? DEFAULT_LIMITS.checks,
    readsPerAccount: numbers.readsPerAccount ?? DEFAULT_LIMITS.readsPerAccount,
    readsPerSecondPerAccount: numbers.readsPerSecondPerAccount ?? DEFAULT_LIMITS.readsPerSecondPerAccount,
    providerMemory: memory ?? DEFAULT_LIMITS.providerMemory,
  };
}

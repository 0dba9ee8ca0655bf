/** What `serve` and `worker` have in common: configuration, the watch, its end. */
import type { Reloading } from "../../app/configuration/server/reloading.ts";
import { watchSettingsOf } from "../../app/configuration/server/watchSection.ts";
import { AnchorwatchError, type Warning } from "../../domain/errors.ts";
import { createLogger, type LogLevel } from "../../server/log.ts";
import type { WatchMeter } from "../../watch/meter.ts";
import { interruptStatus, untilInterrupted } from "../interruption.ts";
import { writeTo } from "../output.ts";
import { formatProblemText, formatWarningText, problemOf } from "../problem.ts";
import type { Surroundings } from "../surroundings.ts";
import { configurationWarnings, keepReloading, openConfiguration, reloadLines } from "./configuration.ts";
import type { RunningWatch } from "./runningWatch.ts";

export interface ServiceFlags {
  readonly server?: string;
  readonly logLevel: LogLevel;
}

export type Logger = ReturnType<typeof createLogger>;

export interface Service {
  readonly watch: RunningWatch;
  readonly configuration: Reloading;
  readonly logger: Logger;
}

/** What one of the two does with it. */
export interface ServiceWork {
  readonly meter: WatchMeter;
  /** Resolves when it serves, with how to end that. */
  readonly begin: (service: Service) => Promise<() => Promise<void>>;
}

/** Until a signal ends it: 0. 1: it could not start, or not go on. */
export async function runService(
  flags: ServiceFlags,
  surroundings: Surroundings,
  { meter, begin }: ServiceWork,
): Promise<number> {
  const { stderr, environment } = surroundings;
  const logger = createLogger({ level: flags.logLevel, destination: stderr });
  let hasEnded = false;
  const outcome = await untilInterrupted(
    surroundings,
    async (signal) => {
      await serveUntil(signal, { flags, logger, meter, begin }, surroundings);
      hasEnded = true;
    },
    STOP_MS,
  );
  switch (outcome.kind) {
    case "done":
      return 0;
    case "failed": {
      const isDebugging = (environment["ANCHORWATCH_DEBUG"] ?? "") !== "";
      await writeTo(stderr, formatProblemText(problemOf(outcome.error), isDebugging));
      return 1;
    }
    case "interrupted":
      if (hasEnded) return 0;
      await writeTo(
        stderr,
        "anchorwatch: stopped before everything had ended; what was acknowledged is kept.\n",
      );
      return interruptStatus(outcome.signal);
  }
}

/** For what is under way to end: a provider that waits for its cloud is the slowest. A second signal does not wait. */
const STOP_MS = 30_000;

async function serveUntil(
  signal: AbortSignal,
  { flags, logger, meter, begin }: ServiceWork & { readonly flags: ServiceFlags; readonly logger: Logger },
  surroundings: Surroundings,
): Promise<void> {
  const configuration = await openConfiguration(flags.server, surroundings);
  for (const warning of configurationWarnings(configuration.current, surroundings.environment)) {
    await writeTo(surroundings.stderr, formatWarningText(warning));
  }
  const watch = await startWatch(configuration, meter, logger, surroundings);
  // It is waited for below; until then nobody may call its failure unhandled.
  watch.failed.catch(() => {});
  const ends: (() => void | Promise<void>)[] = [() => watch.stop()];
  try {
    ends.unshift(await begin({ watch, configuration, logger }));
    ends.unshift(reloadWhileRunning(configuration, logger, surroundings));
    await Promise.race([aborted(signal), watch.failed]);
  } finally {
    logger.info("stopping");
    for (const end of ends) await ended(end, logger);
  }
}

/** What cannot be closed must not keep the rest from being closed. */
export async function ended(end: () => void | Promise<void>, logger: Logger): Promise<void> {
  try {
    await end();
  } catch (error) {
    logger.error({ err: error }, "something could not be closed");
  }
}

async function startWatch(
  configuration: Reloading,
  meter: WatchMeter,
  logger: Logger,
  { environment, ledgerMachine, lasting, version }: Surroundings,
): Promise<RunningWatch> {
  const databaseUrl = environment["DATABASE_URL"];
  const stateFolder = stateFolderFrom(ledgerMachine.stateFolder);
  return await lasting.startWatch({
    settings: watchSettingsOf(configuration.current.watch, stateFolder),
    stateFolder,
    configuration,
    version,
    databaseUrl: databaseUrl === "" ? undefined : databaseUrl,
    meter,
    onWarning: (warning) => logWarning(logger, warning),
  });
}

function stateFolderFrom(folder: string | undefined): string {
  if (folder !== undefined) return folder;
  throw new AnchorwatchError("config_unreadable", "this user has no folder for the state of programs", {
    hint: "Name database.folder and watch.folder in anchorwatch.server.yaml, or set HOME.",
  });
}

function logWarning(logger: Logger, { code, message, hint, location }: Warning): void {
  logger.warn(
    { code, ...(hint === undefined ? {} : { hint }), ...(location === undefined ? {} : { location }) },
    message,
  );
}

function reloadWhileRunning(
  configuration: Reloading,
  logger: Logger,
  surroundings: Surroundings,
): () => void {
  return keepReloading(configuration, surroundings, {
    outcome: (outcome) => {
      const level = outcome.kind === "refused" ? "error" : "info";
      for (const text of reloadLines(outcome, configuration.current.file)) logger[level](text);
      if (outcome.kind !== "changed") return;
      for (const warning of configurationWarnings(configuration.current, surroundings.environment))
        logWarning(logger, warning);
    },
    defect: (error) => logger.error({ err: error }, "the configuration could not be looked at"),
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

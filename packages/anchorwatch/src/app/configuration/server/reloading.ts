/**
 * Which form of the operator's file is in force while the program runs. A form that cannot be used changes nothing but what is shown: what
 * was read before stays in force, and the problems are told with their lines until the file is right again.
 */
import { hash } from "node:crypto";
import { AnchorwatchError, type Warning } from "../../../domain/errors.ts";
import type { ConfigurationStatus } from "./configurationStatus.ts";
import type { ParsedServerConfiguration } from "./parse.ts";
import type { ServerConfiguration } from "./serverConfiguration.ts";

/** The file as it is now. */
export interface ReadConfiguration {
  readonly text: string;
  readonly parsed: ParsedServerConfiguration;
}

export interface ReloadingOptions {
  /** What is in force at first. */
  readonly initial: { readonly text: string; readonly configuration: ServerConfiguration };
  /** @throws AnchorwatchError `config_unreadable` */
  readonly read: () => Promise<ReadConfiguration>;
  readonly now: () => Date;
}

export type Reloaded =
  /** It is as it was when it was last looked at; if it was refused then, it still is. */
  | { readonly kind: "same" }
  /** It says again what is in force. */
  | { readonly kind: "restored" }
  /** In force from now on; `atNextStart`: what has changed and does not count before. */
  | { readonly kind: "changed"; readonly atNextStart: readonly string[] }
  | { readonly kind: "refused"; readonly problems: readonly Warning[] };

export class Reloading {
  readonly #read: ReloadingOptions["read"];
  readonly #now: () => Date;
  readonly #started: ServerConfiguration;
  readonly #listeners = new Set<(configuration: ServerConfiguration) => void>();
  readonly #statusListeners = new Set<(status: ConfigurationStatus) => void>();
  #text: string;
  #current: ServerConfiguration;
  #inForceSince: Date;
  #refused: ConfigurationStatus["refused"];
  #underWay: Promise<unknown> = Promise.resolve();

  constructor({ initial, read, now }: ReloadingOptions) {
    this.#text = initial.text;
    this.#started = initial.configuration;
    this.#current = initial.configuration;
    this.#read = read;
    this.#now = now;
    this.#inForceSince = now();
  }

  get current(): ServerConfiguration {
    return this.#current;
  }

  /** What the program goes by: sections that are only looked at when it starts are as they were then. */
  get inForce(): ServerConfiguration {
    const { ledger: _, ...current } = this.#current;
    const { ledger, listen, watch } = this.#started;
    const { databaseFolder: __, workFolder: ___, unmanaged: ____, ...others } = current.watch;
    const { databaseFolder, workFolder, port, keep, events, limits, unmanaged } = watch;
    return {
      ...current,
      ...(ledger === undefined ? {} : { ledger }),
      listen,
      watch: {
        ...others,
        ...(databaseFolder === undefined ? {} : { databaseFolder }),
        ...(workFolder === undefined ? {} : { workFolder }),
        ...(unmanaged === undefined ? {} : { unmanaged }),
        port,
        keep,
        events,
        limits,
      },
    };
  }

  /** Sections that the file has changed since, and that count when the program starts again. */
  get atNextStart(): readonly string[] {
    return changedAtNextStart(this.#started, this.#current);
  }

  /** `sha256:…` of the text that is in force. */
  get digest(): string {
    return `sha256:${hash("sha256", this.#text)}`;
  }

  get status(): ConfigurationStatus {
    const { file } = this.#current;
    const refused = this.#refused;
    return {
      ...(file === "" ? {} : { file }),
      inForceSince: this.#inForceSince,
      ...(refused === undefined ? {} : { refused }),
    };
  }

  /** Calls back with what is newly in force, until the function that it returns is called. */
  onChange(listener: (configuration: ServerConfiguration) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Calls back when the status is another one, until the function that it returns is called. */
  onStatus(listener: (status: ConfigurationStatus) => void): () => void {
    this.#statusListeners.add(listener);
    return () => {
      this.#statusListeners.delete(listener);
    };
  }

  /** Looks at the file. One after the other: what was read later is what counts. */
  reload(): Promise<Reloaded> {
    const reloaded = this.#underWay.then(() => this.#reload());
    this.#underWay = reloaded.catch(() => undefined);
    return reloaded;
  }

  async #reload(): Promise<Reloaded> {
    const outcome = this.#settle(await this.#look());
    if (outcome.kind !== "same") for (const listener of this.#statusListeners) listener(this.status);
    return outcome;
  }

  #settle(found: Found): Reloaded {
    if (found.kind === "unusable") return this.#refuse(found.problems);
    const wasRefused = this.#refused !== undefined;
    this.#refused = undefined;
    if (found.text === this.#text) return { kind: wasRefused ? "restored" : "same" };
    this.#text = found.text;
    this.#current = found.configuration;
    this.#inForceSince = this.#now();
    for (const listener of this.#listeners) listener(this.#current);
    return { kind: "changed", atNextStart: this.atNextStart };
  }

  async #look(): Promise<Found> {
    try {
      const { text, parsed } = await this.#read();
      return parsed.ok
        ? { kind: "usable", text, configuration: parsed.configuration }
        : { kind: "unusable", problems: parsed.problems };
    } catch (error) {
      if (!(error instanceof AnchorwatchError)) throw error;
      const { code, message, hint, location } = error;
      const details = {
        ...(hint === undefined ? {} : { hint }),
        ...(location === undefined ? {} : { location }),
      };
      return { kind: "unusable", problems: [{ code, message, ...details }] };
    }
  }

  #refuse(problems: readonly Warning[]): Reloaded {
    if (JSON.stringify(problems) === JSON.stringify(this.#refused?.problems)) return { kind: "same" };
    this.#refused = { at: this.#refused?.at ?? this.#now(), problems };
    return { kind: "refused", problems };
  }
}

type Found =
  | { readonly kind: "usable"; readonly text: string; readonly configuration: ServerConfiguration }
  | { readonly kind: "unusable"; readonly problems: readonly Warning[] };

/** Sections that are only looked at when the program starts. */
function changedAtNextStart(started: ServerConfiguration, now: ServerConfiguration): readonly string[] {
  const parts: Readonly<Record<string, (configuration: ServerConfiguration) => unknown>> = {
    ledger: ({ ledger }) => ledger,
    "database.folder": ({ watch }) => watch.databaseFolder,
    "database.keep": ({ watch }) => watch.keep,
    "server.port": ({ watch }) => watch.port,
    "server.publicUrl": ({ listen }) => listen.publicUrl,
    "server.host": ({ listen }) => listen.host,
    "server.trustedProxies": ({ listen }) => listen.trustedProxies,
    "server.tls": ({ listen }) => listen.tls,
    "watch.folder": ({ watch }) => watch.workFolder,
    events: ({ watch }) => watch.events,
    limits: ({ watch }) => watch.limits,
    unmanaged: ({ watch: { unmanaged } }) =>
      // The lines where rules stand are no change.
      unmanaged && { ...unmanaged, ignore: unmanaged.ignore.map(({ origin: _, ...rule }) => rule) },
  };
  return Object.entries(parts)
    .filter(([, part]) => JSON.stringify(part(started)) !== JSON.stringify(part(now)))
    .map(([name]) => name);
}

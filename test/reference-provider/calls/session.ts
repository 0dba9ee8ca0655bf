/** What lasts from call to call while the provider's process lives. */
import { ReferenceProviderError } from "../error.ts";
import type { ProviderSettings } from "../schema/specification.ts";
import { Store } from "../store/store.ts";

export interface Configured {
  readonly settings: ProviderSettings;
  readonly store: Store;
}

export class Session {
  #configured: Configured | undefined;
  #stopping = new AbortController();
  /** Ends the process the way a Go panic does. */
  readonly crash: () => void;

  constructor(crash: () => void) {
    this.crash = crash;
  }

  configure(settings: ProviderSettings): Configured {
    this.#configured = { settings, store: new Store(settings.path) };
    return this.#configured;
  }

  get configured(): Configured | undefined {
    return this.#configured;
  }

  /** @throws ReferenceProviderError `start_refused` before `ConfigureProvider` */
  get ready(): Configured {
    if (this.#configured !== undefined) return this.#configured;
    throw new ReferenceProviderError(
      "start_refused",
      "the provider was not configured: call ConfigureProvider first",
    );
  }

  /** Fires when the provider is asked to stop what it does. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Cancels the calls under way; later ones work again. */
  stop(): void {
    this.#stopping.abort();
    this.#stopping = new AbortController();
  }
}

/** A page in a real Chromium, driven by the DevTools protocol over two pipes: no port is opened, and no library is needed. */
import { once } from "node:events";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { SupportError } from "./error.ts";
import { endGuarded, spawnGuarded } from "./guarded.ts";

export interface BrowserPage {
  /**
   * What an expression comes to in the page, as JSON; a promise is waited for.
   * @throws SupportError `browser_failed` with what the page threw
   */
  evaluate(expression: string): Promise<unknown>;
  /** Resolves when the browser is gone. */
  close(): Promise<void>;
}

export interface PageOptions {
  readonly url: string;
  /** A new folder, which the browser fills; it knows no other of this user's. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Starts the browser with that page, and waits until it is loaded. It cannot outlive this process.
 * @throws SupportError `browser_failed`
 */
export async function openPage(program: string, { url, folder, env }: PageOptions): Promise<BrowserPage> {
  const child = spawnGuarded(program, [...FLAGS, `--user-data-dir=${join(folder, "profile")}`], {
    stdout: "ignore",
    pipes: 2,
    env: { PATH: env["PATH"], HOME: folder, TMPDIR: folder },
  });
  const ended = once(child, "exit");
  let errors = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-KEPT_OUTPUT);
  });
  const [, , , commands, answers] = child.stdio as unknown as readonly [0, 0, 0, Writable, Readable];
  const devTools = new DevTools(commands, answers);
  ended.then(
    () => devTools.end(`the browser ended. Its last output:\n${errors}`),
    (error) => devTools.end(`the browser could not be started: ${String(error)}`),
  );
  const close = () => endGuarded(child);
  try {
    return { ...(await load(devTools, url)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

// A browser that speaks to nobody by itself. The sandbox is for pages of strangers, and root cannot have one.
const FLAGS = [
  "--headless=new",
  "--remote-debugging-pipe",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-breakpad",
];
const KEPT_OUTPUT = 4_000;
/** A browser that starts cold on a busy machine takes seconds. */
const PATIENCE_MS = 60_000;

async function load(devTools: DevTools, url: string): Promise<Pick<BrowserPage, "evaluate">> {
  const { targetId } = await devTools.ask("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await devTools.ask("Target.attachToTarget", { targetId, flatten: true });
  const session = sessionId as string;
  await devTools.ask("Page.enable", {}, session);
  const loaded = devTools.event("Page.loadEventFired");
  // When the navigation itself fails, nobody waits for it any more.
  loaded.catch(() => undefined);
  const { errorText } = await devTools.ask("Page.navigate", { url }, session);
  if (errorText !== undefined) throw failed(`${url} was not loaded: ${String(errorText)}`);
  await loaded;
  return {
    async evaluate(expression) {
      const asked = { expression, awaitPromise: true, returnByValue: true };
      const { result, exceptionDetails } = await devTools.ask("Runtime.evaluate", asked, session);
      if (exceptionDetails !== undefined) throw failed(`the page threw ${thrown(exceptionDetails)}`);
      return (result as { readonly value?: unknown }).value;
    },
  };
}

type Fields = Readonly<Record<string, unknown>>;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly result?: Fields;
  readonly error?: { readonly message: string };
}

interface Waiting {
  readonly resolve: (result: Fields) => void;
  readonly reject: (error: SupportError) => void;
}

/** JSON messages that each end in a zero byte, one pipe for each direction. */
class DevTools {
  readonly #commands: Writable;
  readonly #waiting = new Map<number | string, Waiting>();
  #last = 0;
  #end: SupportError | undefined;

  constructor(commands: Writable, answers: Readable) {
    this.#commands = commands;
    // The browser may be gone before it has read all; its end is told by `end`.
    commands.on("error", () => undefined);
    let unread = "";
    answers.setEncoding("utf8").on("data", (text: string) => {
      const messages = (unread + text).split("\0");
      unread = messages.pop() ?? "";
      for (const message of messages) this.#hear(JSON.parse(message) as Message);
    });
  }

  ask(method: string, params: Fields, sessionId?: string): Promise<Fields> {
    const id = ++this.#last;
    this.#commands.write(`${JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) })}\0`);
    return this.#wait(id, method);
  }

  event(method: string): Promise<Fields> {
    return this.#wait(method, method);
  }

  end(why: string): void {
    this.#end ??= failed(why);
    for (const { reject } of this.#waiting.values()) reject(this.#end);
    this.#waiting.clear();
  }

  #wait(key: number | string, what: string): Promise<Fields> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => {
      const tooLong = () => this.end(`no answer to ${what} within ${PATIENCE_MS / 1000} s`);
      const timer = setTimeout(tooLong, PATIENCE_MS);
      const settle =
        <Value>(then: (value: Value) => void) =>
        (value: Value) => {
          clearTimeout(timer);
          then(value);
        };
      this.#waiting.set(key, { resolve: settle(resolve), reject: settle(reject) });
    });
  }

  #hear({ id, method, result = {}, error }: Message): void {
    const key = id ?? method ?? "";
    const waiting = this.#waiting.get(key);
    this.#waiting.delete(key);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(failed(`the browser refused: ${error.message}`));
  }
}

function thrown(details: unknown): string {
  const { exception, text } = details as {
    readonly exception?: { readonly description?: string };
    readonly text?: string;
  };
  return exception?.description ?? text ?? JSON.stringify(details);
}

function failed(why: string): SupportError {
  return new SupportError("browser_failed", `Chromium: ${why}`);
}

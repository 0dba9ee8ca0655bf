/** One running provider process and the calls made to it. */
import { ProviderError } from "../errors.ts";
import { type LaunchedProgram, type LaunchOptions, launch } from "../process/launch.ts";
import { connectGrpc, GRPC_STATUS, type GrpcConnection, GrpcError } from "../wire/grpc.ts";
import type { Message } from "../wire/message.ts";
import { Empty, type Method, methodPath, type Protocol } from "../wire/rpc.ts";
import { createSlots, type Slots } from "./slots.ts";

export interface CallLimits {
  /** For the provider's answer. The wait for a free place among `maxInFlight` calls does not count. */
  readonly deadlineMs: number;
  /** Cancels the call, also while it waits. The provider stays usable. */
  readonly signal?: AbortSignal | undefined;
}

export interface ConnectionOptions extends LaunchOptions {
  /** Calls in flight at once; further ones wait their turn. */
  readonly maxInFlight?: number | undefined;
  /** The calls that may be made at all: a reader's connection cannot apply, whoever holds it. */
  readonly allowed: ReadonlySet<Method>;
}

const DEFAULT_IN_FLIGHT = 64;
const SHUTDOWN_DEADLINE_MS = 2000;
/** A crash shows on the connection some moments before the process's exit is known. */
const EXIT_NEWS_MS = 500;

export class ProviderConnection {
  readonly protocol: Protocol;
  readonly pid: number;
  readonly exited: Promise<string>;
  readonly #program: LaunchedProgram;
  readonly #grpc: GrpcConnection;
  readonly #allowed: ReadonlySet<Method>;
  readonly #slots: Slots;
  #closing = false;

  private constructor(program: LaunchedProgram, options: ConnectionOptions) {
    this.#program = program;
    this.protocol = program.protocol;
    this.pid = program.pid;
    this.exited = program.exited;
    this.#allowed = options.allowed;
    this.#slots = createSlots(options.maxInFlight ?? DEFAULT_IN_FLIGHT);
    this.#grpc = connectGrpc(program.address);
  }

  /** @throws ProviderError when the program does not start as a provider */
  static async open(options: ConnectionOptions): Promise<ProviderConnection> {
    return new ProviderConnection(await launch(options), options);
  }

  /** @throws ProviderError `provider_crashed`, `provider_deadline`, `provider_cancelled`, `provider_rpc_unknown`, `provider_rpc_failed` */
  async call<Q, A>(
    method: Method,
    request: Message<Q>,
    value: Partial<Q>,
    answer: Message<A>,
    limits: CallLimits,
  ): Promise<A> {
    return decoded(method, answer, await this.callRaw(method, request.encode(value), limits));
  }

  /** The answer's bytes, not decoded. */
  callRaw(method: Method, request: Uint8Array, limits: CallLimits): Promise<Buffer> {
    return this.#place(method, limits, (path) => this.#grpc.call(path, request, limits));
  }

  /**
   * A call with many answers, which takes one place all the time. The deadline is for all of them.
   * @param onAnswer given each; `enough` ends the call
   */
  stream<Q, A>(
    method: Method,
    request: Message<Q>,
    value: Partial<Q>,
    answer: Message<A>,
    limits: CallLimits,
    onAnswer: (answer: A) => "more" | "enough",
  ): Promise<void> {
    const bytes = request.encode(value);
    return this.#place(method, limits, (path) =>
      this.#grpc.stream(path, bytes, limits, (message) => onAnswer(decoded(method, answer, message))),
    );
  }

  async #place<T>(method: Method, limits: CallLimits, call: (path: string) => Promise<T>): Promise<T> {
    if (!this.#allowed.has(method)) {
      throw new ProviderError(
        "provider_call_refused",
        `a provider opened for reading cannot be asked to ${method}`,
      );
    }
    await this.#slots.take(limits.signal);
    try {
      return await call(methodPath(this.protocol, method));
    } catch (error) {
      throw await this.#explain(error, method, limits);
    } finally {
      this.#slots.give();
    }
  }

  /** Asks the provider to end, and ends it when it does not. Calls under way fail. */
  async close(): Promise<void> {
    if (this.#closing) return void (await this.exited);
    this.#closing = true;
    try {
      await this.#grpc.call("/plugin.GRPCController/Shutdown", Empty.encode({}), {
        deadlineMs: SHUTDOWN_DEADLINE_MS,
      });
      await Promise.race([
        this.exited,
        new Promise<void>((resolve) => setTimeout(resolve, SHUTDOWN_DEADLINE_MS).unref()),
      ]);
    } catch {
      // A provider that cannot be asked is ended all the same.
    }
    this.kill();
    await this.exited;
  }

  maskOutput(mask: (text: string) => string): void {
    this.#program.maskOutput(mask);
  }

  /** Ends the provider at once. */
  kill(): void {
    this.#closing = true;
    this.#grpc.destroy();
    this.#program.kill();
  }

  /** What to say when the program ended by itself. @param how in words, `exit status 2` */
  crash(how: string, cause?: unknown): ProviderError {
    const output = this.#program.output().trim();
    return new ProviderError("provider_crashed", `the provider ended with ${how}`, {
      hint: output === "" ? "It printed nothing." : `It printed: ${output.slice(-1000)}`,
      cause,
    });
  }

  async #explain(error: unknown, method: Method, { deadlineMs }: CallLimits): Promise<unknown> {
    if (!(error instanceof GrpcError)) return error;
    const cause = error;
    switch (error.status) {
      case GRPC_STATUS.deadline:
        // Both ends watch the clock, and say it in words of their own.
        return new ProviderError("provider_deadline", `${method}: no answer within ${deadlineMs} ms`, {
          cause,
        });
      case GRPC_STATUS.cancelled:
        return new ProviderError("provider_cancelled", `${method} was cancelled`, { cause });
      case GRPC_STATUS.unimplemented:
        return new ProviderError("provider_rpc_unknown", `the provider does not know the call ${method}`, {
          hint: "Use a newer version of the provider.",
          cause,
        });
      case GRPC_STATUS.unavailable:
        return this.#ended(error, method);
      default:
        return new ProviderError("provider_rpc_failed", `${method}: ${error.message}`, { cause });
    }
  }

  async #ended(cause: GrpcError, method: Method): Promise<ProviderError> {
    if (this.#closing)
      return new ProviderError("provider_closed", `${method}: the provider was closed`, { cause });
    const patience = new Promise<undefined>((resolve) =>
      setTimeout(() => resolve(undefined), EXIT_NEWS_MS).unref(),
    );
    const how = (await Promise.race([this.exited, patience])) ?? (await this.#endMute());
    if (how === undefined)
      return new ProviderError("provider_rpc_failed", `${method}: ${cause.message}`, { cause });
    return this.crash(`${how} during ${method}`, cause);
  }

  /** A provider that lives and has closed its connection will answer nothing more: it is ended, to be started anew. */
  async #endMute(): Promise<string | undefined> {
    if (!this.#grpc.closed) return undefined;
    this.#program.kill();
    return `${await this.exited} after it had closed its connection,`;
  }
}

function decoded<A>(method: Method, answer: Message<A>, bytes: Uint8Array): A {
  try {
    return answer.decode(bytes);
  } catch (cause) {
    const message = `${method}: the provider's answer is no valid message of the plugin protocol`;
    throw new ProviderError("provider_rpc_failed", message, { hint: "Report it to the provider.", cause });
  }
}

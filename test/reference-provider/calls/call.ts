/** A call of the protocol: bytes in, bytes out, errors as diagnostics, faults acted out before it runs. */
import type { Message } from "../../../packages/tfprovider/src/wire/message.ts";
import { takeFault } from "../store/fault.ts";
import { diagnosticOf, type WireDiagnostic } from "./diagnostic.ts";
import { type Acted, actOut } from "./fault.ts";
import type { Session } from "./session.ts";

export interface Call {
  /** Name of the RPC, `ReadResource`. */
  readonly name: string;
  /** @throws Unimplemented when a fault says so */
  readonly run: (request: Uint8Array, session: Session) => Promise<Uint8Array>;
}

/** A call that answers with as many messages as it has. */
export interface StreamCall {
  readonly name: string;
  /** @throws Unimplemented when a fault says so */
  readonly run: (request: Uint8Array, session: Session) => AsyncIterable<Uint8Array>;
}

interface Answer {
  readonly diagnostics: readonly WireDiagnostic[];
}

interface CallSpec<Q, A extends Answer> {
  readonly name: string;
  readonly request: Message<Q>;
  readonly answer: Message<A>;
  readonly run: (request: Q, session: Session) => Partial<A> | Promise<Partial<A>>;
  /** Done before faults are looked for. */
  readonly prepare?: (request: Q, session: Session) => unknown;
  /** What the call is about, as far as faults may depend on it. */
  readonly about?: (request: Q) => { readonly type?: string; readonly id?: string | undefined };
  /** The answer with these bytes as its value, and the value that was given, where the call has such. */
  readonly answerWith?: (value: Uint8Array) => Partial<A>;
  readonly given?: (request: Q) => Uint8Array | undefined;
}

export function defineCall<Q, A extends Answer>(spec: CallSpec<Q, A>): Call {
  const failed = (diagnostics: readonly WireDiagnostic[]) =>
    spec.answer.encode({ diagnostics } as unknown as Partial<A>);
  return {
    name: spec.name,
    run: async (bytes, session) => {
      const request = spec.request.decode(bytes);
      try {
        spec.prepare?.(request, session);
        const acted = await meetFault(spec, request, session);
        if (acted === undefined) return spec.answer.encode(await spec.run(request, session));
        return answerOf(spec, request, acted);
      } catch (error) {
        if (error instanceof Unimplemented) throw error;
        return failed([diagnosticOf(error)]);
      }
    },
  };
}

/** Errors are the last message of an answer, after those that were sent before. */
export function defineStream<Q, A extends Answer>(
  spec: Omit<CallSpec<Q, A>, "run" | "prepare"> & {
    readonly run: (request: Q, session: Session) => AsyncIterable<Partial<A>>;
  },
): StreamCall {
  return {
    name: spec.name,
    async *run(bytes, session) {
      const request = spec.request.decode(bytes);
      try {
        const acted = await meetFault(spec, request, session);
        if (acted !== undefined) return yield answerOf(spec, request, acted);
        for await (const answer of spec.run(request, session)) yield spec.answer.encode(answer);
      } catch (error) {
        if (error instanceof Unimplemented) throw error;
        yield spec.answer.encode({ diagnostics: [diagnosticOf(error)] } as unknown as Partial<A>);
      }
    },
  };
}

/** The client gets status 12, as of a provider that does not know the call. */
export class Unimplemented extends Error {
  override readonly name = "Unimplemented";
}

/** Undefined when the call should run as if nothing had happened. */
async function meetFault<Q, A extends Answer>(
  spec: Pick<CallSpec<Q, A>, "name" | "about">,
  request: Q,
  session: Session,
): Promise<Acted | undefined> {
  if (session.configured === undefined) return undefined;
  const { store } = session.configured;
  const { faults } = store.snapshot().content;
  if (faults === undefined || faults.length === 0) return undefined;
  const occasion = { call: spec.name, ...spec.about?.(request) };
  const fault = takeFault(faults, occasion, store.path);
  return fault === undefined ? undefined : actOut(fault, occasion, session);
}

function answerOf<Q, A extends Answer>(
  spec: Omit<CallSpec<Q, A>, "run">,
  request: Q,
  acted: Acted,
): Uint8Array {
  switch (acted.kind) {
    case "bytes":
      return acted.bytes;
    case "unimplemented":
      throw new Unimplemented(`unknown method ${spec.name}`);
    case "diagnostic":
      return spec.answer.encode({ diagnostics: [acted.diagnostic] } as unknown as Partial<A>);
    case "value":
      return spec.answer.encode(spec.answerWith?.(acted.value) ?? {});
    case "given": {
      const value = spec.given?.(request);
      return spec.answer.encode(value === undefined ? {} : (spec.answerWith?.(value) ?? {}));
    }
  }
}

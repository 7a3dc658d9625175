import { create, type DescMessage, type MessageInitShape } from "@bufbuild/protobuf";
import { ROOT_CONTEXT } from "@opentelemetry/api";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { CallContext, CallOptions, CarriedMethod, Client, Handlers, ServiceDescriptor, UntypedHandlers } from "./call.ts";
import { carriedMethods } from "./call.ts";
import { abortError } from "./deadline.ts";
import { asFairleadError, failure } from "./fairlead-error.ts";
import { validate } from "./validate.ts";

const NEVER = new AbortController().signal;
const NO_METADATA: ReadonlyMap<string, string> = new Map();

/** How a service in the same process is called. */
export interface LocalClientSettings {
  /** Checks requests against their contract; for callers that are not part of the mesh. */
  readonly validated?: boolean;
}

/** A client whose calls are plain function calls of handlers in this process. */
export function localClient<S extends ServiceDescriptor>(
  service: S,
  handlers: Handlers<S>,
  settings: LocalClientSettings = {},
): Client<S> {
  const untyped = handlers as unknown as UntypedHandlers;
  const client: Record<string, unknown> = {};
  for (const method of carriedMethods(service)) {
    const handler = untyped[method.localName] ?? missing(method);
    const begin = (init: MessageInitShape<DescMessage>, options: CallOptions) => {
      if (options.signal?.aborted === true) throw abortError(options.signal);
      const request = create(method.input, init);
      if (settings.validated === true) validate(method.input, request);
      return handler(request as never, localContext(options));
    };
    client[method.localName] = method.methodKind === "unary" ? unaryCall(begin) : streamCall(begin);
  }
  return client as Client<S>;
}

type Begin = (init: MessageInitShape<DescMessage>, options: CallOptions) => Promise<unknown> | AsyncIterable<unknown>;

function missing(method: CarriedMethod) {
  return () => {
    throw failure(ErrorCode.UNIMPLEMENTED, `${method.name} is not served here.`);
  };
}

function unaryCall(begin: Begin) {
  return async (init: MessageInitShape<DescMessage>, options: CallOptions = {}) => {
    try {
      return await (begin(init, options) as Promise<unknown>);
    } catch (thrown) {
      throw asFairleadError(thrown);
    }
  };
}

/** Like a call over a wire, one that is refused says so when it is read. */
function streamCall(begin: Begin) {
  return (init: MessageInitShape<DescMessage>, options: CallOptions = {}): AsyncIterableIterator<unknown> => {
    let messages: AsyncIterator<unknown>;
    try {
      messages = (begin(init, options) as AsyncIterable<unknown>)[Symbol.asyncIterator]();
    } catch (thrown) {
      messages = { next: () => Promise.reject(thrown as Error) };
    }
    return {
      next: () => messages.next().catch(rethrow),
      return: async () => (await messages.return?.()) ?? { done: true, value: undefined },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  };
}

function rethrow(thrown: unknown): never {
  throw asFairleadError(thrown);
}

function localContext(options: CallOptions): CallContext {
  return {
    signal: options.signal ?? NEVER,
    deadline: options.deadline,
    trace: options.trace ?? ROOT_CONTEXT,
    metadata: options.headers === undefined ? NO_METADATA : new Map(Object.entries(options.headers)),
  };
}

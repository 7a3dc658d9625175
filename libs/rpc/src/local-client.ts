import { create, type DescMessage, type MessageInitShape } from "@bufbuild/protobuf";
import { ROOT_CONTEXT } from "@opentelemetry/api";
import type { CallContext, CallOptions, Client, Handlers, ServiceDescriptor, UntypedHandlers } from "./call.ts";
import { carriedMethods } from "./call.ts";
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
    const handler = untyped[method.localName];
    client[method.localName] = (init: MessageInitShape<DescMessage>, options: CallOptions = {}) => {
      const request = create(method.input, init);
      if (settings.validated === true) {
        try {
          validate(method.input, request);
        } catch (error) {
          if (method.methodKind === "unary") return Promise.reject(error);
          throw error;
        }
      }
      return handler?.(request as never, localContext(options));
    };
  }
  return client as Client<S>;
}

function localContext(options: CallOptions): CallContext {
  return {
    signal: options.signal ?? NEVER,
    deadline: options.deadline,
    trace: options.trace ?? ROOT_CONTEXT,
    metadata: options.headers === undefined ? NO_METADATA : new Map(Object.entries(options.headers)),
  };
}

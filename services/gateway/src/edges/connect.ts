import type { IncomingMessage, ServerResponse } from "node:http";
import { type Code, ConnectError, createContextKey, createContextValues, type HandlerContext, type ServiceImpl } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { ErrorDetailSchema } from "@fairlead/contracts/errors/v1/error";
import { type CallContext, carriedMethods, type Client, type ServiceDescriptor } from "@fairlead/rpc/call";
import { asFairleadError } from "@fairlead/rpc/fairlead-error";
import { MAX_MESSAGE_BYTES } from "@fairlead/rpc/grpc-client";
import { statusOf } from "@fairlead/rpc/status-mapping";
import { validate } from "@fairlead/rpc/validate";
import { ROOT_CONTEXT } from "@opentelemetry/api";

/** A service that the edge offers, and who serves it. */
export interface OfferedService<S extends ServiceDescriptor = ServiceDescriptor> {
  readonly service: S;
  readonly client: Client<S>;
}

const callKey = createContextKey<CallContext | undefined>(undefined);

type Untyped = Record<string, (request: unknown, options: CallContext) => unknown>;

/** Offers services over Connect and gRPC-Web; Connect is plain JSON over POST. */
export function connectEdge(offered: readonly OfferedService[]) {
  const handler = connectNodeAdapter({
    routes(router) {
      for (const { service, client } of offered) router.service(service, forward(service, client as Untyped));
    },
    contextValues: (request) => createContextValues().set(callKey, calls.get(request)),
    readMaxBytes: MAX_MESSAGE_BYTES,
    writeMaxBytes: MAX_MESSAGE_BYTES,
    // Answers are small or streamed: packing them costs more than it saves.
    compressMinBytes: 1024 * 1024,
    jsonOptions: { ignoreUnknownFields: false },
  });
  const calls = new WeakMap<object, CallContext>();
  const prefixes = offered.map(({ service }) => `/${service.typeName}/`);
  return (request: IncomingMessage, response: ServerResponse, call: CallContext): boolean => {
    if (!prefixes.some((prefix) => request.url?.startsWith(prefix))) return false;
    calls.set(request, call);
    handler(request, response);
    return true;
  };
}

function forward(service: ServiceDescriptor, client: Untyped): Partial<ServiceImpl<ServiceDescriptor>> {
  const methods: Record<string, unknown> = {};
  for (const method of carriedMethods(service)) {
    const name = method.localName;
    if (method.methodKind === "unary") {
      methods[name] = async (request: never, context: HandlerContext) => {
        try {
          validate(method.input, request);
          return await (client[name]?.(request, callOf(context)) as Promise<never> | undefined);
        } catch (thrown) {
          throw toConnectError(thrown);
        }
      };
    } else {
      methods[name] = async function* (request: never, context: HandlerContext) {
        try {
          validate(method.input, request);
          const messages = client[name]?.(request, callOf(context)) as AsyncIterable<never> | undefined;
          if (messages !== undefined) yield* messages;
        } catch (thrown) {
          throw toConnectError(thrown);
        }
      };
    }
  }
  return methods as Partial<ServiceImpl<ServiceDescriptor>>;
}

function callOf(context: HandlerContext): CallContext {
  const left = context.timeoutMs();
  const call = context.values.get(callKey);
  return {
    // Aborts when the caller goes away, as that of the context does, and when the gateway ends.
    signal: call?.signal ?? context.signal,
    deadline: left === undefined ? undefined : Date.now() + left,
    trace: call?.trace ?? ROOT_CONTEXT,
    metadata: call?.metadata ?? new Map(),
  };
}

/** Connect's codes are gRPC's. */
function toConnectError(thrown: unknown): ConnectError {
  const { detail } = asFairleadError(thrown);
  const code = statusOf(detail.code) as number as Code;
  return new ConnectError(detail.message, code, undefined, [{ desc: ErrorDetailSchema, value: detail }]);
}

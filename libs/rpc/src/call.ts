import type { DescMethodServerStreaming, DescMethodUnary, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import type { GenService, GenServiceMethods } from "@bufbuild/protobuf/codegenv2";
import type { Context } from "@opentelemetry/api";

/** What a caller may say about a call beside its request. */
export interface CallOptions {
  /** Ends the call, here and at every peer behind it. */
  readonly signal?: AbortSignal | undefined;
  /** Unix milliseconds by which the call must have ended. */
  readonly deadline?: number | undefined;
  /** Trace that the call belongs to. */
  readonly trace?: Context | undefined;
  /** Headers for the peer; names in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** What a handler knows of a call beside its request. It can be handed to a client as options as it is. */
export interface CallContext {
  readonly signal: AbortSignal;
  readonly deadline: number | undefined;
  readonly trace: Context;
  /** Headers of the caller; names in lower case. They are not passed on by themselves. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** A service described by generated code. */
export type ServiceDescriptor = GenService<GenServiceMethods>;

type UnaryKeys<S extends ServiceDescriptor> = {
  [K in keyof S["method"]]: S["method"][K]["methodKind"] extends "unary" ? K : never;
}[keyof S["method"]];

type StreamKeys<S extends ServiceDescriptor> = {
  [K in keyof S["method"]]: S["method"][K]["methodKind"] extends "server_streaming" ? K : never;
}[keyof S["method"]];

/** The functions that serve a service, whatever carries the calls. Failures are thrown as FairleadError. */
export type Handlers<S extends ServiceDescriptor> = {
  readonly [K in UnaryKeys<S>]: (
    request: MessageShape<S["method"][K]["input"]>,
    context: CallContext,
  ) => Promise<MessageShape<S["method"][K]["output"]>>;
} & {
  readonly [K in StreamKeys<S>]: (
    request: MessageShape<S["method"][K]["input"]>,
    context: CallContext,
  ) => AsyncIterable<MessageShape<S["method"][K]["output"]>>;
};

/** The functions that call a service, whatever carries the calls. Failures are thrown as FairleadError. */
export type Client<S extends ServiceDescriptor> = {
  readonly [K in UnaryKeys<S>]: (
    request: MessageInitShape<S["method"][K]["input"]>,
    options?: CallOptions,
  ) => Promise<MessageShape<S["method"][K]["output"]>>;
} & {
  readonly [K in StreamKeys<S>]: (
    request: MessageInitShape<S["method"][K]["input"]>,
    options?: CallOptions,
  ) => AsyncIterable<MessageShape<S["method"][K]["output"]>>;
};

/** A handler without its types, as transports see it. */
export type UntypedHandlers = Readonly<
  Record<string, (request: never, context: CallContext) => Promise<unknown> | AsyncIterable<unknown>>
>;

/** A service and the functions that serve it. */
export interface Implementation {
  readonly service: ServiceDescriptor;
  readonly handlers: UntypedHandlers;
}

/** Pairs a service with its handlers. */
export function implement<S extends ServiceDescriptor>(service: S, handlers: Handlers<S>): Implementation {
  return { service, handlers: handlers as unknown as UntypedHandlers };
}

/** A method that some transport can carry. */
export type CarriedMethod = DescMethodUnary | DescMethodServerStreaming;

/** The methods of a service that transports carry; client streaming is not used in Fairlead. */
export function carriedMethods(service: ServiceDescriptor): CarriedMethod[] {
  return service.methods.filter(
    (method): method is CarriedMethod => method.methodKind === "unary" || method.methodKind === "server_streaming",
  );
}

import { create, type DescMessage, type Message, type MessageInitShape } from "@bufbuild/protobuf";
import { trace, type Tracer } from "@opentelemetry/api";
import { type ChannelCredentials, Client as GrpcChannel, credentials, Metadata } from "@grpc/grpc-js";
import type { CallOptions, CarriedMethod, Client, ServiceDescriptor } from "./call.ts";
import { carriedMethods } from "./call.ts";
import { abortError } from "./deadline.ts";
import { fromGrpcStatus } from "./error-trailer.ts";
import { type CallObserver, unobserved } from "./call-observer.ts";
import { grpcMethod } from "./grpc-method.ts";
import { readStream } from "./read-stream.ts";
import { traceClientCall } from "./trace-call.ts";

/** Bytes of one message at most, both ways. */
export const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;

/**
 * Pings find peers that vanished without a word. A connection that is being drained no longer answers them (grpc-js
 * 1.14), so they come later than the longest usual answer.
 */
export const KEEP_ALIVE = { "grpc.keepalive_time_ms": 150_000, "grpc.keepalive_timeout_ms": 10_000 } as const;

/** Bound of a unary call that has no deadline of its own. */
const UNARY_LIMIT_MS = 10 * 60 * 1000;

/** How a peer is reached. */
export interface GrpcClientSettings {
  /** A gRPC target such as "dns:///router:50051" or "127.0.0.1:50051"; several with "ipv4:a:1,b:2". */
  readonly target: string;
  /** Connections; two to a busy peer, since one is bound to one core of it. */
  readonly channels?: number;
  /** Waits for the peer until the deadline instead of failing at once while it cannot be reached. */
  readonly waitForReady?: boolean;
  readonly credentials?: ChannelCredentials;
  readonly tracer?: Tracer;
  readonly observe?: CallObserver;
}

/** A client and what it holds open. */
export interface GrpcConnection<S extends ServiceDescriptor> {
  readonly client: Client<S>;
  close(): void;
}

/** Opens a client of a service over gRPC. Connects on the first call. */
export function connectGrpc<S extends ServiceDescriptor>(service: S, settings: GrpcClientSettings): GrpcConnection<S> {
  const channels = Array.from({ length: settings.channels ?? 1 }, () => openChannel(settings));
  let turn = 0;
  const next = () => channels[turn++ % channels.length] as GrpcChannel;
  const calls: Record<string, unknown> = {};
  for (const method of carriedMethods(service)) {
    calls[method.localName] = method.methodKind === "unary" ? unaryCall(method, next, settings) : streamCall(method, next, settings);
  }
  return { client: calls as Client<S>, close: () => channels.forEach((channel) => channel.close()) };
}

function openChannel(settings: GrpcClientSettings): GrpcChannel {
  return new GrpcChannel(settings.target, settings.credentials ?? credentials.createInsecure(), {
    "grpc.use_local_subchannel_pool": 1,
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
    ...KEEP_ALIVE,
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 1_000,
    "grpc.dns_min_time_between_resolutions_ms": 5_000,
    // grpc-js itself repeats what never reached a handler; anything more could ask a provider twice.
    "grpc.enable_retries": 0,
    "grpc.service_config": JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
  });
}

function unaryCall(method: CarriedMethod, next: () => GrpcChannel, settings: GrpcClientSettings) {
  const definition = grpcMethod(method);
  const name = definition.path.slice(1);
  return (init: MessageInitShape<DescMessage>, options: CallOptions = {}): Promise<Message> => {
    const { signal } = options;
    if (signal?.aborted === true) return Promise.reject(abortError(signal));
    const metadata = metadataOf(options, settings);
    const span = traceClientCall(settings.tracer ?? trace.getTracer("fairlead.rpc"), name, settings.target, options.trace, metadata);
    const observed = (settings.observe ?? unobserved)("client", name);
    return new Promise((resolve, reject) => {
      const onAbort = () => call.cancel();
      const deadline = options.deadline ?? Date.now() + UNARY_LIMIT_MS;
      const request = create(method.input, init);
      const call = next().makeUnaryRequest(
        definition.path,
        definition.requestSerialize,
        definition.responseDeserialize,
        request,
        metadata,
        { deadline },
        (error, response) => {
          signal?.removeEventListener("abort", onAbort);
          const thrown = error === null ? undefined : signal?.aborted === true ? abortError(signal) : fromGrpcStatus(error);
          span.end(thrown);
          observed(thrown);
          if (thrown === undefined) resolve(response as Message);
          else reject(thrown);
        },
      );
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  };
}

function streamCall(method: CarriedMethod, next: () => GrpcChannel, settings: GrpcClientSettings) {
  const definition = grpcMethod(method);
  const name = definition.path.slice(1);
  return (init: MessageInitShape<DescMessage>, options: CallOptions = {}): AsyncIterable<Message> => {
    if (options.signal?.aborted === true) throw abortError(options.signal);
    const metadata = metadataOf(options, settings);
    const span = traceClientCall(settings.tracer ?? trace.getTracer("fairlead.rpc"), name, settings.target, options.trace, metadata);
    const observed = (settings.observe ?? unobserved)("client", name);
    const call = next().makeServerStreamRequest(
      definition.path,
      definition.requestSerialize,
      definition.responseDeserialize,
      create(method.input, init),
      metadata,
      options.deadline === undefined ? {} : { deadline: options.deadline },
    );
    return readStream(call, options.signal, (thrown) => {
      span.end(thrown);
      observed(thrown);
    });
  };
}

function metadataOf(options: CallOptions, settings: GrpcClientSettings): Metadata {
  const metadata = new Metadata({ waitForReady: settings.waitForReady ?? false });
  for (const [key, value] of Object.entries(options.headers ?? {})) metadata.set(key, value);
  return metadata;
}

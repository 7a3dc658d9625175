import { create, type DescMessage, type Message, type MessageInitShape } from "@bufbuild/protobuf";
import { trace, type Tracer } from "@opentelemetry/api";
import { type ChannelCredentials, Client as GrpcChannel, type ClientUnaryCall, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import type { CallOptions, CarriedMethod, Client, ServiceDescriptor } from "./call.ts";
import { carriedMethods } from "./call.ts";
import { abortError } from "./deadline.ts";
import { fromGrpcStatus } from "./error-trailer.ts";
import { type CallObserver, unobserved } from "./call-observer.ts";
import { grpcMethod } from "./grpc-method.ts";
import { keepConnectionsAlive, USER_AGENT } from "./keep-alive.ts";
import { readStream } from "./read-stream.ts";
import { refreshing } from "./refreshing-resolver.ts";
import { mayRepeat } from "./refused-call.ts";
import { traceClientCall } from "./trace-call.ts";

/** Bytes of one message at most, both ways. */
export const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;

/** Bound of a unary call that has no deadline of its own. */
const UNARY_LIMIT_MS = 10 * 60 * 1000;

/** How a peer is reached. */
export interface GrpcClientSettings {
  /**
   * A gRPC target such as "dns:///router:50051" or "127.0.0.1:50051"; several with "ipv4:a:1,b:2". All addresses of a name
   * take turns, and the name is looked up again every few seconds.
   */
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
  keepConnectionsAlive();
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
  return new GrpcChannel(refreshing(settings.target), settings.credentials ?? credentials.createInsecure(), {
    "grpc.use_local_subchannel_pool": 1,
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
    "grpc.primary_user_agent": USER_AGENT,
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 1_000,
    "grpc.dns_min_time_between_resolutions_ms": 1_000,
    // Requests are kept until they are answered, so that those which a leaving peer refuses can go to another one. There is no
    // policy for anything more, which could ask a provider twice, and none can come by DNS.
    "grpc.per_rpc_retry_buffer_size": MAX_MESSAGE_BYTES,
    "grpc.retry_buffer_size": 4 * MAX_MESSAGE_BYTES,
    "grpc.service_config_disable_resolution": 1,
    "grpc.service_config": JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
    // A proxy for the way out of the cluster would take the place of the replicas.
    "grpc.enable_http_proxy": 0,
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
      const deadline = options.deadline ?? Date.now() + UNARY_LIMIT_MS;
      const request = create(method.input, init);
      let call: ClientUnaryCall;
      const onAbort = () => call.cancel();
      const ended = (error: ServiceError | null, response?: Message) => {
        signal?.removeEventListener("abort", onAbort);
        const thrown = error === null ? undefined : signal?.aborted === true ? abortError(signal) : fromGrpcStatus(error);
        span.end(thrown);
        observed(thrown);
        if (thrown === undefined) resolve(response as Message);
        else reject(thrown);
      };
      const send = (repeats: number) => {
        const { path, requestSerialize, responseDeserialize } = definition;
        call = next().makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, { deadline }, (error, response) => {
          if (signal?.aborted === true || !mayRepeat(error, repeats)) return ended(error, response);
          try {
            send(repeats + 1);
          } catch {
            // The connection was closed meanwhile.
            ended(error);
          }
        });
      };
      send(0);
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
    const request = create(method.input, init);
    const open = () =>
      next().makeServerStreamRequest(
        definition.path,
        definition.requestSerialize,
        definition.responseDeserialize,
        request,
        metadata,
        options.deadline === undefined ? {} : { deadline: options.deadline },
      );
    return readStream(open, options.signal, (thrown) => {
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

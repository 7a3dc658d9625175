import type { Message } from "@bufbuild/protobuf";
import { type Context, trace, type Tracer } from "@opentelemetry/api";
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
} from "@grpc/grpc-js";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { HealthImplementation } from "grpc-health-check";
import type { CallContext, CarriedMethod, Implementation } from "./call.ts";
import { carriedMethods } from "./call.ts";
import { type CallObserver, unobserved } from "./call-observer.ts";
import { CallsUnderWay } from "./calls-under-way.ts";
import { toGrpcStatus } from "./error-trailer.ts";
import { type FairleadError, failure } from "./fairlead-error.ts";
import { MAX_MESSAGE_BYTES } from "./grpc-client.ts";
import { grpcMethod } from "./grpc-method.ts";
import { keepConnectionsAlive } from "./keep-alive.ts";
import { addReflection } from "./reflection.ts";
import { shutDown } from "./shut-down.ts";
import { traceServerCall } from "./trace-call.ts";
import { validate } from "./validate.ts";

/** Where and what to serve. */
export interface GrpcServerSettings {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly implementations: readonly Implementation[];
  readonly credentials?: ServerCredentials;
  /**
   * Milliseconds, a tenth more or less, after which a client is asked to open a new connection, so that it looks its peers up
   * anew. Calls under way stay on the old one until they end, however long they take. 0 or unset: never.
   */
  readonly maxConnectionAgeMs?: number;
  readonly tracer?: Tracer;
  readonly observe?: CallObserver;
  /** Told of failures that are defects of the mesh. */
  readonly onDefect?: (method: string, thrown: unknown, trace: Context) => void;
}

/** A listening server. */
export interface GrpcServer {
  readonly port: number;
  /** What the standard health service answers, for the server and each of its services. */
  setServing(serving: boolean): void;
  /** Takes no new calls, waits for those under way up to a bound, and ends what is left with an error that says why. */
  close(graceMs: number): Promise<void>;
}

/** Serves services over gRPC with health, reflection, validation, deadlines, spans and metrics. */
export async function serveGrpc(settings: GrpcServerSettings): Promise<GrpcServer> {
  keepConnectionsAlive();
  const server = new Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_concurrent_streams": 4096,
    // grpc-js adds the jitter itself.
    ...(settings.maxConnectionAgeMs ? { "grpc.max_connection_age_ms": settings.maxConnectionAgeMs } : {}),
  });
  const calls = new CallsUnderWay();
  for (const { service, handlers } of settings.implementations) {
    const methods = carriedMethods(service);
    const definitions = Object.fromEntries(methods.map((method) => [method.localName, grpcMethod(method)]));
    const wired = methods.map((method) => [method.localName, wire(method, handlers[method.localName] as Handler, { ...settings, calls })]);
    server.addService(definitions, Object.fromEntries(wired));
  }
  const names = ["", ...settings.implementations.map(({ service }) => service.typeName)];
  const health = new HealthImplementation(Object.fromEntries(names.map((name) => [name, "NOT_SERVING"])));
  health.addToServer(server);
  addReflection(server, settings.implementations.map(({ service }) => service));
  const port = await bind(server, `${settings.host}:${settings.port}`, settings.credentials ?? ServerCredentials.createInsecure());
  return {
    port,
    setServing: (serving) => names.forEach((name) => health.setStatus(name, serving ? "SERVING" : "NOT_SERVING")),
    close: (graceMs) => shutDown(server, calls, graceMs),
  };
}

interface Wiring extends GrpcServerSettings {
  readonly calls: CallsUnderWay;
}

type Handler = (request: Message, context: CallContext) => Promise<Message> | AsyncIterable<Message>;
type Call = ServerUnaryCall<Message, Message> | ServerWritableStream<Message, Message>;

function wire(method: CarriedMethod, handler: Handler, settings: Wiring) {
  return method.methodKind === "unary"
    ? wireUnary(method, handler as (request: Message, context: CallContext) => Promise<Message>, settings)
    : wireStream(method, handler as (request: Message, context: CallContext) => AsyncIterable<Message>, settings);
}

function wireUnary(
  method: CarriedMethod,
  handler: (request: Message, context: CallContext) => Promise<Message>,
  settings: Wiring,
): handleUnaryCall<Message, Message> {
  return (call, callback) => {
    const serving = beginCall(method, call, settings, (thrown) => callback(toGrpcStatus(thrown)));
    serving.run(() => handler(call.request, serving.context)).then((response) => {
      if (serving.end()) callback(null, response);
    }, serving.fail);
  };
}

function wireStream(
  method: CarriedMethod,
  handler: (request: Message, context: CallContext) => AsyncIterable<Message>,
  settings: Wiring,
): handleServerStreamingCall<Message, Message> {
  return (call) => {
    const serving = beginCall(method, call, settings, (thrown) => call.emit("error", toGrpcStatus(thrown)));
    serving.run(() => writeAll(call, handler(call.request, serving.context), serving.context.signal)).then(() => {
      if (serving.end()) call.end();
    }, serving.fail);
  };
}

async function writeAll(call: ServerWritableStream<Message, Message>, messages: AsyncIterable<Message>, signal: AbortSignal): Promise<void> {
  for await (const message of messages) {
    if (signal.aborted) return;
    if (!call.write(message)) await drained(call, signal);
  }
}

function drained(call: ServerWritableStream<Message, Message>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      call.off("drain", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    call.once("drain", done);
    signal.addEventListener("abort", done, { once: true });
  });
}

function beginCall(method: CarriedMethod, call: Call, settings: Wiring, refuse: (thrown: unknown) => void) {
  const name = `${method.parent.typeName}/${method.name}`;
  const span = traceServerCall(settings.tracer ?? trace.getTracer("fairlead.rpc"), name, call.metadata);
  const observed = (settings.observe ?? unobserved)("server", name);
  const controller = new AbortController();
  const deadline = deadlineOf(call);
  let ended = false;
  /** False for a call that had ended before. */
  const end = (thrown?: unknown): boolean => {
    if (ended) return false;
    ended = true;
    span.end(thrown);
    observed(thrown);
    if (thrown !== undefined && isDefect(thrown)) settings.onDefect?.(name, thrown, span.context);
    return true;
  };
  const fail = (thrown: unknown): void => {
    if (end(thrown)) refuse(thrown);
  };
  const underWay = {
    cut(error: FairleadError) {
      // Whatever the handler makes of the signal, the caller is told.
      fail(error);
      controller.abort(error);
    },
  };
  settings.calls.add(underWay);
  call.on("cancelled", () => {
    settings.calls.delete(underWay);
    // grpc-js says this of every call that closes, of answered ones too.
    if (ended) return;
    const late = deadline !== undefined && Date.now() >= deadline;
    const code = late ? ErrorCode.TIMEOUT : ErrorCode.CANCELLED;
    controller.abort(failure(code, late ? "The deadline passed." : "The caller went away."));
  });
  const context: CallContext = { signal: controller.signal, deadline, trace: span.context, metadata: headersOf(call) };
  return {
    context,
    end,
    fail,
    async run<T>(work: () => Promise<T>): Promise<T> {
      validate(method.input, call.request);
      return work();
    },
  };
}

function isDefect(thrown: unknown): boolean {
  return !(thrown instanceof Error && thrown.name === "FairleadError");
}

function deadlineOf(call: Call): number | undefined {
  const deadline = call.getDeadline();
  if (deadline instanceof Date) return deadline.getTime();
  return Number.isFinite(deadline) ? deadline : undefined;
}

function headersOf(call: Call): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const [key, value] of Object.entries(call.metadata.getMap())) if (typeof value === "string") headers.set(key, value);
  return headers;
}

/** Listens; resolves to the port. */
export function bind(server: Server, address: string, credentials: ServerCredentials): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, port) => (error === null ? resolve(port) : reject(error)));
  });
}

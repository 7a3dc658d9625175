import {
  type Context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type TextMapGetter,
  type TextMapSetter,
  type Tracer,
} from "@opentelemetry/api";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { Metadata } from "@grpc/grpc-js";
import { asFairleadError } from "./fairlead-error.ts";
import { splitTarget } from "./split-target.ts";
import { statusName } from "./status-mapping.ts";

/** Names of the RPC conventions 1.45 that the installed package of semantic conventions may not carry as stable. */
const RPC = {
  system: "rpc.system.name",
  method: "rpc.method",
  status: "rpc.status_code",
  error: "error.type",
  address: "server.address",
  port: "server.port",
} as const;

const setter: TextMapSetter<Metadata> = { set: (carrier, key, value) => carrier.set(key, value) };
const getter: TextMapGetter<Metadata> = {
  keys: (carrier) => Object.keys(carrier.getMap()),
  get: (carrier, key) => {
    const [value] = carrier.get(key);
    return typeof value === "string" ? value : undefined;
  },
};

/** A span around one call and the context that carries it. */
export interface CallSpan {
  readonly context: Context;
  /** Ends the span. */
  end(thrown?: unknown): void;
}

/** Opens the CLIENT span of a call and writes its context into the metadata. */
export function traceClientCall(tracer: Tracer, method: string, target: string, parent: Context | undefined, metadata: Metadata): CallSpan {
  const from = parent ?? ROOT_CONTEXT;
  const span = tracer.startSpan(method, { kind: SpanKind.CLIENT }, from);
  if (span.isRecording()) {
    const { address, port } = splitTarget(target);
    span.setAttributes({ [RPC.system]: "grpc", [RPC.method]: method, [RPC.address]: address, [RPC.port]: port });
  }
  const context = trace.setSpan(from, span);
  propagation.inject(context, metadata, setter);
  return callSpan(span, context);
}

/** Opens the SERVER span of a call from its metadata. */
export function traceServerCall(tracer: Tracer, method: string, metadata: Metadata): CallSpan {
  const parent = propagation.extract(ROOT_CONTEXT, metadata, getter);
  const span = tracer.startSpan(method, { kind: SpanKind.SERVER }, parent);
  if (span.isRecording()) span.setAttributes({ [RPC.system]: "grpc", [RPC.method]: method });
  return callSpan(span, trace.setSpan(parent, span));
}

function callSpan(span: Span, context: Context): CallSpan {
  return {
    context,
    end(thrown) {
      if (span.isRecording()) describeEnd(span, thrown);
      span.end();
    },
  };
}

function describeEnd(span: Span, thrown: unknown): void {
  if (thrown === undefined) {
    span.setAttribute(RPC.status, "OK");
    return;
  }
  const { code } = asFairleadError(thrown);
  const name = statusName(code);
  span.setAttributes({ [RPC.status]: name, [RPC.error]: ErrorCode[code] ?? name });
  span.setStatus({ code: SpanStatusCode.ERROR, message: name });
}

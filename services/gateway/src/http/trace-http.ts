import type { IncomingMessage } from "node:http";
import { type Context, propagation, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace, type Tracer } from "@opentelemetry/api";
import {
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_URL_PATH,
  ATTR_URL_SCHEME,
} from "@opentelemetry/semantic-conventions";
import { withTraceId } from "@fairlead/runtime/trace-identity";

/** The span of an HTTP request and the context that carries it. */
export interface HttpSpan {
  readonly context: Context;
  end(status: number): void;
}

/** Opens the SERVER span of a request, in the trace that the caller names, if any. */
export function traceHttp(tracer: Tracer, request: IncomingMessage, method: string, route: string): HttpSpan {
  const parent = propagation.extract(ROOT_CONTEXT, request.headers);
  const span = tracer.startSpan(`${method} ${route}`, { kind: SpanKind.SERVER }, parent);
  if (span.isRecording()) describe(span, method, route);
  return {
    context: withTraceId(trace.setSpan(parent, span)),
    end(status) {
      if (span.isRecording()) {
        span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, status);
        if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end();
    },
  };
}

function describe(span: Span, method: string, route: string): void {
  span.setAttributes({ [ATTR_HTTP_REQUEST_METHOD]: method, [ATTR_HTTP_ROUTE]: route, [ATTR_URL_PATH]: route, [ATTR_URL_SCHEME]: "http" });
}

import { type Context, propagation, type Span, SpanKind, SpanStatusCode, trace, type Tracer } from "@opentelemetry/api";
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_FULL,
} from "@opentelemetry/semantic-conventions";

/** The span around one HTTP request to a provider. Does nothing where the call is not recorded. */
export interface HttpSpan {
  answered(status: number): void;
  failed(errorType: string): void;
  end(): void;
}

const SILENT: HttpSpan = { answered: () => undefined, failed: () => undefined, end: () => undefined };

/**
 * Opens the span of a request.
 *
 * @param parent  the span of the provider call; where it is not recorded, neither is this one
 * @param headers gets the trace headers when `propagate` is set: providers are third parties and learn no trace ids
 */
export function startHttpSpan(
  tracer: Tracer | undefined,
  parent: Context,
  request: { readonly method: string; readonly url: URL },
  propagate: boolean,
  headers: Record<string, string>,
): HttpSpan {
  const recorded = tracer !== undefined && trace.getSpan(parent)?.isRecording() === true;
  if (!recorded) {
    if (propagate) propagation.inject(parent, headers);
    return SILENT;
  }
  const span = tracer.startSpan(request.method, { kind: SpanKind.CLIENT, attributes: describe(request) }, parent);
  if (propagate) propagation.inject(trace.setSpan(parent, span), headers);
  return recordingSpan(span);
}

function describe({ method, url }: { readonly method: string; readonly url: URL }) {
  return {
    [ATTR_HTTP_REQUEST_METHOD]: method,
    [ATTR_SERVER_ADDRESS]: url.hostname,
    [ATTR_SERVER_PORT]: Number(url.port) || (url.protocol === "http:" ? 80 : 443),
    // Without user, password and query, which may hold keys.
    [ATTR_URL_FULL]: `${url.protocol}//${url.host}${url.pathname}`,
  };
}

function recordingSpan(span: Span): HttpSpan {
  return {
    answered(status) {
      span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, status);
      if (status >= 400) this.failed(String(status));
    },
    failed(errorType) {
      span.setAttribute(ATTR_ERROR_TYPE, errorType);
      span.setStatus({ code: SpanStatusCode.ERROR });
    },
    end: () => span.end(),
  };
}

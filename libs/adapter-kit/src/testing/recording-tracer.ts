import { type Attributes, type Context, INVALID_SPAN_CONTEXT, type Span, type SpanOptions, trace, type Tracer } from "@opentelemetry/api";

/** A span that was made. */
export interface RecordedSpan {
  readonly name: string;
  readonly attributes: Attributes;
  /** Notes on its time line. */
  readonly events: { readonly name: string; readonly attributes: Attributes | undefined }[];
  readonly parent: Span | undefined;
  readonly span: Span;
  ended: number;
}

/** A tracer that keeps its spans. */
export function recordingTracer(): { readonly tracer: Tracer; readonly spans: RecordedSpan[] } {
  const spans: RecordedSpan[] = [];
  const startSpan = (name: string, options: SpanOptions = {}, context?: Context): Span => {
    const attributes: Attributes = { ...options.attributes };
    const events: RecordedSpan["events"] = [];
    const span = {
      spanContext: () => ({ ...INVALID_SPAN_CONTEXT, traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: 1 }),
      isRecording: () => true,
      setAttribute: (key: string, value: never) => void (attributes[key] = value),
      setAttributes: (more: Attributes) => void Object.assign(attributes, more),
      addEvent: (name: string, more?: Attributes) => void events.push({ name, attributes: more }),
      setStatus: () => undefined,
      end: () => void recorded.ended++,
    } as unknown as Span;
    const parent = context === undefined ? undefined : trace.getSpan(context);
    const recorded: RecordedSpan = { name, attributes, events, parent, span, ended: 0 };
    spans.push(recorded);
    return span;
  };
  return { tracer: { startSpan } as unknown as Tracer, spans };
}

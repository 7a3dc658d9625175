/** A span as Jaeger tells it. */
export interface JaegerSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty: it is the root. */
  readonly parentId: string;
  readonly service: string;
  readonly name: string;
  readonly kind: string;
  /** Microseconds since 1970. */
  readonly start: number;
  /** Microseconds. */
  readonly duration: number;
  readonly tags: Readonly<Record<string, unknown>>;
  /** What its process says of itself. */
  readonly resource: Readonly<Record<string, unknown>>;
  /** Notes on its time line. */
  readonly events: readonly Readonly<Record<string, unknown>>[];
  /** Whether it is linked to its parent: Jaeger then says FOLLOWS_FROM in the place of CHILD_OF. */
  readonly follows: boolean;
  readonly failed: boolean;
  /** What Jaeger found odd, for example clocks that differ. */
  readonly warnings: readonly string[];
}

interface Pair {
  readonly key: string;
  readonly value: unknown;
}
interface WireSpan {
  readonly traceID: string;
  readonly spanID: string;
  readonly operationName: string;
  readonly references: readonly { readonly refType: string; readonly traceID: string; readonly spanID: string }[];
  readonly startTime: number;
  readonly duration: number;
  readonly tags: readonly Pair[];
  readonly logs: readonly { readonly fields: readonly Pair[] }[];
  readonly processID: string;
  readonly warnings: readonly string[] | null;
}
interface WireTrace {
  readonly traceID: string;
  readonly spans: readonly WireSpan[];
  readonly processes: Readonly<Record<string, { readonly serviceName: string; readonly tags: readonly Pair[] }>>;
}

/** Asks a Jaeger for traces, by the API that its own pages use. */
export function jaegerQuery(url: string) {
  const ask = async (path: string): Promise<{ status: number; text: string }> => {
    const response = await fetch(`${url}${path}`);
    return { status: response.status, text: await response.text() };
  };
  const traces = (text: string) => (JSON.parse(text) as { data: WireTrace[] | null }).data ?? [];
  return {
    /** Everything that Jaeger has of a trace, as it stands; empty: nothing yet. */
    async raw(traceId: string): Promise<string> {
      const { status, text } = await ask(`/api/traces/${traceId}`);
      if (status === 404) return "";
      if (status !== 200) throw new Error(`Jaeger answered ${status}: ${text}`);
      return text;
    },
    /** The spans of a trace that have come so far. */
    async spans(traceId: string): Promise<JaegerSpan[]> {
      const text = await this.raw(traceId);
      return text === "" ? [] : traces(text).flatMap(toSpans);
    },
    /** Ids of the traces in which a span of a service has all of the tags. */
    async find(service: string, tags: Readonly<Record<string, string>>): Promise<string[]> {
      const parameters = new URLSearchParams({ service, tags: JSON.stringify(tags), lookback: "1h", limit: "100" });
      const { status, text } = await ask(`/api/traces?${parameters.toString()}`);
      if (status !== 200) throw new Error(`Jaeger answered ${status}: ${text}`);
      return traces(text).map(({ traceID }) => traceID);
    },
  };
}

function toSpans({ spans, processes }: WireTrace): JaegerSpan[] {
  return spans.map((span) => {
    const tags = toRecord(span.tags);
    const parent = span.references.find(({ traceID }) => traceID === span.traceID);
    const { serviceName = "", tags: resource = [] } = processes[span.processID] ?? {};
    return {
      traceId: span.traceID,
      spanId: span.spanID,
      parentId: parent?.spanID ?? "",
      service: serviceName,
      name: span.operationName,
      kind: String(tags["span.kind"] ?? "internal"),
      start: span.startTime,
      duration: span.duration,
      tags,
      resource: toRecord(resource),
      events: span.logs.map(({ fields }) => toRecord(fields)),
      follows: parent?.refType === "FOLLOWS_FROM",
      failed: tags["error"] === true,
      warnings: span.warnings ?? [],
    };
  });
}

function toRecord(pairs: readonly Pair[]): Record<string, unknown> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, value]));
}

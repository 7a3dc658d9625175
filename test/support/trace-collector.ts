import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { loadSync, type MethodDefinition, type ServiceDefinition } from "@grpc/proto-loader";

/** A span as tests look at it. */
export interface CollectedSpan {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string;
  readonly name: string;
  readonly kind: "internal" | "server" | "client" | "producer" | "consumer";
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links: readonly string[];
  readonly failed: boolean;
}

/** A collector that takes traces by OTLP over HTTP and keeps them. */
export interface TraceCollector {
  readonly url: string;
  readonly spans: readonly CollectedSpan[];
  close(): Promise<void>;
}

const KINDS = ["internal", "internal", "server", "client", "producer", "consumer"] as const;
const ERROR_STATUS = 2;

interface Value {
  readonly value: string;
  readonly [kind: string]: unknown;
}
interface Pair {
  readonly key: string;
  readonly value: Value;
}
interface WireSpan {
  readonly trace_id: Buffer;
  readonly span_id: Buffer;
  readonly parent_span_id: Buffer;
  readonly name: string;
  readonly kind: number;
  readonly attributes: Pair[];
  readonly links: { span_id: Buffer }[];
  readonly status: { code: number } | null;
}
interface WireBatch {
  readonly resource_spans: { resource: { attributes: Pair[] }; scope_spans: { spans: WireSpan[] }[] }[];
}

/** Starts a collector on a free port. */
export async function startTraceCollector(): Promise<TraceCollector> {
  const file = fileURLToPath(new URL("otlp-trace.proto", import.meta.url));
  const definition = loadSync(file, { keepCase: true, longs: Number, defaults: true, oneofs: true, arrays: true });
  const service = definition["opentelemetry.proto.collector.trace.v1.TraceService"] as ServiceDefinition;
  const method = service["Export"] as MethodDefinition<object, object>;
  const spans: CollectedSpan[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      spans.push(...flatten(method.requestDeserialize(Buffer.concat(chunks)) as WireBatch));
      response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function flatten(batch: WireBatch): CollectedSpan[] {
  return batch.resource_spans.flatMap(({ resource, scope_spans: scopes }) => {
    const service = String(toRecord(resource.attributes)["service.name"]);
    return scopes.flatMap(({ spans }) => spans.map((span) => toSpan(service, span)));
  });
}

function toSpan(service: string, span: WireSpan): CollectedSpan {
  return {
    service,
    traceId: span.trace_id.toString("hex"),
    spanId: span.span_id.toString("hex"),
    parentId: span.parent_span_id.toString("hex"),
    name: span.name,
    kind: KINDS[span.kind] ?? "internal",
    attributes: toRecord(span.attributes),
    links: span.links.map((link) => link.span_id.toString("hex")),
    failed: span.status?.code === ERROR_STATUS,
  };
}

function toRecord(pairs: readonly Pair[]): Record<string, unknown> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, value[value.value]]));
}

import { type Attributes, SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { InMemorySpanExporter, ParentBasedSampler, AlwaysOffSampler, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { type NatsServer, startNatsServer } from "@fairlead/testing/nats-server";
import { connect, type MsgHdrs } from "nats";
import { connectNatsBus } from "../src/nats-bus.ts";
import { drivers } from "./drivers.ts";
import { fact, freshDurable, freshName } from "./fact.ts";
import { until } from "./until.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = "b7ad6b7169203331";
const SAMPLED = `00-${TRACE}-${PARENT}-01`;

function recorder() {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({
    sampler: new ParentBasedSampler({ root: new AlwaysOffSampler() }),
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  });
  return { exporter, tracer: provider.getTracer("test") };
}

function ofKind(exporter: InMemorySpanExporter, kind: SpanKind): ReadableSpan[] {
  return exporter.getFinishedSpans().filter((span) => span.kind === kind);
}

describe.each(drivers)("traces of a bus ($name)", (driver) => {
  const system = driver.name === "local" ? "in_process" : "nats";
  beforeAll(() => driver.start());
  afterAll(() => driver.stop());

  function expected(operation: string, destination: string, more: Attributes = {}): Attributes {
    return {
      "messaging.system": system,
      "messaging.operation.name": operation,
      "messaging.operation.type": operation,
      "messaging.destination.name": destination,
      "messaging.message.id": "1",
      ...more,
    };
  }

  it("shows the sending of a fact in the trace of its sender, and its processing linked to that", async () => {
    const { exporter, tracer } = recorder();
    const bus = await driver.open({ tracer });
    const events: string[] = [];
    bus.subscribe("traced.*", (all) => events.push(...all.map(({ traceParent }) => traceParent)));
    bus.publish("traced.a", fact("1", { traceParent: SAMPLED }));
    await until(() => ofKind(exporter, SpanKind.CONSUMER).length === 1);
    const [sent] = ofKind(exporter, SpanKind.PRODUCER);
    const [processed] = ofKind(exporter, SpanKind.CONSUMER);
    expect(sent).toMatchObject({ name: "send traced.a", attributes: expected("send", "traced.a") });
    expect(sent?.spanContext().traceId).toBe(TRACE);
    expect(sent?.parentSpanContext?.spanId).toBe(PARENT);
    expect(processed).toMatchObject({ name: "process traced.a", attributes: expected("process", "traced.a") });
    expect(processed?.spanContext().traceId).toBe(TRACE);
    const sender = sent?.spanContext().spanId;
    expect(processed?.parentSpanContext?.spanId).toBe(sender);
    expect(processed?.links.map(({ context }) => [context.traceId, context.spanId])).toEqual([[TRACE, sender]]);
    expect(events).toEqual([`00-${TRACE}-${sender}-01`]);
  });

  it("shows each delivery of a durable event, and marks the one that failed", async () => {
    const { exporter, tracer } = recorder();
    const bus = await driver.open({ tracer, redeliveryMs: 10 });
    const subject = freshDurable();
    const name = freshName();
    let deliveries = 0;
    bus.consume({ name, subject }, async () => {
      if (++deliveries === 1) throw new Error("not now");
    });
    await bus.publishDurable(subject, fact("1", { traceParent: SAMPLED }));
    await until(() => ofKind(exporter, SpanKind.CONSUMER).length === 2);
    const spans = ofKind(exporter, SpanKind.CONSUMER);
    expect(spans.map(({ status }) => status.code)).toEqual([SpanStatusCode.ERROR, SpanStatusCode.UNSET]);
    for (const span of spans) {
      expect(span.attributes).toEqual(expected("process", subject, { "messaging.consumer.group.name": name }));
      expect(span.links[0]?.context.spanId).toBe(ofKind(exporter, SpanKind.PRODUCER)[0]?.spanContext().spanId);
    }
  });

  it.each([
    ["not sampled", `00-${TRACE}-${PARENT}-00`],
    ["not there", ""],
    ["broken", "00-zz-zz-01"],
    ["all zeros", `00-${"0".repeat(32)}-${"0".repeat(16)}-01`],
  ])("makes no span for a trace that is %s", async (_, traceParent) => {
    const { exporter, tracer } = recorder();
    const bus = await driver.open({ tracer });
    const seen: string[] = [];
    bus.subscribe("untraced.*", (all) => seen.push(...all.map((event) => event.traceParent)));
    bus.publish("untraced.a", fact("1", { traceParent }));
    await until(() => seen.length === 1);
    expect(seen).toEqual([traceParent]);
    expect(exporter.getFinishedSpans()).toEqual([]);
  });
});

describe("headers of a bus over NATS", () => {
  let server: NatsServer;
  beforeAll(async () => void (server = await startNatsServer()));
  afterAll(() => server.stop());

  it("name the trace of the first traced event, for plain and for durable subjects", async () => {
    const { exporter, tracer } = recorder();
    const bus = await connectNatsBus({ servers: [server.url], name: "test", tracer });
    const raw = await connect({ servers: server.url });
    const seen: (MsgHdrs | undefined)[] = [];
    raw.subscribe("fairlead.>", { callback: (_, message) => seen.push(message.headers) });
    await raw.flush();
    bus.publish("fairlead.v1.alert.changed.info", fact("0"));
    bus.publish("fairlead.v1.alert.changed.info", fact("1", { traceParent: SAMPLED }));
    bus.publish("fairlead.v1.alert.changed.untraced", fact("2"));
    await bus.publishDurable(freshDurable(), fact("3", { traceParent: SAMPLED }));
    await until(() => seen.length === 3);
    const [plain, durable] = ofKind(exporter, SpanKind.PRODUCER).map((span) => `00-${TRACE}-${span.spanContext().spanId}-01`);
    expect(seen.map((headers) => headers?.get("traceparent"))).toEqual([plain, undefined, durable]);
    await raw.close();
    await bus.close();
  });
});

import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { trace } from "@opentelemetry/api";
import { Registry } from "prom-client";
import { startTelemetry, type Telemetry } from "./telemetry.ts";
import { telemetryResource } from "./telemetry-resource.ts";

const VARIABLES = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_RESOURCE_ATTRIBUTES", "OTEL_SERVICE_NAME", "OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG"];
/** More spans than are kept for a collector that does not take them. */
const FLOOD = 40_000;

afterEach(() => {
  for (const name of VARIABLES) delete process.env[name];
  trace.disable();
});

describe("who the spans of a process are from", () => {
  it("is told by what the process knows, and by what its pod adds", () => {
    process.env["OTEL_RESOURCE_ATTRIBUTES"] = "k8s.pod.name=router-7d9,k8s.namespace.name=mesh,service.version=1.2.3,service.namespace=other";
    expect(telemetryResource("router", "router-1").attributes).toMatchObject({
      "service.name": "router",
      "service.instance.id": "router-1",
      "service.namespace": "other",
      "service.version": "1.2.3",
      "k8s.pod.name": "router-7d9",
      "k8s.namespace.name": "mesh",
      "host.name": expect.any(String),
      "telemetry.sdk.language": "nodejs",
    });
  });

  it("keeps the service's name whatever the attributes say, and gives way to OTEL_SERVICE_NAME", () => {
    process.env["OTEL_RESOURCE_ATTRIBUTES"] = "service.name=fairlead";
    expect(telemetryResource("router", "router-1").attributes["service.name"]).toBe("router");
    process.env["OTEL_SERVICE_NAME"] = "router-blue";
    expect(telemetryResource("router", "router-1").attributes["service.name"]).toBe("router-blue");
  });
});

describe("exporting spans", () => {
  let server: Server;
  let received: number;
  let held: ServerResponse[];
  let telemetry: Telemetry;
  let metrics: Registry;

  /** A collector that answers as it is told to; undefined: it takes the spans and says nothing. */
  async function startWith(answer: number | undefined): Promise<void> {
    received = 0;
    held = [];
    server = createServer((request, response) => {
      request.resume().on("end", () => {
        received += 1;
        if (answer === undefined) held.push(response);
        else response.writeHead(answer, { "content-type": "application/x-protobuf" }).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    metrics = new Registry();
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint;
    telemetry = await startTelemetry({ serviceName: "router", instance: "router-1", endpoint, metrics });
  }

  afterEach(async () => {
    // Whoever still waits is let go, or it would try again until its time is over.
    for (const response of held) response.end();
    await telemetry.close().catch(() => undefined);
    server.closeAllConnections();
    server.close();
  });

  const spans = (count: number) => {
    const tracer = trace.getTracer("test");
    for (let index = 0; index < count; index++) tracer.startSpan("span").end();
  };
  const dropped = async (reason: string) => {
    const { values = [] } = (await metrics.getSingleMetric("fairlead_spans_dropped_total")?.get()) ?? {};
    return values.find(({ labels }) => labels["reason"] === reason)?.value;
  };

  it("sends what is waiting when the process ends, and counts nothing as dropped", async () => {
    await startWith(200);
    spans(5_000);
    await telemetry.close();
    expect(received).toBe(5);
    expect(await dropped("queue_full")).toBe(0);
    expect(await dropped("export_failed")).toBe(0);
  });

  it("counts spans that a collector refuses", async () => {
    await startWith(400);
    spans(10);
    await telemetry.close().catch(() => undefined);
    expect(await dropped("export_failed")).toBe(10);
  });

  it("drops and counts what a collector that hangs does not take, and makes nobody wait for it", async () => {
    await startWith(undefined);
    spans(FLOOD);
    const lost = Number(await dropped("queue_full"));
    // One batch may be under way beside the queue.
    expect(lost).toBeGreaterThanOrEqual(FLOOD - 16_384 - 1_024);
    expect(lost).toBeLessThanOrEqual(FLOOD - 16_384);
    const from = performance.now();
    await telemetry.close();
    expect(performance.now() - from).toBeLessThan(8_000);
    expect(held.length).toBeGreaterThan(0);
  });

  it("follows the sampler that the environment names: what its root does not sample is not sent", async () => {
    process.env["OTEL_TRACES_SAMPLER"] = "parentbased_traceidratio";
    process.env["OTEL_TRACES_SAMPLER_ARG"] = "0";
    await startWith(200);
    spans(1_000);
    await telemetry.close();
    expect(received).toBe(0);
  });
});

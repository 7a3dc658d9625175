import { chat, send } from "./support/http.ts";
import { type MeshShape, startMesh } from "./support/start-mesh.ts";
import { simulatorControl } from "./support/simulator-control.ts";
import { type CollectedSpan, startTraceCollector, type TraceCollector } from "./support/trace-collector.ts";
import { until } from "./support/until.ts";

const MINUTE = 60_000;
const GENERATE = "fairlead.routing.v1.RouterService/Generate";
const EXECUTE = "fairlead.execution.v1.ExecutionService/Execute";
const CHAT = "fairlead.adapter.v1.AdapterService/Chat";

describe("the trace of a request through a mesh of processes", () => {
  let collector: TraceCollector;
  let shape: MeshShape;

  beforeAll(async () => {
    collector = await startTraceCollector();
    shape = await startMesh({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  }, 2 * MINUTE);

  afterAll(async () => {
    await shape?.close();
    await collector?.close();
  }, MINUTE);

  it("is one tree from the edge to the provider's HTTP call, over a fallback, and on to the consumers of its events", async () => {
    const simulator = simulatorControl(shape.simulatorUrl);
    await simulator.setFaults([{ provider: "openai", kind: "status", status: 503 }]);
    const { headers, body } = await send("POST", `${shape.httpUrl}/v1/chat/completions`, chat("Hello.", { model: "gpt-4o" }));
    const traceId = headers.get("x-fairlead-trace-id") ?? "";
    const winner: { provider: string; model: string } = body.fairlead;

    const ofTrace = () => collector.spans.filter((span) => span.traceId === traceId);
    const named = (service: string, name: string | RegExp, kind: CollectedSpan["kind"]) =>
      ofTrace().filter((span) => span.service === service && span.kind === kind && (typeof name === "string" ? span.name === name : name.test(span.name)));
    await until("the consumers' spans", () => ["cost-optimizer", "load-balancer", "sla-monitor"].every((service) => named(service, /^process /, "consumer").length > 0));
    await until("the edge's span", () => named("gateway", "POST /v1/chat/completions", "server")[0]);
    await until("the adapter's spans", () => named(`adapter-${winner.provider}`, `chat ${winner.model}`, "client")[0]);
    // Services tell their spans in batches of their own, so that a span may come after those below it.
    const isWhole = () => ofTrace().every(({ parentId }) => parentId === "" || ofTrace().some(({ spanId }) => spanId === parentId));
    await until("the spans between", isWhole);

    const spans = ofTrace();
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    const parentOf = (span: CollectedSpan | undefined) => byId.get(span?.parentId ?? "");
    const roots = spans.filter(({ parentId }) => parentId === "");
    expect(roots.map(({ service, name }) => [service, name])).toEqual([["gateway", "POST /v1/chat/completions"]]);
    expect(spans.filter((span) => span.parentId !== "" && !byId.has(span.parentId))).toEqual([]);

    const http = named(`adapter-${winner.provider}`, "POST", "client")[0];
    const path: string[] = [];
    for (let span: CollectedSpan | undefined = http; span !== undefined; span = parentOf(span)) path.unshift(`${span.service} ${span.kind} ${span.name}`);
    expect(path).toEqual([
      "gateway server POST /v1/chat/completions",
      `gateway client ${GENERATE}`,
      `router server ${GENERATE}`,
      `router client ${EXECUTE}`,
      `fallback-manager server ${EXECUTE}`,
      "fallback-manager internal fairlead.attempt",
      `fallback-manager client ${CHAT}`,
      `adapter-${winner.provider} server ${CHAT}`,
      `adapter-${winner.provider} client chat ${winner.model}`,
      `adapter-${winner.provider} client POST`,
    ]);
    expect(http?.attributes).toMatchObject({ "http.request.method": "POST", "http.response.status_code": 200 });

    const call = named(`adapter-${winner.provider}`, `chat ${winner.model}`, "client")[0];
    expect(call?.attributes).toMatchObject({
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": expect.any(String),
      "gen_ai.request.model": winner.model,
      "gen_ai.usage.input_tokens": expect.any(Number),
      "gen_ai.usage.output_tokens": expect.any(Number),
    });
    const rpc = named("router", GENERATE, "server")[0];
    expect(rpc?.attributes).toMatchObject({ "rpc.system.name": "grpc", "rpc.method": GENERATE, "rpc.status_code": "OK" });
    const decided = named("router", "fairlead.decide", "internal")[0];
    expect(decided?.attributes).toMatchObject({ "fairlead.strategy": "weighted_composite", "fairlead.confidence": expect.any(Number) });
    const attempts = named("fallback-manager", "fairlead.attempt", "internal");
    expect(attempts.filter(({ failed }) => failed).map(({ attributes }) => attributes["fairlead.provider"])).toContain("openai");
    expect(attempts.filter(({ failed }) => !failed).map(({ attributes }) => attributes["fairlead.provider"])).toEqual([winner.provider]);

    for (const [service, destination] of [
      ["cost-optimizer", "fairlead.v1.cost.incurred.default"],
      ["load-balancer", `fairlead.v1.health.attempt.${winner.provider}`],
      ["sla-monitor", `fairlead.v1.health.attempt.${winner.provider}`],
    ] as const) {
      const consumed = named(service, `process ${destination}`, "consumer")[0];
      expect(consumed?.attributes).toMatchObject({ "messaging.system": "nats", "messaging.destination.name": destination, "messaging.operation.type": "process" });
      const sent = byId.get(consumed?.links[0] ?? "");
      expect(sent).toMatchObject({ service: "fallback-manager", kind: "producer", name: `send ${destination}` });
    }
    const all = JSON.stringify(spans);
    expect(all).not.toContain("Hello.");
    expect(all).not.toContain("simulated-key");
  }, MINUTE);
});

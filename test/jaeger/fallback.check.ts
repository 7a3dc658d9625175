import { installTools } from "../../scripts/tools/install-tools.ts";
import { simulatorControl } from "../support/simulator-control.ts";
import { type MeshShape, startMesh } from "../support/start-mesh.ts";
import { until } from "../support/until.ts";
import { askMesh, CANARIES, refusedForItsBudget, type TracedAnswer } from "./ask-mesh.ts";
import { fallbackTree } from "./fallback-tree.ts";
import { type JaegerSpan, jaegerQuery } from "./jaeger-query.ts";
import { type Jaeger, startJaeger } from "./start-jaeger.ts";
import { drawTree, shapeOf, toTrees, type TreeNode } from "./trace-tree.ts";

const MINUTE = 60_000;
/** As the downward API of Kubernetes tells them. */
const POD = { "k8s.namespace.name": "fairlead", "k8s.node.name": "node-1", "k8s.pod.name": "fairlead-pod-1", "service.version": "1.2.3" };
/** What the model that takes over lets its caller wait for. */
const SLOW_MS = 150;
/** What nobody waits for, so that it may begin after its cause has ended. */
const EVENTS = new Set(["producer", "consumer"]);
/** Spans begin at whole milliseconds, by clocks that agree to about this, in microseconds. */
const CLOCKS = 5_000;
const DRAWN = ["fairlead.strategy", "fairlead.provider", "fairlead.fell_back", "fairlead.attempt.count", "fairlead.cost.usd", "fairlead.queue.wait_ms", "error.type", "http.response.status_code"];

let jaeger: Jaeger;
let shape: MeshShape | undefined;
let query: ReturnType<typeof jaegerQuery>;
let whole: TracedAnswer;
let streamed: TracedAnswer;
let refused: TracedAnswer;

/** Sends the requests, waits until their consumers are done, and ends the mesh, so that every span has been sent. */
beforeAll(async () => {
  jaeger = await startJaeger(installTools(["jaeger"]).jaeger);
  query = jaegerQuery(jaeger.queryUrl);
  const attributes = Object.entries(POD).map(([key, value]) => `${key}=${value}`);
  // Every service, and the two adapters that the requests can reach: more of them would show nothing more.
  shape = await startMesh({ OTEL_EXPORTER_OTLP_ENDPOINT: jaeger.otlpUrl, OTEL_RESOURCE_ATTRIBUTES: attributes.join(","), FAIRLEAD_PROVIDERS: "openai,anthropic" });
  const url = shape.httpUrl;
  const simulator = simulatorControl(shape.simulatorUrl);
  const refusal = { error: { message: CANARIES.refusal, type: "server_error" } };
  await simulator.setFaults([{ provider: "openai", probes: false, kind: "status", status: 503, body: refusal }]);
  await simulator.setModel("anthropic", "claude-haiku-4-5", { text: CANARIES.answer, firstTokenMs: SLOW_MS, chunks: 4 });
  const terms = { tenant: "traced", fallback_models: ["claude-haiku-4-5"] };
  // The first request of a process waits for what is loaded late, and its tree would show that and little else.
  await until("the mesh is warm", async () => (await askMesh(url, { tenant: "first" }, { model: "claude-haiku-4-5" })).status === 200);
  whole = await askMesh(url, terms, { model: "gpt-4o" });
  streamed = await askMesh(url, terms, { model: "gpt-4o-mini", stream: true });
  refused = await refusedForItsBudget(url);
  for (const { traceId } of [whole, streamed]) {
    await until("the consumers' spans", async () => {
      const consumers = (await query.spans(traceId)).filter(({ kind }) => kind === "consumer");
      return consumers.length >= fallbackTree("", false).filter((line) => line.includes(" consumer ")).length;
    }, MINUTE);
  }
  await shape.close();
}, 5 * MINUTE);

afterAll(async () => {
  await shape?.close();
  await jaeger?.close();
}, MINUTE);

async function treeOf({ traceId }: TracedAnswer): Promise<{ spans: JaegerSpan[]; root: TreeNode }> {
  const spans = await query.spans(traceId);
  const [root, ...others] = toTrees(spans);
  if (root === undefined) throw new Error(`Jaeger has no trace ${traceId}`);
  expect(others.map(({ span }) => `${span.service} ${span.name}`)).toEqual([]);
  return { spans, root };
}

describe.each([
  ["answered whole", false, () => whole],
  ["streamed", true, () => streamed],
] as const)("the trace in Jaeger of a request that falls back once and is %s", (_, stream, answer) => {
  const find = (spans: readonly JaegerSpan[], service: string, name: string | RegExp, kind?: string): JaegerSpan[] =>
    spans.filter((span) => span.service === service && (typeof name === "string" ? span.name === name : name.test(span.name)) && (kind === undefined || span.kind === kind));
  const method = stream ? "Stream" : "";

  it("is one tree, from the edge over both attempts to the consumers of its events", async () => {
    expect(answer().status).toBe(200);
    expect(answer().text).toContain('"fell_back":true');
    const { root } = await treeOf(answer());
    process.stdout.write(`\n${drawTree(root, DRAWN)}\n\n`);
    expect(shapeOf(root)).toEqual(fallbackTree(stream ? "gpt-4o-mini" : "gpt-4o", stream));
  });

  it("shows each part of a call inside the one that made it, and the time where it was spent", async () => {
    const { spans, root } = await treeOf(answer());
    // Of clocks Jaeger warns at the first microsecond; whether parts fit is looked at below.
    expect(spans.flatMap(({ warnings }) => warnings.filter((warning) => !warning.startsWith("clock skew")))).toEqual([]);
    const outside: string[] = [];
    const look = ({ span, children }: TreeNode): void => {
      for (const child of children) {
        const early = span.start - child.span.start > CLOCKS;
        const late = child.span.start + child.span.duration - (span.start + span.duration) > CLOCKS;
        if (!EVENTS.has(child.span.kind) && (early || late)) outside.push(`${child.span.service} ${child.span.name}`);
        look(child);
      }
    };
    look(root);
    expect(outside).toEqual([]);
    const [call] = find(spans, "adapter-anthropic", "POST");
    for (let span = call; span !== undefined; span = spans.find(({ spanId }) => spanId === span?.parentId)) {
      expect(span.duration).toBeGreaterThanOrEqual(SLOW_MS * 1_000);
    }
    const [failed] = find(spans, "adapter-openai", /^chat /);
    expect(failed?.duration).toBeLessThan(SLOW_MS * 1_000);
  });

  it("tells by the names of the conventions what was decided, tried, used and paid", async () => {
    const { spans } = await treeOf(answer());
    const model = stream ? "gpt-4o-mini" : "gpt-4o";
    const generate = `fairlead.routing.v1.RouterService/Generate${method}`;
    expect(find(spans, "gateway", "POST /v1/chat/completions")[0]?.tags).toMatchObject({ "http.request.method": "POST", "http.route": "/v1/chat/completions", "http.response.status_code": 200 });
    expect(find(spans, "router", generate, "server")[0]?.tags).toMatchObject({
      "rpc.system.name": "grpc",
      "rpc.method": generate,
      "rpc.status_code": "OK",
      "fairlead.tenant": "traced",
      "fairlead.request.id": expect.any(String),
      "fairlead.strategy": "weighted_composite",
      "fairlead.provider": "anthropic",
      "fairlead.model": "claude-haiku-4-5",
      "fairlead.attempt.count": 2,
      "fairlead.fell_back": true,
      ...(stream ? {} : { "fairlead.cache.state": "bypass" }),
    });
    expect(find(spans, "router", generate, "client")).toEqual([]);
    expect(find(spans, "gateway", generate, "client")[0]?.tags).toMatchObject({ "server.address": "127.0.0.1", "server.port": expect.any(Number) });
    expect(find(spans, "router", "fairlead.decide")[0]?.tags).toMatchObject({
      "fairlead.tenant": "traced",
      "fairlead.strategy": "weighted_composite",
      "fairlead.confidence": expect.any(Number),
      "fairlead.candidates": expect.any(Number),
      "fairlead.snapshot.cost.age_ms": expect.any(Number),
      "fairlead.snapshot.targets.age_ms": expect.any(Number),
    });

    const [first, second] = find(spans, "fallback-manager", "fairlead.attempt").toSorted((a, b) => a.start - b.start);
    expect(first).toMatchObject({ failed: true });
    expect(first?.tags).toMatchObject({
      "fairlead.attempt.number": 1,
      "fairlead.attempt.tier": "primary",
      "fairlead.provider": "openai",
      "fairlead.model": model,
      "fairlead.circuit.state": "closed",
      "fairlead.queue.wait_ms": expect.any(Number),
      "fairlead.cost.usd": 0,
      "error.type": "OVERLOADED",
      "otel.status_code": "ERROR",
      "otel.status_description": "OVERLOADED",
    });
    expect(second).toMatchObject({ failed: false });
    expect(second?.tags).toMatchObject({ "fairlead.attempt.number": 2, "fairlead.provider": "anthropic", "fairlead.model": "claude-haiku-4-5" });
    const paid = Number(second?.tags["fairlead.cost.usd"]);
    expect(paid).toBeGreaterThan(0);
    const execute = `fairlead.execution.v1.ExecutionService/Execute${method}`;
    expect(find(spans, "fallback-manager", execute, "server")[0]?.tags).toMatchObject({ "fairlead.attempt.count": 2, "fairlead.cost.usd": paid, "fairlead.hedged": false });
    expect(find(spans, "router", generate, "server")[0]?.tags["fairlead.cost.usd"]).toBe(paid);

    const [refusedCall] = find(spans, "adapter-openai", `chat ${model}`, "client");
    expect(refusedCall).toMatchObject({ failed: true });
    expect(refusedCall?.tags).toMatchObject({ "gen_ai.provider.name": "openai", "gen_ai.request.model": model, "error.type": "OVERLOADED" });
    expect(find(spans, "adapter-openai", "POST", "client")[0]).toMatchObject({ failed: true, tags: { "http.response.status_code": 503, "error.type": "503" } });
    const [call] = find(spans, "adapter-anthropic", "chat claude-haiku-4-5", "client");
    expect(call?.tags).toMatchObject({
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "anthropic",
      "gen_ai.request.model": "claude-haiku-4-5",
      "gen_ai.request.stream": stream,
      "gen_ai.request.max_tokens": 64,
      "gen_ai.request.temperature": 0.5,
      "gen_ai.output.type": "text",
      "gen_ai.response.id": expect.any(String),
      "gen_ai.response.model": expect.any(String),
      "gen_ai.usage.input_tokens": expect.any(Number),
      "gen_ai.usage.output_tokens": expect.any(Number),
      ...(stream ? { "gen_ai.response.time_to_first_chunk": expect.any(Number) } : {}),
    });
  });

  it("links what consumers do to the span that sent it", async () => {
    const { spans } = await treeOf(answer());
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    const consumers = spans.filter(({ kind }) => kind === "consumer");
    for (const consumer of consumers) {
      const destination = consumer.name.replace(/^process /, "");
      expect(consumer.tags).toMatchObject({ "messaging.system": "nats", "messaging.operation.name": "process", "messaging.operation.type": "process", "messaging.destination.name": destination });
      const sender = byId.get(consumer.parentId);
      expect(sender).toMatchObject({ kind: "producer", name: `send ${destination}`, tags: { "messaging.operation.type": "send", "messaging.message.id": consumer.tags["messaging.message.id"] } });
      expect(consumer.follows).toBe(true);
    }
    const booked = find(spans, "cost-optimizer", "process fairlead.v1.cost.incurred.traced")[0];
    expect(booked?.tags["messaging.consumer.group.name"]).toEqual(expect.any(String));
  });

  it("says of every span which pod, node and version it is from", async () => {
    const { spans } = await treeOf(answer());
    for (const { service, resource } of spans) {
      expect(resource).toMatchObject({ ...POD, "service.namespace": "fairlead", "service.instance.id": expect.stringContaining(service.replace(/^adapter-.*/, "adapter")) });
    }
  });

  it("holds no content and no key", async () => {
    const text = await query.raw(answer().traceId);
    for (const canary of [...Object.values(CANARIES), "canary", "simulated-key"]) expect(text).not.toContain(canary);
  });
});

describe("searching in Jaeger", () => {
  it("finds fallbacks, failures by their kind, and requests of a tenant, by the tags of one span", async () => {
    const both = [whole.traceId, streamed.traceId].toSorted();
    expect((await query.find("router", { "fairlead.fell_back": "true" })).toSorted()).toEqual(both);
    expect((await query.find("router", { "fairlead.tenant": "traced" })).toSorted()).toEqual(both);
    expect((await query.find("fallback-manager", { "fairlead.provider": "openai", "error.type": "OVERLOADED" })).toSorted()).toEqual(both);
    expect((await query.find("adapter-openai", { "http.response.status_code": "503" })).toSorted()).toEqual(both);
    expect(await query.find("router", { "fairlead.fell_back": "true", "fairlead.tenant": "poor" })).toEqual([]);
  });

  it("finds what a budget refused, by its error and by the budget", async () => {
    expect(JSON.parse(refused.text)).toMatchObject({ error: { code: "budget_exceeded" } });
    const found = await query.find("router", { "error.type": "BUDGET_EXCEEDED", "fairlead.tenant": "poor" });
    expect(found.length).toBeGreaterThan(0);
    const spans = await query.spans(found[0] ?? "");
    expect(spans.find(({ service, kind }) => service === "router" && kind === "server")).toMatchObject({ failed: true, tags: { "fairlead.tenant": "poor" } });
    expect(spans.find(({ name }) => name === "fairlead.decide")?.tags).toMatchObject({ "fairlead.budget.id": "poor" });
    expect(await query.find("router", { "fairlead.budget.id": "poor" })).toEqual(expect.arrayContaining([found[0]]));
  });
});

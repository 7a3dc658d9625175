import { recordingTracer } from "@fairlead/adapter-kit/testing/recording-tracer";
import { ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { ANTHROPIC, ask, type Bench, OPENAI, planOf, startBench } from "./testing/bench.ts";

describe("the span of an execution", () => {
  let bench: Bench;
  let recorded: ReturnType<typeof recordingTracer>;

  beforeEach(async () => {
    recorded = recordingTracer();
    trace.setGlobalTracerProvider({ getTracer: () => recorded.tracer });
    bench = await startBench();
  });

  afterEach(async () => {
    await bench[Symbol.asyncDispose]();
    trace.disable();
  });

  it("tells what it came to, and notes who was left out with nobody called", async () => {
    const call = recorded.tracer.startSpan("call");
    const absent = { provider: "absent", model: "none" };
    const { outcome } = await bench.client.execute(ask(planOf([absent, OPENAI, ANTHROPIC])) as never, { trace: trace.setSpan(ROOT_CONTEXT, call) });
    const told = recorded.spans.find(({ name }) => name === "call");
    expect(told?.events).toEqual([
      {
        name: "fairlead.attempt.skipped",
        attributes: { "fairlead.attempt.number": 1, "fairlead.provider": "absent", "fairlead.model": "none", "error.type": "UNAVAILABLE" },
      },
    ]);
    expect(told?.attributes).toEqual({
      "fairlead.attempt.count": 1,
      "fairlead.cost.usd": Number(outcome?.costNanoUsd) / 1e9,
      "fairlead.hedged": false,
    });
    const attempts = recorded.spans.filter(({ name }) => name === "fairlead.attempt");
    expect(attempts.map(({ attributes }) => [attributes["fairlead.attempt.number"], attributes["fairlead.provider"], attributes["fairlead.queue.wait_ms"]])).toEqual([[2, "openai", 0]]);
  });
});

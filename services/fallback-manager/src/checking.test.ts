import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { FairleadError } from "@fairlead/rpc/fairlead-error";
import { ANTHROPIC, ask, type Bench, OPENAI, planOf, readStream, startBench } from "./testing/bench.ts";
import { until } from "./testing/until.ts";

let bench: Bench;
const TARGETS = [OPENAI, ANTHROPIC];
const REFUSAL = "I'm sorry, but I can't help with that.";
const PERSON = JSON.stringify({ type: "object", properties: { name: { type: "string" } }, required: ["name"], additionalProperties: false });
const asPerson = { responseFormat: { format: { case: "jsonSchema" as const, value: { name: "person", schemaJson: PERSON } } } };
const thrownBy = (work: Promise<unknown>) => work.then(() => undefined as never, (error: unknown) => error as FairleadError);

/** Both models say what is given; the first is asked first. */
function say(first: string, second = "The harbour lies in the north."): void {
  bench.simulator.setModel("openai", "*", { text: first, chunks: 8 });
  bench.simulator.setModel("anthropic", "*", { text: second, chunks: 8 });
}

beforeEach(async () => {
  bench = await startBench();
});

afterEach(() => bench[Symbol.asyncDispose]());

describe("checking an answer", () => {
  it("takes the next target's where the first refuses, and accounts for both", async () => {
    say(REFUSAL);
    const { chat, outcome } = await bench.client.execute(ask(planOf(TARGETS, { checks: { refusal: true } })) as never);
    expect(JSON.stringify(chat?.choices)).toContain("north");
    expect(outcome?.attempts).toMatchObject([{ ...OPENAI, errorCode: ErrorCode.QUALITY_REJECTED, failedCheck: "refusal" }, { ...ANTHROPIC, failedCheck: "" }]);
    expect(outcome?.attempts.every(({ costNanoUsd }) => costNanoUsd > 0n)).toBe(true);
    expect(outcome?.costNanoUsd).toBe((outcome?.attempts ?? []).reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0n));
    expect(await bench.metrics.metrics()).toMatch(/fairlead_checks_failed_total\{check="refusal"\} 1/);
  });

  it("hands a refusal on where nobody asked to check", async () => {
    say(REFUSAL);
    const { outcome } = await bench.client.execute(ask(planOf(TARGETS)) as never);
    expect(outcome?.provider).toBe("openai");
  });

  it("tells the check and no word of the answers where every target fails, and blames no target", async () => {
    say(REFUSAL, `${REFUSAL} Secret harbour.`);
    const plan = planOf(TARGETS, { checks: { refusal: true } });
    for (let count = 0; count < 6; count++) {
      const error = await thrownBy(bench.client.execute(ask(plan) as never));
      expect(error.code).toBe(ErrorCode.QUALITY_REJECTED);
      expect(error.detail.attempts.map(({ failedCheck }) => failedCheck)).toEqual(["refusal", "refusal"]);
      expect(error.message + JSON.stringify(error.detail.attempts.map(({ errorMessage }) => errorMessage))).not.toContain("harbour");
    }
    expect((await bench.client.listCircuits({})).circuits.every(({ consecutiveFailures }) => consecutiveFailures === 0)).toBe(true);
  });

  it.each([
    ["that is no JSON", "Name: Ann"],
    ["that misses a field", "{}"],
    ["in a fence", '```json\n{"name":"Ann"}\n```'],
  ])("takes the next target's where structured output came %s", async (_, text) => {
    say(text, '{"name":"Bob"}');
    const { outcome } = await bench.client.execute(ask(planOf(TARGETS, { checks: { structuredOutput: true } }), undefined, asPerson) as never);
    expect(outcome?.attempts).toMatchObject([{ failedCheck: "structured_output" }, { ...ANTHROPIC, errorCode: ErrorCode.UNSPECIFIED }]);
  });

  it("takes the next target's where a form that had to be emulated is broken, though nobody asked to check", async () => {
    const loose = JSON.stringify({ type: "object", properties: { name: { type: "string" }, age: { type: "integer" } }, required: ["name"] });
    const asked = (strict: boolean) => ({ responseFormat: { format: { case: "jsonSchema" as const, value: { name: "person", schemaJson: loose, strict } } } });
    say("Name: Ann", '{"name":"Bob"}');
    const emulated = await bench.client.execute(ask(planOf(TARGETS), undefined, asked(true)) as never);
    expect(emulated.outcome?.attempts).toMatchObject([{ ...OPENAI, failedCheck: "structured_output" }, { ...ANTHROPIC, errorCode: ErrorCode.UNSPECIFIED }]);
    const asGiven = await bench.client.execute(ask(planOf(TARGETS), undefined, asked(false)) as never);
    expect(asGiven.outcome?.provider).toBe("openai");
  });

  it("takes what matches its schema, and any text where no structure was asked for", async () => {
    say('{"name":"Ann"}');
    const checks = { structuredOutput: true };
    expect((await bench.client.execute(ask(planOf(TARGETS, { checks }), undefined, asPerson) as never)).outcome?.provider).toBe("openai");
    expect((await bench.client.execute(ask(planOf(TARGETS, { checks })) as never)).outcome?.provider).toBe("openai");
  });

  it("refuses a schema that cannot be used before anybody is asked", async () => {
    const remote = { responseFormat: { format: { case: "jsonSchema" as const, value: { name: "x", schemaJson: '{"$ref":"https://example.com/x"}' } } } };
    const error = await thrownBy(bench.client.execute(ask(planOf(TARGETS, { checks: { structuredOutput: true } }), undefined, remote) as never));
    expect(error.code).toBe(ErrorCode.INVALID_REQUEST);
    expect(error.detail.violations[0]?.field).toContain("schema_json");
    expect(bench.simulator.requests()).toEqual([]);
  });

  it("takes the next target's where the score is too low, and tells the score that was enough", async () => {
    say("ships and ships and ships and ".repeat(20));
    const { outcome } = await bench.client.execute(ask(planOf(TARGETS, { checks: { minScore: 0.6 } })) as never);
    expect(outcome?.attempts).toMatchObject([{ failedCheck: "score" }, { ...ANTHROPIC }]);
    expect(outcome?.qualityScore).toBe(1);
    await until(() => bench.facts("attemptFinished").length === 2);
    expect(bench.facts("attemptFinished").map(({ qualityScore }) => qualityScore)).toEqual([0.2, 1]);
  });

  it("takes the next target's where the answer does not rest on the request", async () => {
    const source = "The harbour of Vik was built in 1904 and has 12 berths. Which year?";
    say("The harbour of Vik was built in 1923.", "The harbour of Vik was built in 1904.");
    const { outcome } = await bench.client.execute(ask(planOf(TARGETS, { checks: { minGrounding: 1 } }), source) as never);
    expect(outcome?.attempts).toMatchObject([{ failedCheck: "grounding" }, { ...ANTHROPIC }]);
  });
});

describe("checking a stream", () => {
  it("falls back where it begins as a refusal, also in small pieces", async () => {
    say(REFUSAL);
    const { text, outcome } = await readStream(bench.client, ask(planOf(TARGETS, { checks: { refusal: true } })));
    expect(text).toBe("The harbour lies in the north.");
    expect(outcome?.attempts).toMatchObject([{ ...OPENAI, failedCheck: "refusal" }, { ...ANTHROPIC }]);
    expect(outcome?.attempts[0]?.costNanoUsd).toBeGreaterThan(0n);
  });

  it("begins to hand on before its end what does not begin as a refusal", async () => {
    bench.simulator.setModel("openai", "*", { text: "The harbour lies in the north. ".repeat(40), chunks: 60, tokensPerSecond: 400 });
    const { text, messages } = await readStream(bench.client, ask(planOf([OPENAI], { checks: { refusal: true } })));
    expect(text).toBe("The harbour lies in the north. ".repeat(40));
    expect(messages).toBeGreaterThan(5);
  });

  it("waits no longer than a second for the start of a slow answer", async () => {
    bench.simulator.setModel("openai", "*", { text: "A slow answer comes.", chunks: 5, tokensPerSecond: 2 });
    const started = performance.now();
    let firstAt = 0;
    for await (const { deltas } of bench.client.executeStream(ask(planOf([OPENAI], { checks: { refusal: true } })) as never)) {
      if (deltas.length > 0 && firstAt === 0) firstAt = performance.now() - started;
    }
    const took = performance.now() - started;
    expect(firstAt).toBeLessThan(took - 500);
    expect(firstAt).toBeLessThan(2_500);
  });

  it("is held back until its end where all of it is to be checked", async () => {
    say("Name: Ann", '{"name":"Bob"}');
    const checks = { structuredOutput: true, holdStream: true };
    const { text, outcome } = await readStream(bench.client, ask(planOf(TARGETS, { checks }), undefined, asPerson));
    expect(JSON.parse(text)).toEqual({ name: "Bob" });
    expect(outcome?.attempts).toMatchObject([{ failedCheck: "structured_output" }, { ...ANTHROPIC }]);
    expect(outcome?.firstTokenMs).toBeGreaterThan(0);
    const unheld = await readStream(bench.client, ask(planOf(TARGETS, { checks: { structuredOutput: true } }), undefined, asPerson));
    expect(unheld.text).toBe("Name: Ann");
  });

  it("falls back from what is larger than may be held", async () => {
    await using small = await startBench({ heldStreamBytes: 1_024 });
    small.simulator.setModel("openai", "*", { text: "x ".repeat(2_000), chunks: 10 });
    small.simulator.setModel("anthropic", "*", { text: "Short." });
    const { outcome } = await readStream(small.client, ask(planOf(TARGETS, { checks: { refusal: true, holdStream: true } })));
    expect(outcome?.attempts[0]).toMatchObject({ ...OPENAI, errorCode: ErrorCode.MALFORMED_ANSWER });
  });
});

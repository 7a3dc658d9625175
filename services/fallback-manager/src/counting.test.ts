import { create } from "@bufbuild/protobuf";
import { type CountTokensRequest, CountTokensResponseSchema } from "@fairlead/contracts/adapter/v1/adapter_service";
import { CircuitState } from "@fairlead/contracts/execution/v1/circuit";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { type FairleadError, failure } from "@fairlead/rpc/fairlead-error";
import { ask, type Bench, OPENAI, planOf, startBench } from "./testing/bench.ts";

let bench: Bench;
const FIRST = { provider: "first", model: "one" };
const SECOND = { provider: "second", model: "two", deployment: "east" };
const limits = { totalMs: 2_000, maxAttempts: 6 };
const thrownBy = (work: Promise<unknown>) => work.then(() => undefined as never, (error: unknown) => error as FairleadError);

const count = (targets: readonly object[], more: object = {}, text?: string) => {
  const { plan, chat, account } = ask(planOf(targets, { limits: { ...limits, ...more } }), text);
  return bench.client.executeCountTokens({ plan, chat, requestId: account.requestId } as never);
};

/** An adapter that counts what is given, or fails. It keeps what it was asked. */
async function counts(provider: string, answer: number | ErrorCode, estimated = false): Promise<CountTokensRequest[]> {
  const asked: CountTokensRequest[] = [];
  await bench.serve(provider, {
    async countTokens(request) {
      asked.push(request);
      if (answer < 100) throw failure(answer, "It failed.");
      return create(CountTokensResponseSchema, { inputTokens: answer, estimated });
    },
  });
  return asked;
}

beforeEach(async () => {
  bench = await startBench();
});

afterEach(() => bench[Symbol.asyncDispose]());

describe("counting the tokens of a prompt", () => {
  it("asks the first target by its own name, and accounts for nothing", async () => {
    const [first, second] = [await counts("first", 123), await counts("second", 456)];
    const counted = await count([{ ...FIRST, askedModel: "one-2026-01-31" }, SECOND]);
    expect(counted).toMatchObject({ inputTokens: 123, estimated: false, ...FIRST });
    expect(first).toMatchObject([{ chat: { model: "one-2026-01-31" }, deployment: "" }]);
    expect(second).toEqual([]);
    expect([bench.facts("costIncurred"), bench.facts("attemptFinished")]).toEqual([[], []]);
  });

  it("goes on to the next where one fails, and opens no circuit for it", async () => {
    await counts("first", ErrorCode.PROVIDER_ERROR);
    const second = await counts("second", 456, true);
    for (let index = 0; index < 6; index++) await count([FIRST, SECOND]);
    expect(await count([FIRST, SECOND])).toMatchObject({ inputTokens: 456, estimated: true, provider: "second", model: "two" });
    expect(second.at(-1)).toMatchObject({ deployment: "east", chat: { model: "two" } });
    expect((await bench.client.listCircuits({})).circuits).toEqual([]);
  });

  it("ends with what is the caller's own fault, and with the last failure where all fail", async () => {
    await counts("first", ErrorCode.INVALID_REQUEST);
    const second = await counts("second", ErrorCode.RATE_LIMITED);
    expect((await thrownBy(count([FIRST, SECOND]))).code).toBe(ErrorCode.INVALID_REQUEST);
    expect(second).toEqual([]);
    expect((await thrownBy(count([SECOND, { provider: "gone", model: "x" }], { maxAttempts: 1 }))).code).toBe(ErrorCode.RATE_LIMITED);
    expect((await thrownBy(count([{ provider: "gone", model: "x" }]))).code).toBe(ErrorCode.UNAVAILABLE);
    expect((await thrownBy(count([]))).code).toBe(ErrorCode.NO_TARGET);
  });

  it("estimates where no adapter that was asked knows how, and nowhere else", async () => {
    await bench.serve("first", {});
    const estimate = await count([FIRST, FIRST], {}, "word ".repeat(400));
    expect(estimate).toMatchObject({ estimated: true, ...FIRST });
    expect(estimate.inputTokens).toBeGreaterThan(400);
    await counts("second", 456);
    expect(await count([FIRST, SECOND])).toMatchObject({ inputTokens: 456, estimated: false, provider: "second" });
    await counts("third", ErrorCode.PROVIDER_ERROR);
    expect((await thrownBy(count([FIRST, { provider: "third", model: "x" }]))).code).toBe(ErrorCode.PROVIDER_ERROR);
  });

  it("does not ask a target whose circuit is open", async () => {
    bench.simulator.setFaults([{ kind: "status", provider: "openai", status: 500 }]);
    const plan = planOf([OPENAI], { limits });
    for (let index = 0; index < 5; index++) await thrownBy(bench.client.execute(ask(plan) as never));
    expect((await bench.client.listCircuits({})).circuits).toMatchObject([{ ...OPENAI, state: CircuitState.OPEN }]);
    await counts("second", 456);
    expect(await count([OPENAI, SECOND], { maxAttempts: 1 })).toMatchObject({ provider: "second" });
    expect((await thrownBy(count([OPENAI]))).code).toBe(ErrorCode.CIRCUIT_OPEN);
  });

  it("waits for one target only so long, and for all of them no longer than the request may take", async () => {
    const started = performance.now();
    await bench.serve("first", { countTokens: (_, { signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))) });
    await counts("second", 456);
    expect(await count([FIRST, SECOND], { attemptMs: 50 })).toMatchObject({ provider: "second" });
    expect((await thrownBy(count([FIRST, SECOND], { totalMs: 50 }))).code).toBe(ErrorCode.TIMEOUT);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { TokenUsageSchema } from "@fairlead/contracts/chat/v1/usage";
import { ModelPriceSchema } from "@fairlead/contracts/cost/v1/price";
import fc from "fast-check";
import {
  advanceEffectivePrice,
  type EffectivePriceState,
  type PricedCall,
  readEffectivePrice,
} from "./advance-effective-price.ts";
import { priceUsage } from "./price-usage.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Three dollars in, fifteen out, three tenths for a cached token. */
const PRICE = create(ModelPriceSchema, { input: 3_000_000_000n, output: 15_000_000_000n, cacheRead: 300_000_000n });

describe("advanceEffectivePrice", () => {
  it("measures the list price where nothing is cached", () => {
    const measured = measure([call({ inputTokens: 1000, outputTokens: 100 }, 0)], HOUR);
    expect(measured).toMatchObject({
      input: 3_000_000_000n,
      output: 15_000_000_000n,
      cacheHitShare: 0,
      calls: expect.closeTo(1, 1),
    });
    expect(measured?.blended).toBe(4_090_909_091n);
  });

  it("counts what cache hits save", () => {
    const measured = measure([call({ inputTokens: 500, cacheReadTokens: 500, outputTokens: 1 }, 0)], 0);
    expect(measured).toMatchObject({ input: 1_650_000_000n, cacheHitShare: 0.5 });
  });

  it("measures the base rates whatever the length of the prompts, and tells how long they were on average", () => {
    const long = { aboveTokens: 1_000, input: 6_000_000_000n, output: 20_000_000_000n, cacheRead: 900_000_000n };
    const stepped = create(ModelPriceSchema, { input: PRICE.input, output: PRICE.output, cacheRead: 300_000_000n, longPrompt: [long] });
    const usages = [{ inputTokens: 500, cacheReadTokens: 500, outputTokens: 100 }, { inputTokens: 1_500, cacheReadTokens: 1_500, outputTokens: 300 }];
    const measured = measure(usages.map((usage) => call(usage, 0, stepped)), 0);
    expect(measured).toMatchObject({ output: 15_000_000_000n, input: 1_650_000_000n, cacheHitShare: 0.5, promptTokens: 2_000 });
    expect(measured).toEqual(measure(usages.map((usage) => call(usage, 0)), 0));
  });

  it("follows a change of price, half within a half-life of even traffic", () => {
    const cheap = create(ModelPriceSchema, { input: 1_000_000_000n, output: 1_000_000_000n });
    const hours = (from: number, count: number, price = PRICE) =>
      Array.from({ length: count }, (_, hour) => call({ inputTokens: 1000 }, from + hour * HOUR, price));
    const measured = measure([...hours(0, 240), ...hours(10 * DAY, 24, cheap)], 11 * DAY);
    expect(Number(measured?.input) / 1e9).toBeGreaterThan(1.9);
    expect(Number(measured?.input) / 1e9).toBeLessThan(2.1);
  });

  it("tells the tokens of a day of even traffic, also when it began a few hours ago", () => {
    for (const hours of [6, 48, 480]) {
      const calls = Array.from({ length: hours * 4 }, (_, quarter) =>
        call({ inputTokens: 100, outputTokens: 10 }, (quarter * HOUR) / 4),
      );
      const measured = measure(calls, hours * HOUR);
      expect(measured?.inputTokensPerDay).toBeGreaterThan(9600 * 0.97);
      expect(measured?.inputTokensPerDay).toBeLessThan(9600 * 1.03);
    }
  });

  it("says nothing of prices where no token was seen, and nothing of answers where there was none", () => {
    expect(measure([call({}, 0)], 0)).toBeUndefined();
    expect(measure([call({ inputTokens: 10 }, 0)], 0)?.output).toBeUndefined();
  });

  it("does not depend on the order in which calls arrive", () => {
    const anyCall = fc.record({
      at: fc.integer({ min: 0, max: 5 * DAY }),
      input: fc.nat({ max: 1e5 }),
      output: fc.nat({ max: 1e4 }),
    });
    fc.assert(
      fc.property(fc.array(anyCall, { minLength: 1, maxLength: 20 }), (rows) => {
        const calls = rows.map(({ at, input, output }) => call({ inputTokens: input, outputTokens: output }, at));
        const one = fold(calls);
        const other = fold(calls.toReversed());
        expect(other.atMs).toBe(one.atMs);
        expect(other.inputNanoUsd).toBeCloseTo(one.inputNanoUsd, -3);
        expect(other.calls).toBeCloseTo(one.calls, 6);
      }),
    );
  });

  it("survives JSON", () => {
    const state = fold([call({ inputTokens: 3, outputTokens: 4 }, 5)]);
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  });
});

function call(init: MessageInitShape<typeof TokenUsageSchema>, atMs: number, price = PRICE): PricedCall {
  const usage = create(TokenUsageSchema, init);
  return { usage, costNanoUsd: priceUsage(price, usage), price, atMs };
}

function fold(calls: readonly PricedCall[]): EffectivePriceState {
  const [first, ...rest] = calls;
  return rest.reduce((state, next) => advanceEffectivePrice(state, next), advanceEffectivePrice(undefined, first!));
}

function measure(calls: readonly PricedCall[], nowMs: number) {
  return readEffectivePrice(fold(calls), nowMs);
}

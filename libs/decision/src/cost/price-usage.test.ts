import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { type TokenUsage, TokenUsageSchema } from "@fairlead/contracts/chat/v1/usage";
import { type ModelPrice, ModelPriceSchema } from "@fairlead/contracts/cost/v1/price";
import fc from "fast-check";
import { priceUsage } from "./price-usage.ts";
import { worstCaseCost } from "./worst-case-cost.ts";

const amount = fc.bigInt({ min: 0n, max: 1_000_000_000_000_000n });
const tokens = fc.oneof(fc.integer({ min: 0, max: 200_000 }), fc.integer({ min: 0, max: 1_000_000_000 }));
const optionalAmounts = fc.record(
  {
    cacheRead: amount,
    cacheWrite: amount,
    reasoning: amount,
    audioInput: amount,
    audioOutput: amount,
    imageInput: amount,
    imageOutput: amount,
  },
  { requiredKeys: [] },
);
const anyPrice = fc
  .tuple(amount, amount, optionalAmounts)
  .map(([input, output, others]) => create(ModelPriceSchema, { input, output, ...others }));
const anyUsage = fc
  .record({
    inputTokens: tokens,
    cacheReadTokens: tokens,
    cacheWriteTokens: tokens,
    outputTokens: tokens,
    reasoningTokens: tokens,
    audioInputTokens: tokens,
    audioOutputTokens: tokens,
    imageInputTokens: tokens,
    imageOutputTokens: tokens,
  })
  .map((usage) => create(TokenUsageSchema, usage));

describe("priceUsage", () => {
  it("equals the sum of the exact products, rounded half up once", () => {
    fc.assert(
      fc.property(anyPrice, anyUsage, (price, usage) => {
        const products = exactProducts(price, usage);
        expect(priceUsage(price, usage)).toBe((products + 500_000n) / 1_000_000n);
      }),
    );
  });

  it("bills a bucket without a price of its own like the bucket that its contract names", () => {
    const price = create(ModelPriceSchema, { input: 3_000_000_000n, output: 15_000_000_000n });
    const cost = (usage: MessageInitShape<typeof TokenUsageSchema>) => priceUsage(price, create(TokenUsageSchema, usage));
    for (const bucket of ["inputTokens", "cacheReadTokens", "cacheWriteTokens", "audioInputTokens", "imageInputTokens"]) {
      expect(cost({ [bucket]: 7 })).toBe(21_000n);
    }
    for (const bucket of ["outputTokens", "reasoningTokens", "audioOutputTokens", "imageOutputTokens"]) {
      expect(cost({ [bucket]: 7 })).toBe(105_000n);
    }
  });

  it.each([
    [499_999n, 0n],
    [500_000n, 1n],
    [1_499_999n, 1n],
    [1_500_000n, 2n],
  ])("rounds %s millionths of a nano-dollar to %s", (input, expected) => {
    const price = create(ModelPriceSchema, { input, output: 0n });
    expect(priceUsage(price, create(TokenUsageSchema, { inputTokens: 1 }))).toBe(expected);
  });

  it("stays exact where doubles are not", () => {
    const price = create(ModelPriceSchema, { input: 999_999_999_999_999n, output: 1n });
    const usage = create(TokenUsageSchema, { inputTokens: 1_000_000_000, outputTokens: 500_000 });
    expect(priceUsage(price, usage)).toBe(999_999_999_999_999_001n);
  });
});

describe("worstCaseCost", () => {
  it("is never below the cost of a usage within the same numbers of tokens", () => {
    fc.assert(
      fc.property(anyPrice, anyUsage, (price, usage) => {
        const input =
          usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens + usage.audioInputTokens + usage.imageInputTokens;
        const output = usage.outputTokens + usage.reasoningTokens + usage.audioOutputTokens + usage.imageOutputTokens;
        expect(worstCaseCost(price, input, output)).toBeGreaterThanOrEqual(priceUsage(price, usage));
      }),
    );
  });

  it("takes the dearest bucket and rounds up", () => {
    const price = create(ModelPriceSchema, { input: 1n, cacheWrite: 5n, output: 2n, reasoning: 1n });
    expect(worstCaseCost(price, 200_000, 1)).toBe(2n);
    expect(worstCaseCost(price, 0, 0)).toBe(0n);
    expect(worstCaseCost(create(ModelPriceSchema, { input: 1n }), 0.5, 0)).toBe(1n);
  });
});

function exactProducts(price: ModelPrice, usage: TokenUsage): bigint {
  const rows: readonly (readonly [number, bigint])[] = [
    [usage.inputTokens, price.input],
    [usage.cacheReadTokens, price.cacheRead ?? price.input],
    [usage.cacheWriteTokens, price.cacheWrite ?? price.input],
    [usage.audioInputTokens, price.audioInput ?? price.input],
    [usage.imageInputTokens, price.imageInput ?? price.input],
    [usage.outputTokens, price.output],
    [usage.reasoningTokens, price.reasoning ?? price.output],
    [usage.audioOutputTokens, price.audioOutput ?? price.output],
    [usage.imageOutputTokens, price.imageOutput ?? price.output],
  ];
  return rows.reduce((sum, [count, each]) => sum + BigInt(count) * each, 0n);
}

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { TokenUsageSchema } from "@fairlead/contracts/chat/v1/usage";
import { ModelPriceSchema } from "@fairlead/contracts/cost/v1/price";
import fc from "fast-check";
import { priceAt } from "./price-at.ts";
import { priceUsage } from "./price-usage.ts";

const BUCKETS = [
  ["inputTokens", "input"],
  ["outputTokens", "output"],
  ["cacheReadTokens", "cacheRead"],
  ["cacheWriteTokens", "cacheWrite"],
  ["reasoningTokens", "reasoning"],
  ["audioInputTokens", "audioInput"],
  ["audioOutputTokens", "audioOutput"],
  ["imageInputTokens", "imageInput"],
  ["imageOutputTokens", "imageOutput"],
] as const;
const DOLLAR = 1_000_000_000n;
const CHANGE = Date.parse("2026-03-04T12:00:00Z");

describe("money", () => {
  it("counts every token in exactly one bucket: a token more costs its own bucket's price more, and nothing else", () => {
    // Prices are whole nano-dollars a token here, so that nothing is rounded and each bucket can be told from the sum.
    const prices = Object.fromEntries(BUCKETS.map(([, price], place) => [price, 10n ** BigInt(place) * 1_000_000n]));
    const price = create(ModelPriceSchema, prices);
    const usages = fc.tuple(...BUCKETS.map(() => fc.nat(9)));
    fc.assert(
      fc.property(usages, (counts) => {
        const usage = create(
          TokenUsageSchema,
          Object.fromEntries(BUCKETS.map(([tokens], place) => [tokens, counts[place] ?? 0])),
        );
        const digits = counts.toReversed().join("");
        expect(priceUsage(price, usage)).toBe(BigInt(digits));
      }),
      { seed: 3, numRuns: 500 },
    );
  });

  it("is rounded once, half up, never by more than half a nano-dollar", () => {
    const rate = fc.bigInt({ min: 0n, max: 10n ** 15n });
    fc.assert(
      fc.property(rate, rate, fc.nat(10_000_000), fc.nat(10_000_000), (input, output, inputTokens, outputTokens) => {
        const cost = priceUsage(
          create(ModelPriceSchema, { input, output }),
          create(TokenUsageSchema, { inputTokens, outputTokens }),
        );
        const millionfold = BigInt(inputTokens) * input + BigInt(outputTokens) * output;
        const off = cost * 1_000_000n - millionfold;
        expect(off > -500_000n && off <= 500_000n).toBe(true);
      }),
      { seed: 4, numRuns: 500 },
    );
  });

  it.each([
    [CHANGE - 1, 3n * DOLLAR],
    [CHANGE, 2n * DOLLAR],
    [CHANGE + 1, 2n * DOLLAR],
    [CHANGE + 86_400_000, DOLLAR],
  ])("is that of the price in force when the request was made, at %s to the millisecond", (at, expected) => {
    const prices = [
      create(ModelPriceSchema, { input: DOLLAR, effectiveFrom: timestampFromMs(CHANGE + 86_400_000) }),
      create(ModelPriceSchema, { input: 3n * DOLLAR }),
      create(ModelPriceSchema, { input: 2n * DOLLAR, effectiveFrom: timestampFromMs(CHANGE) }),
    ];
    const price = priceAt(prices, at);
    expect(
      price === undefined ? undefined : priceUsage(price, create(TokenUsageSchema, { inputTokens: 1_000_000 })),
    ).toBe(expected);
  });

  it("of many small requests is the sum of what each cost, without drift", () => {
    const price = create(ModelPriceSchema, { input: 150_000_000n, output: 600_000_000n });
    let sum = 0n;
    for (let each = 0; each < 10_000; each++)
      sum += priceUsage(price, create(TokenUsageSchema, { inputTokens: 1, outputTokens: 1 }));
    expect(sum).toBe(7_500_000n);
  });
});

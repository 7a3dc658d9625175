import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { type TokenUsage, TokenUsageSchema } from "@fairlead/contracts/chat/v1/usage";
import { type ModelPrice, ModelPriceSchema } from "@fairlead/contracts/cost/v1/price";
import fc from "fast-check";
import { affordableOutput } from "./affordable-output.ts";
import { priceUsage } from "./price-usage.ts";
import { dearestRates, promptTokensOf, ratesFor, type TokenRates } from "./rates-for.ts";
import { worstCaseCost } from "./worst-case-cost.ts";

const DOLLAR = 1_000_000_000n;
/** Two dollars in and twelve out; four and eighteen above 200,000 tokens; a cached token costs a tenth of its prompt's rate. */
const PRICE = create(ModelPriceSchema, {
  input: 2n * DOLLAR,
  output: 12n * DOLLAR,
  cacheRead: DOLLAR / 5n,
  longPrompt: [
    { aboveTokens: 200_000, input: 4n * DOLLAR, output: 18n * DOLLAR, cacheRead: (2n * DOLLAR) / 5n },
    { aboveTokens: 500_000, input: 8n * DOLLAR, output: 36n * DOLLAR, cacheRead: (4n * DOLLAR) / 5n },
  ],
});

describe("the rates that the length of a prompt chooses", () => {
  it.each([
    [0, 2n],
    [199_999, 2n],
    [200_000, 2n],
    [200_001, 4n],
    [499_999, 4n],
    [500_000, 4n],
    [500_001, 8n],
    [4_000_000_000, 8n],
  ])("of a prompt of %s tokens are those of the highest threshold below it: %s dollars in", (tokens, dollars) => {
    expect(ratesFor(PRICE, tokens).input).toBe(dollars * DOLLAR);
    const reversed = create(ModelPriceSchema, { ...PRICE, longPrompt: PRICE.longPrompt.toReversed() });
    expect(ratesFor(reversed, tokens).input).toBe(dollars * DOLLAR);
  });

  it("are the price itself where no threshold is passed, so that nothing is made", () => {
    expect(ratesFor(PRICE, 200_000)).toBe(PRICE);
    expect(ratesFor(PRICE, 200_001)).toBe(PRICE.longPrompt[0]);
  });

  it("count the tokens of all input buckets together and none of the answer", () => {
    const buckets = { inputTokens: 1, cacheReadTokens: 20, cacheWriteTokens: 300, audioInputTokens: 4_000, imageInputTokens: 50_000 };
    const answer = { outputTokens: 7, reasoningTokens: 7, audioOutputTokens: 7, imageOutputTokens: 7 };
    expect(promptTokensOf(create(TokenUsageSchema, { ...buckets, ...answer }))).toBe(54_321);
  });
});

describe("the cost of a request with a long prompt", () => {
  it.each<[MessageInitShape<typeof TokenUsageSchema>, bigint]>([
    [{ inputTokens: 200_000, outputTokens: 1_000 }, 412_000_000n],
    [{ inputTokens: 200_001, outputTokens: 1_000 }, 818_004_000n],
    [{ inputTokens: 1, cacheReadTokens: 200_000 }, 80_004_000n],
    [{ inputTokens: 100_000, imageInputTokens: 100_000, reasoningTokens: 1_000 }, 412_000_000n],
    [{ inputTokens: 100_000, audioInputTokens: 100_001, reasoningTokens: 1_000 }, 818_004_000n],
    [{ outputTokens: 900_000 }, 10_800_000_000n],
    [{ cacheWriteTokens: 500_001, outputTokens: 1_000 }, 4_036_008_000n],
  ])("of %j is, answer and caches included, that of its step: %s", (usage, cost) => {
    expect(priceUsage(PRICE, create(TokenUsageSchema, usage))).toBe(cost);
  });

  it("is the exact sum at the chosen rates, rounded half up once", () => {
    fc.assert(
      fc.property(anyPrice, anyUsage, (price, usage) => {
        const products = productsAt(stepOf(price, promptTokensOf(usage)), usage);
        expect(priceUsage(price, usage)).toBe((products + 500_000n) / 1_000_000n);
      }),
      { seed: 5, numRuns: 1_000 },
    );
  });

  it("never falls with a token more while the prompt stays within its step", () => {
    fc.assert(
      fc.property(anyPrice, anyUsage, fc.constantFrom(...BUCKETS), (price, usage, [bucket]) => {
        const more = create(TokenUsageSchema, { ...usage, [bucket]: usage[bucket] + 1 });
        fc.pre(stepOf(price, promptTokensOf(usage)) === stepOf(price, promptTokensOf(more)));
        expect(priceUsage(price, more)).toBeGreaterThanOrEqual(priceUsage(price, usage));
      }),
      { seed: 6, numRuns: 1_000 },
    );
  });
});

describe("the worst case of a request whose prompt may be long", () => {
  it("pays the dearest rates that its bound reaches, and none that it does not", () => {
    expect(worstCaseCost(PRICE, 200_000, 1_000)).toBe(412_000_000n);
    expect(worstCaseCost(PRICE, 200_001, 1_000)).toBe(818_004_000n);
    const longPrompt = [{ aboveTokens: 10, input: DOLLAR, output: 5n * DOLLAR }];
    const cheaper = create(ModelPriceSchema, { input: 8n * DOLLAR, output: DOLLAR, longPrompt });
    expect(dearestRates(cheaper, 10)).toEqual({ input: 8n * DOLLAR, output: DOLLAR });
    expect(dearestRates(cheaper, 11)).toEqual({ input: 8n * DOLLAR, output: 5n * DOLLAR });
  });

  it("is never below what any usage within its bounds costs", () => {
    const slack = fc.nat(300_000);
    fc.assert(
      fc.property(anyPrice, anyUsage, slack, slack, (price, usage, input, output) => {
        const answer = usage.outputTokens + usage.reasoningTokens + usage.audioOutputTokens + usage.imageOutputTokens;
        const worst = worstCaseCost(price, promptTokensOf(usage) + input, answer + output);
        expect(worst).toBeGreaterThanOrEqual(priceUsage(price, usage));
      }),
      { seed: 7, numRuns: 2_000 },
    );
  });

  it("leaves room for the longest answer that an amount affords, and for no longer one", () => {
    expect(affordableOutput(PRICE, 200_000, 412_000_000n)).toBe(1_000);
    expect(affordableOutput(PRICE, 200_001, 818_004_000n)).toBe(1_000);
    expect(affordableOutput(PRICE, 200_001, 800_003_999n)).toBe(-1);
    fc.assert(
      fc.property(anyPrice, fc.nat(1_000_000), fc.bigInt({ min: 0n, max: 10n ** 18n }), (price, prompt, amount) => {
        const tokens = affordableOutput(price, prompt, amount);
        if (tokens < 0) return expect(worstCaseCost(price, prompt, 0)).toBeGreaterThan(amount);
        expect(worstCaseCost(price, prompt, tokens)).toBeLessThanOrEqual(amount);
        if (tokens < Number.MAX_SAFE_INTEGER) expect(worstCaseCost(price, prompt, tokens + 1)).toBeGreaterThan(amount);
      }),
      { seed: 8, numRuns: 1_000 },
    );
  });
});

const BUCKETS = [
  ["inputTokens", "input", "input"],
  ["cacheReadTokens", "cacheRead", "input"],
  ["cacheWriteTokens", "cacheWrite", "input"],
  ["audioInputTokens", "audioInput", "input"],
  ["imageInputTokens", "imageInput", "input"],
  ["outputTokens", "output", "output"],
  ["reasoningTokens", "reasoning", "output"],
  ["audioOutputTokens", "audioOutput", "output"],
  ["imageOutputTokens", "imageOutput", "output"],
] as const;

const rate = fc.bigInt({ min: 0n, max: 10n ** 15n });
const anyRates = fc
  .tuple(rate, rate, fc.record(Object.fromEntries(BUCKETS.map(([, name]) => [name, rate])), { requiredKeys: [] }))
  .map(([input, output, others]) => ({ ...others, input, output }));
const threshold = fc.integer({ min: 1, max: 400_000 });
/** Thresholds and tokens lie close together, so that prompts fall on and beside them. */
const anyPrice = fc
  .tuple(anyRates, fc.uniqueArray(fc.tuple(threshold, anyRates), { maxLength: 8, selector: ([above]) => above }))
  .map(([base, steps]) => {
    const longPrompt = steps.map(([aboveTokens, rates]) => ({ ...rates, aboveTokens }));
    return create(ModelPriceSchema, { ...base, longPrompt });
  });
const anyUsage = fc
  .record(Object.fromEntries(BUCKETS.map(([tokens]) => [tokens, fc.oneof(fc.nat(3), fc.nat(200_000), fc.nat(1_000_000_000))])))
  .map((usage) => create(TokenUsageSchema, usage));

/** Written a second time, by sorting. */
function stepOf(price: ModelPrice, promptTokens: number): TokenRates {
  const passed = price.longPrompt.filter(({ aboveTokens }) => promptTokens > aboveTokens);
  return passed.toSorted((a, b) => b.aboveTokens - a.aboveTokens)[0] ?? price;
}

function productsAt(rates: TokenRates, usage: TokenUsage): bigint {
  return BUCKETS.reduce((sum, [tokens, name, other]) => sum + BigInt(usage[tokens]) * (rates[name] ?? rates[other]), 0n);
}

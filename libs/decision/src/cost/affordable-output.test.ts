import { create } from "@bufbuild/protobuf";
import { ModelPriceSchema } from "@fairlead/contracts/cost/v1/price";
import fc from "fast-check";
import { affordableOutput } from "./affordable-output.ts";
import { worstCaseCost } from "./worst-case-cost.ts";

function price(input: bigint, output: bigint, more: { reasoning?: bigint; cacheWrite?: bigint } = {}) {
  return create(ModelPriceSchema, { provider: "p", model: "m", input, output, ...more });
}

describe("the output that an amount affords", () => {
  it.each([
    ["what is left after the prompt", price(1_000_000n, 2_000_000n), 100, 1_000n, 450],
    ["nothing where the prompt takes all", price(1_000_000n, 2_000_000n), 100, 100n, 0],
    ["less than nothing where even the prompt does not fit", price(1_000_000n, 2_000_000n), 100, 99n, -1],
    ["any length where answers are free", price(1_000_000n, 0n), 100, 100n, Number.MAX_SAFE_INTEGER],
    ["by the dearest bucket", price(0n, 1_000_000n, { reasoning: 4_000_000n }), 0, 400n, 100],
    ["by fractions that add up with the prompt's", price(1n, 1n), 500_000, 1n, 500_000],
    ["a fraction of a token of the prompt as a whole one", price(1_000_000n, 1_000_000n), 0.5, 2n, 1],
  ])("is %s", (_, rates, prompt, amount, expected) => {
    expect(affordableOutput(rates, prompt, amount)).toBe(expected);
  });

  it("is the largest whose worst case fits", () => {
    const rate = fc.bigInt({ min: 0n, max: 1_000_000_000_000_000n });
    const rates = fc.record({ input: rate, output: rate, reasoning: rate, cacheWrite: rate });
    const amounts = fc.bigInt({ min: 0n, max: 1_000_000_000_000_000_000n });
    fc.assert(
      fc.property(rates, fc.nat(4_000_000_000), amounts, ({ input, output, reasoning, cacheWrite }, prompt, amount) => {
        const own = price(input, output, { reasoning, cacheWrite });
        const tokens = affordableOutput(own, prompt, amount);
        if (tokens < 0) return expect(worstCaseCost(own, prompt, 0)).toBeGreaterThan(amount);
        expect(worstCaseCost(own, prompt, tokens)).toBeLessThanOrEqual(amount);
        if (tokens < Number.MAX_SAFE_INTEGER) expect(worstCaseCost(own, prompt, tokens + 1)).toBeGreaterThan(amount);
      }),
      { numRuns: 1_000 },
    );
  });
});

import { create } from "@bufbuild/protobuf";
import { TokenUsageSchema } from "@fairlead/contracts/chat/v1/usage";
import { ModelPriceSchema } from "@fairlead/contracts/cost/v1/price";
import fc from "fast-check";
import { advanceEffectivePrice, type EffectivePriceState } from "./advance-effective-price.ts";
import { mergeEffectivePrice } from "./merge-effective-price.ts";

const price = create(ModelPriceSchema, { input: 1_000_000n, output: 3_000_000n });

describe("the merging of effective prices", () => {
  it("gives what one who saw all calls would have, whoever saw which", () => {
    const calls = fc.array(
      fc.record({ input: fc.nat(10_000), output: fc.nat(10_000), atMs: fc.nat(200_000_000), own: fc.boolean() }),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(calls, (all) => {
        const fold = (some: typeof all) =>
          some.reduce<EffectivePriceState | undefined>((state, { input, output, atMs }) => {
            const usage = create(TokenUsageSchema, { inputTokens: input, outputTokens: output });
            return advanceEffectivePrice(state, { usage, costNanoUsd: BigInt(input + 3 * output), price, atMs });
          }, undefined);
        const whole = fold(all) as EffectivePriceState;
        const [one, other] = [fold(all.filter(({ own }) => own)), fold(all.filter(({ own }) => !own))];
        const merged = other === undefined ? (one as EffectivePriceState) : mergeEffectivePrice(one, other);
        for (const [name, value] of Object.entries(whole)) {
          const found = merged[name as keyof EffectivePriceState];
          expect(Math.abs(found - value)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(value)));
        }
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});

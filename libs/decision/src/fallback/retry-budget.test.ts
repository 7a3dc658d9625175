import fc from "fast-check";
import { DEFAULT_RETRY_BUDGET, earnRetry, type RetryBudget, type RetryBudgetSettings, spendRetry } from "./retry-budget.ts";

/** Makes calls, each with as many further ones as it would like. */
function run(wishes: readonly number[], settings: RetryBudgetSettings, saved: number): number[] {
  let budget: RetryBudget = { tokens: saved };
  return wishes.map((wish) => {
    budget = earnRetry(budget, settings);
    let made = 0;
    for (; made < wish; made++) {
      const left = spendRetry(budget);
      if (left === undefined) break;
      budget = left;
    }
    return made;
  });
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

describe("a retry budget", () => {
  it("earns one further call in ten, and keeps ten at most", () => {
    expect(earnRetry({ tokens: 0 }, DEFAULT_RETRY_BUDGET)).toEqual({ tokens: 0.1 });
    expect(earnRetry({ tokens: 9.95 }, DEFAULT_RETRY_BUDGET)).toEqual({ tokens: 10 });
    expect(spendRetry({ tokens: 1 })).toEqual({ tokens: 0 });
    expect(spendRetry({ tokens: 0.99 })).toBeUndefined();
  });

  it("holds a thousand failing calls at 1.1 times the calls, beside what was saved up", () => {
    const made = run(Array.from({ length: 1_000 }, () => 2), DEFAULT_RETRY_BUDGET, 10);
    expect(sum(made)).toBeLessThanOrEqual(110);
    expect(sum(made)).toBeGreaterThanOrEqual(108);
  });

  it("never lets more through in any stretch than what is saved up and the share of its calls", () => {
    const settings = fc.record({ ratio: fc.double({ min: 0, max: 1, noNaN: true }), most: fc.double({ min: 0, max: 50, noNaN: true }) });
    const wishes = fc.array(fc.nat(5), { maxLength: 300 });
    fc.assert(
      fc.property(wishes, settings, fc.nat(300), (all, { ratio, most }, from) => {
        const made = run(all, { ratio, most }, most);
        const stretch = made.slice(Math.min(from, made.length));
        expect(sum(stretch)).toBeLessThanOrEqual(most + ratio * stretch.length + 1e-6);
      }),
    );
  });

  it("lets through what was earned: a call is refused only where less than a whole one is left", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 1), { minLength: 100, maxLength: 300 }), (wishes) => {
        const made = run(wishes, { ratio: 1, most: 10 }, 0);
        expect(made).toEqual(wishes);
      }),
    );
  });
});

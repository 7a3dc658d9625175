import { create } from "@bufbuild/protobuf";
import { ModelPriceSchema } from "@fairlead/contracts/cost/v1/price";
import { replayWindows } from "./replay-windows.ts";
import { errorsOf, heldShare } from "./show-outcomes.ts";
import { toSpendTrace } from "./spend-trace.ts";

const MINUTE = 60_000;
const PRICE = create(ModelPriceSchema, { input: 1_000_000_000n, output: 2_000_000_000n });

describe("replayWindows", () => {
  it("forecasts an even trace almost exactly, with and without the traffic before", () => {
    const trace = evenTrace(0, 30 * MINUTE);
    for (const remembers of [false, true]) {
      const outcomes = replayWindows(trace, { lengthMs: 5 * MINUTE, stride: 8, remembers });
      expect(outcomes.length).toBe(3 * (remembers ? 25 : 31));
      expect(errorsOf(outcomes).mean).toBeLessThan(0.02);
      expect(heldShare(outcomes)).toBe(1);
    }
  });

  it("leaves out windows that cost nothing, and counts forecasts that could not be made", () => {
    const late = evenTrace(8 * MINUTE, 10 * MINUTE);
    const outcomes = replayWindows(late, { lengthMs: 5 * MINUTE, stride: 48, remembers: false });
    expect(outcomes.map(({ checkpoint, forecast }) => [checkpoint, forecast !== undefined])).toEqual([
      [0.25, false],
      [0.5, false],
      [0.75, true],
    ]);
  });
});

describe("toSpendTrace", () => {
  it("splits what was spent between times without losing any of it", () => {
    const trace = evenTrace(0, 10 * MINUTE);
    const cut = 123_456;
    expect(trace.spentBetween(0, cut) + trace.spentBetween(cut, trace.lengthMs)).toBe(
      trace.spentBetween(0, trace.lengthMs),
    );
    expect(trace.spentBetween(0, trace.lengthMs)).toBe(600n * (100_000n + 20_000n));
  });
});

/** A request a second. */
function evenTrace(fromMs: number, toMs: number) {
  const requests = Array.from({ length: (toMs - fromMs) / 1000 }, (_, second) => ({
    atMs: fromMs + second * 1000 + (second === (toMs - fromMs) / 1000 - 1 ? 999 : 0),
    inputTokens: 100,
    outputTokens: 10,
    blocks: [],
    session: "",
  }));
  return toSpendTrace(requests, PRICE);
}

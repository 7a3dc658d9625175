import fc from "fast-check";
import { advanceLimit, type CallMeasure, type LimitState, startLimit } from "./advance-limit.ts";

const BOUNDS = { least: 4, most: 100 };

/** So many calls a second with one latency, each step a second apart. */
function run(state: LimitState, seconds: number, ms: number, inFlight = (limit: number) => limit, from = 0): LimitState {
  for (let second = 1; second <= seconds; second++) {
    for (let call = 0; call < 10; call++) {
      const measure: CallMeasure = { kind: "first_content", ms, inFlight: inFlight(state.limit) };
      state = advanceLimit(state, measure, BOUNDS, (from + second) * 1_000);
    }
  }
  return state;
}

describe("a limit of calls under way", () => {
  it("rises while calls are as fast as usual and it is used, up to its bound", () => {
    const risen = run(startLimit(10, 0), 10, 200);
    expect(risen.limit).toBeGreaterThan(15);
    expect(run(risen, 200, 200, undefined, 10).limit).toBe(100);
  });

  it("stays where fewer than half of it are under way, which says nothing of what the target bears", () => {
    expect(run(startLimit(50, 0), 50, 200, () => 10).limit).toBe(50);
  });

  it("falls where calls get slower than usual, and rises again when they are as before", () => {
    const usual = run(startLimit(50, 0), 30, 200);
    const slow = run(usual, 10, 2_000, undefined, 30);
    expect(slow.limit).toBeLessThan(usual.limit / 2);
    expect(run(slow, 60, 200, undefined, 40).limit).toBeGreaterThan(slow.limit * 1.5);
  });

  it("takes single slow calls for what they are", () => {
    let state = run(startLimit(50, 0), 30, 200);
    const before = state.limit;
    for (let call = 0; call < 9; call++) state = advanceLimit(state, { kind: "first_content", ms: 200, inFlight: 50 }, BOUNDS, 30_500);
    state = advanceLimit(state, { kind: "first_content", ms: 300, inFlight: 50 }, BOUNDS, 31_500);
    expect(state.limit).toBeGreaterThanOrEqual(before);
  });

  it("compares streams with streams and whole answers with whole answers", () => {
    let state = startLimit(20, 0);
    for (let second = 1; second <= 20; second++) {
      for (let call = 0; call < 10; call++) {
        const measure: CallMeasure = call % 2 === 0 ? { kind: "first_content", ms: 900, inFlight: 20 } : { kind: "token", ms: 12, inFlight: 20 };
        state = advanceLimit(state, measure, BOUNDS, second * 1_000);
      }
    }
    expect(state.usual).toEqual({ first_content: 900, token: 12 });
    expect(state.limit).toBeGreaterThan(20);
  });

  it("gives up a tenth at an overload, once a second", () => {
    const once = advanceLimit(startLimit(50, 0), { kind: "overloaded" }, BOUNDS, 1_000);
    expect(once.limit).toBe(45);
    expect(advanceLimit(once, { kind: "overloaded" }, BOUNDS, 1_500)).toBe(once);
    expect(advanceLimit(once, { kind: "overloaded" }, BOUNDS, 2_000).limit).toBe(40.5);
  });

  it("stays within its bounds whatever it is told", () => {
    const latency = fc.record({
      kind: fc.constantFrom("first_content" as const, "token" as const),
      ms: fc.oneof(fc.double(), fc.double({ min: 0.01, max: 1e6, noNaN: true })),
      inFlight: fc.nat(2_000),
    });
    const measures = fc.array(fc.tuple(fc.oneof(latency, fc.constant({ kind: "overloaded" as const })), fc.nat(3_000)), { maxLength: 200 });
    fc.assert(
      fc.property(measures, (told) => {
        let [state, now] = [startLimit(20, 0), 0];
        for (const [measure, later] of told) {
          state = advanceLimit(state, measure, BOUNDS, (now += later));
          expect(state.limit).toBeGreaterThanOrEqual(BOUNDS.least);
          expect(state.limit).toBeLessThanOrEqual(BOUNDS.most);
        }
      }),
    );
  });
});

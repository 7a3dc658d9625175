import fc from "fast-check";
import { RELATIVE_ERROR, RollingWindow } from "./rolling-window.ts";

const SETTINGS = { windowMs: 300_000, slices: 30 };
const START = 1_700_000_000_000 - (1_700_000_000_000 % 10_000);

const call = (succeeded: boolean, latencyMs: number | undefined) => ({ succeeded, latencyMs, cost: 0.5, quality: undefined });

describe("a rolling window", () => {
  it("has neutral figures while it is empty", () => {
    expect(new RollingWindow(SETTINGS).figures(START)).toMatchObject({
      calls: 0,
      checks: 0,
      successRate: 1,
      availability: undefined,
      latencyMeanMs: 0,
      latencyP95Ms: 0,
      callsPerMinute: 0,
      quality: undefined,
    });
  });

  it("counts calls over all of its slices", () => {
    const window = new RollingWindow(SETTINGS);
    for (let slice = 0; slice < 30; slice += 1)
      window.add(call(slice % 3 !== 0, 100), START + slice * 10_000);
    expect(window.figures(START + 299_999)).toMatchObject({ calls: 30, successRate: 2 / 3 });
  });

  it("forgets a slice when the window has moved past it", () => {
    const window = new RollingWindow(SETTINGS);
    window.add(call(false, 9_000), START);
    window.add(call(true, 100), START + 10_000);
    expect(window.figures(START + 299_999).calls).toBe(2);
    expect(window.figures(START + 300_000)).toMatchObject({ calls: 1, successRate: 1 });
    expect(window.figures(START + 310_000).calls).toBe(0);
  });

  it("counts calls that measure nothing, without a latency", () => {
    const window = new RollingWindow(SETTINGS);
    window.add(call(false, undefined), START);
    expect(window.figures(START)).toMatchObject({ calls: 1, successRate: 0, latencyP95Ms: 0 });
  });

  it("counts into the newest slice when the clock went back", () => {
    const window = new RollingWindow(SETTINGS);
    window.add(call(true, 1), START + 100_000);
    window.add(call(true, 1), START);
    expect(window.figures(START + 100_000).calls).toBe(2);
  });

  it("adds up costs and scores, and knows rates once it has counted for its whole length", () => {
    const window = new RollingWindow(SETTINGS, START);
    for (const quality of [0.5, 1, undefined]) window.add({ ...call(true, 200), quality }, START);
    expect(window.figures(START + 1)).toMatchObject({ cost: 1.5, quality: 0.75, latencyMeanMs: 200, callsPerMinute: undefined });
    window.add(call(true, 100), START + 299_000);
    expect(window.figures(START + 300_000)).toMatchObject({ cost: 0.5, callsPerMinute: 0.2, costPerMinute: 0.1 });
  });

  it("is available in the slices that answered something, of those that show anything", () => {
    const window = new RollingWindow(SETTINGS);
    window.add(call(true, 1), START);
    for (let failure = 0; failure < 3; failure += 1) window.add(call(false, 1), START + 10_000);
    window.add(call(false, 1), START + 20_000);
    window.addCheck(true, START + 30_000);
    window.addCheck(false, START + 40_000);
    expect(window.figures(START + 50_000)).toMatchObject({ availability: 0.5, checks: 2 });
  });

  it("forgets all calls when it starts anew", () => {
    const window = new RollingWindow(SETTINGS);
    window.add(call(false, 1), START);
    window.restart(START + 1);
    expect(window.figures(START + 2)).toMatchObject({ calls: 0, availability: undefined });
  });

  it("gives percentiles within the stated error, whatever the slices", () => {
    const sample = fc.record({
      latencyMs: fc.double({ min: 0.1, max: 3_600_000, noNaN: true }),
      after: fc.nat(299_999),
    });
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 200 }), (samples) => {
        const window = new RollingWindow(SETTINGS);
        for (const { latencyMs, after } of samples.toSorted((left, right) => left.after - right.after)) {
          window.add(call(true, latencyMs), START + after);
        }
        const sorted = samples.map(({ latencyMs }) => latencyMs).toSorted((left, right) => left - right);
        const exact = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] as number;
        const figures = window.figures(START + 299_999);
        const shown = [figures.latencyP50Ms, figures.latencyP95Ms, figures.latencyP99Ms];
        [0.5, 0.95, 0.99].forEach((share, index) => {
          const error = Math.abs((shown[index] as number) - exact(share)) / exact(share);
          expect(error).toBeLessThanOrEqual(RELATIVE_ERROR + 1e-9);
        });
      }),
    );
  });
});

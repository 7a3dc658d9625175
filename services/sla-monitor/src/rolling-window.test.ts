import fc from "fast-check";
import { RELATIVE_ERROR, RollingWindow } from "./rolling-window.ts";

const SETTINGS = { windowMs: 300_000, slices: 30 };
const START = 1_700_000_000_000 - (1_700_000_000_000 % 10_000);

describe("a rolling window", () => {
  it("has neutral figures while it is empty", () => {
    expect(new RollingWindow(SETTINGS).figures(START)).toEqual({
      calls: 0,
      successRate: 1,
      latencyP50Ms: 0,
      latencyP95Ms: 0,
      latencyP99Ms: 0,
    });
  });

  it("counts calls over all of its slices", () => {
    const window = new RollingWindow(SETTINGS);
    for (let slice = 0; slice < 30; slice += 1)
      window.add({ succeeded: slice % 3 !== 0, latencyMs: 100 }, START + slice * 10_000);
    expect(window.figures(START + 299_999)).toMatchObject({ calls: 30, successRate: 2 / 3 });
  });

  it("forgets a slice when the window has moved past it", () => {
    const window = new RollingWindow(SETTINGS);
    window.add({ succeeded: false, latencyMs: 9_000 }, START);
    window.add({ succeeded: true, latencyMs: 100 }, START + 10_000);
    expect(window.figures(START + 299_999).calls).toBe(2);
    expect(window.figures(START + 300_000)).toMatchObject({ calls: 1, successRate: 1 });
    expect(window.figures(START + 310_000).calls).toBe(0);
  });

  it("counts calls that measure nothing, without a latency", () => {
    const window = new RollingWindow(SETTINGS);
    window.add({ succeeded: false, latencyMs: undefined }, START);
    expect(window.figures(START)).toMatchObject({ calls: 1, successRate: 0, latencyP95Ms: 0 });
  });

  it("counts into the newest slice when the clock went back", () => {
    const window = new RollingWindow(SETTINGS);
    window.add({ succeeded: true, latencyMs: 1 }, START + 100_000);
    window.add({ succeeded: true, latencyMs: 1 }, START);
    expect(window.figures(START + 100_000).calls).toBe(2);
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
          window.add({ succeeded: true, latencyMs }, START + after);
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

import fc from "fast-check";
import {
  advancePredictionErrors,
  createPredictionErrors,
  DEFAULT_PREDICTION_ERROR as OPTIONS,
  describePredictionErrors,
  type PredictionErrors,
} from "./prediction-error.ts";

const PREDICTED = { quality: 0.8, costNanoUsd: 1_000, latencyMs: 2_000 };

describe("errors of predictions", () => {
  it("are nothing before anything was measured", () => {
    expect(describePredictionErrors(createPredictionErrors())).toMatchObject({
      rows: [{ arm: undefined, ratings: 0, brier: undefined, costError: undefined }],
      calibrationError: undefined,
    });
  });

  it("are the mean squared error, the log loss and the share that cost and latency are off by", () => {
    const errors = createPredictionErrors();
    advancePredictionErrors(
      errors,
      { arm: "a/one", predicted: PREDICTED, actual: { quality: 1, costNanoUsd: 2_000, latencyMs: 2_000 } },
      OPTIONS,
    );
    advancePredictionErrors(
      errors,
      { arm: "b/two", predicted: PREDICTED, actual: { quality: 0, costNanoUsd: 500 } },
      OPTIONS,
    );
    const [all, one, two] = describePredictionErrors(errors).rows;
    expect(all?.brier).toBeCloseTo((0.04 + 0.64) / 2);
    expect(all?.costError).toBeCloseTo(1_500 / 2_500);
    expect(one).toMatchObject({
      arm: "a/one",
      brier: expect.closeTo(0.04),
      logLoss: expect.closeTo(-Math.log(0.8)),
      costError: 0.5,
      latencyError: 0,
    });
    expect(two).toMatchObject({ arm: "b/two", latencyError: undefined, costLogError: expect.closeTo(Math.LN2) });
  });

  it("show predictions that are too sure as badly calibrated", () => {
    const [sure, right] = [0.95, 0.6].map((quality) => {
      const errors = createPredictionErrors();
      for (let call = 0; call < 500; call++)
        advancePredictionErrors(
          errors,
          { arm: "a/one", predicted: { ...PREDICTED, quality }, actual: { quality: call % 5 < 3 ? 1 : 0 } },
          OPTIONS,
        );
      return describePredictionErrors(errors).calibrationError;
    });
    expect(sure).toBeCloseTo(0.35, 1);
    expect(right).toBeLessThan(0.02);
  });

  it("follow what predictions are like now", () => {
    const errors = createPredictionErrors();
    const add = (costNanoUsd: number) =>
      advancePredictionErrors(
        errors,
        { arm: "a/one", predicted: PREDICTED, actual: { costNanoUsd } },
        { ...OPTIONS, window: 50 },
      );
    for (let call = 0; call < 500; call++) add(4_000);
    for (let call = 0; call < 500; call++) add(1_000);
    expect(describePredictionErrors(errors).rows[0]?.costError).toBeLessThan(0.01);
  });

  it("stay finite, bounded in number and the same through JSON, whatever comes", () => {
    const figure = fc.oneof(
      fc.double(),
      fc.constantFrom(0, -1, Number.NaN, Number.POSITIVE_INFINITY),
      fc.double({ min: 0, max: 1e9, noNaN: true }),
    );
    const actual = fc.record({ quality: figure, costNanoUsd: figure, latencyMs: figure }, { requiredKeys: [] });
    const predicted = fc.record({ quality: figure, costNanoUsd: figure, latencyMs: figure });
    const arm = fc.constantFrom("a/one", "b/two", "c/three", "d/four", "constructor");
    fc.assert(
      fc.property(fc.array(fc.record({ arm, predicted, actual }), { maxLength: 60 }), (all) => {
        const errors = createPredictionErrors();
        for (const one of all) advancePredictionErrors(errors, one, { window: 10, armLimit: 3 });
        const report = describePredictionErrors(errors);
        expect(report.rows.length).toBeLessThanOrEqual(4);
        for (const { arm: _, ...figures } of report.rows) {
          for (const one of Object.values(figures)) expect(one === undefined || Number.isFinite(one)).toBe(true);
        }
        expect(describePredictionErrors(JSON.parse(JSON.stringify(errors)) as PredictionErrors)).toEqual(report);
      }),
    );
  });
});

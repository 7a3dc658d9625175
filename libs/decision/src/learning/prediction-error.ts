/** What was said of a call before it was made. */
export interface Predicted {
  /** 0 to 1. */
  readonly quality: number;
  readonly costNanoUsd: number;
  readonly latencyMs: number;
}

/** A prediction with what came of it. Figures that are absent were not measured. */
export interface CheckedPrediction {
  /** "provider/model". */
  readonly arm: string;
  readonly predicted: Predicted;
  readonly actual: { readonly quality?: number; readonly costNanoUsd?: number; readonly latencyMs?: number };
}

/** A mean of numbers that counts the newest most. */
interface RunningMean {
  mean: number;
  weight: number;
}

/** Errors of an arm's predictions. */
interface ArmErrors {
  /** Number of the prediction that came last. */
  at: number;
  readonly brier: RunningMean;
  readonly logLoss: RunningMean;
  readonly cost: AmountErrors;
  readonly latency: AmountErrors;
}

interface AmountErrors {
  readonly off: RunningMean;
  readonly actual: RunningMean;
  readonly log: RunningMean;
}

/** Errors of predictions; plain, advanced in place. */
export interface PredictionErrors {
  readonly version: 1;
  /** Predictions taken in. */
  count: number;
  readonly arms: Record<string, ArmErrors>;
  /** Predicted and actual quality, by the tenth that the prediction fell into. */
  readonly calibration: { readonly predicted: RunningMean; readonly actual: RunningMean }[];
}

/** Bounds of what is remembered. */
export interface PredictionErrorOptions {
  /** Predictions that an error rests on at most; with more, old ones give way to new ones. */
  readonly window: number;
  /** Arms remembered at most; the one unseen for longest gives way. */
  readonly armLimit: number;
}

/** A thousand predictions hold an error to about one point; every provider's models fit. */
export const DEFAULT_PREDICTION_ERROR: PredictionErrorOptions = { window: 1_000, armLimit: 256 };

/** Tenths of the predicted quality. */
const BINS = 10;
/** Amounts below one unit count as one, so that nothing is divided by nothing. */
const LEAST_AMOUNT = 1;
/** Qualities are never taken as certain: one surprise would outweigh everything. */
const LEAST_QUALITY = 0.01;

/** No predictions. */
export function createPredictionErrors(): PredictionErrors {
  const calibration = Array.from({ length: BINS }, () => ({ predicted: nothing(), actual: nothing() }));
  return { version: 1, count: 0, arms: {}, calibration };
}

/** Takes a prediction and what came of it into the errors, in place. What is no finite number is left out. */
export function advancePredictionErrors(
  errors: PredictionErrors,
  { arm: name, predicted, actual }: CheckedPrediction,
  options: PredictionErrorOptions,
): void {
  if (name in Object.prototype) return;
  const arm = armOf(errors, name, options);
  errors.count += 1;
  arm.at = errors.count;
  if (areNumbers(predicted.quality, actual.quality)) {
    const guess = within(predicted.quality, LEAST_QUALITY, 1 - LEAST_QUALITY);
    const truth = within(actual.quality as number, 0, 1);
    add(arm.brier, (within(predicted.quality, 0, 1) - truth) ** 2, options);
    add(arm.logLoss, -(truth * Math.log(guess) + (1 - truth) * Math.log(1 - guess)), options);
    const bin = errors.calibration[Math.min(BINS - 1, Math.floor(within(predicted.quality, 0, 1) * BINS))];
    if (bin !== undefined) add(bin.predicted, within(predicted.quality, 0, 1), options);
    if (bin !== undefined) add(bin.actual, truth, options);
  }
  addAmount(arm.cost, predicted.costNanoUsd, actual.costNanoUsd, options);
  addAmount(arm.latency, predicted.latencyMs, actual.latencyMs, options);
}

/** Errors as they are shown. Undefined: nothing was measured. */
export interface ErrorRow {
  /** Undefined: all arms. */
  readonly arm: string | undefined;
  /** Predictions of the quality that the figures rest on. */
  readonly ratings: number;
  /** Mean squared error of the quality: 0 is perfect, 0.25 is what "one half" always gets. */
  readonly brier: number | undefined;
  /** Mean logarithmic loss of the quality in nats. */
  readonly logLoss: number | undefined;
  /** Sum of what costs and latencies were off by, as a share of their sum. */
  readonly costError: number | undefined;
  readonly latencyError: number | undefined;
  /** Mean factor, as a natural logarithm, by which they were off; 0.69 is twice or half. */
  readonly costLogError: number | undefined;
  readonly latencyLogError: number | undefined;
}

/** What is shown of the predictions' errors. */
export interface ErrorReport {
  /** First all arms together, then each by name. */
  readonly rows: readonly ErrorRow[];
  readonly calibration: readonly { readonly predicted: number; readonly actual: number; readonly ratings: number }[];
  /** Mean distance of predicted and actual quality over the tenths, by their ratings. Undefined: nothing was rated. */
  readonly calibrationError: number | undefined;
}

/** Reads the errors. */
export function describePredictionErrors(errors: PredictionErrors): ErrorReport {
  const arms = Object.entries(errors.arms).sort(([a], [b]) => (a < b ? -1 : 1));
  const calibration = errors.calibration
    .filter(({ actual }) => actual.weight > 0)
    .map(({ predicted, actual }) => ({ predicted: predicted.mean, actual: actual.mean, ratings: actual.weight }));
  const ratings = calibration.reduce((sum, bin) => sum + bin.ratings, 0);
  const gaps = calibration.reduce((sum, bin) => sum + bin.ratings * Math.abs(bin.predicted - bin.actual), 0);
  return {
    rows: [
      rowOf(
        undefined,
        arms.map(([, arm]) => arm),
      ),
      ...arms.map(([name, arm]) => rowOf(name, [arm])),
    ],
    calibration,
    calibrationError: ratings === 0 ? undefined : gaps / ratings,
  };
}

function rowOf(arm: string | undefined, all: readonly ArmErrors[]): ErrorRow {
  const share = (pick: (one: ArmErrors) => AmountErrors) => {
    const actual = pool(all.map((one) => pick(one).actual));
    const off = pool(all.map((one) => pick(one).off));
    return off === undefined || actual === undefined ? undefined : off / Math.max(LEAST_AMOUNT, actual);
  };
  return {
    arm,
    ratings: all.reduce((sum, { brier }) => sum + brier.weight, 0),
    brier: pool(all.map(({ brier }) => brier)),
    logLoss: pool(all.map(({ logLoss }) => logLoss)),
    costError: share(({ cost }) => cost),
    latencyError: share(({ latency }) => latency),
    costLogError: pool(all.map(({ cost }) => cost.log)),
    latencyLogError: pool(all.map(({ latency }) => latency.log)),
  };
}

function pool(means: readonly RunningMean[]): number | undefined {
  const weight = means.reduce((sum, one) => sum + one.weight, 0);
  return weight === 0 ? undefined : means.reduce((sum, one) => sum + one.mean * one.weight, 0) / weight;
}

function armOf(errors: PredictionErrors, name: string, { armLimit }: PredictionErrorOptions): ArmErrors {
  const known = errors.arms[name];
  if (known !== undefined) return known;
  const entries = Object.entries(errors.arms);
  if (entries.length >= armLimit) delete errors.arms[entries.reduce((a, b) => (b[1].at < a[1].at ? b : a))[0]];
  const amount = (): AmountErrors => ({ off: nothing(), actual: nothing(), log: nothing() });
  const arm: ArmErrors = { at: 0, brier: nothing(), logLoss: nothing(), cost: amount(), latency: amount() };
  errors.arms[name] = arm;
  return arm;
}

function addAmount(
  errors: AmountErrors,
  predicted: number,
  actual: number | undefined,
  options: PredictionErrorOptions,
): void {
  if (actual === undefined || !areNumbers(predicted, actual)) return;
  const guess = within(predicted, 0, Number.MAX_SAFE_INTEGER);
  const truth = within(actual, 0, Number.MAX_SAFE_INTEGER);
  add(errors.off, Math.abs(guess - truth), options);
  add(errors.actual, truth, options);
  add(errors.log, Math.abs(Math.log(Math.max(LEAST_AMOUNT, guess) / Math.max(LEAST_AMOUNT, truth))), options);
}

function add(running: RunningMean, sample: number, { window }: PredictionErrorOptions): void {
  running.weight = Math.min(window, running.weight + 1);
  running.mean += (sample - running.mean) / running.weight;
}

function nothing(): RunningMean {
  return { mean: 0, weight: 0 };
}

function areNumbers(...figures: (number | undefined)[]): boolean {
  return figures.every(Number.isFinite);
}

function within(figure: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, figure));
}

/** A predicted probability of a good answer and how good the answer was, 0..1. */
export interface Forecast {
  readonly predicted: number;
  readonly observed: number;
}

/** Forecasts that lie next to each other. */
export interface ReliabilityBin {
  readonly rows: number;
  readonly predicted: number;
  readonly observed: number;
}

/** Bins of about equal size by the predicted probability; the mean of what was predicted and of what came. */
export function binForecasts(forecasts: readonly Forecast[], bins: number): ReliabilityBin[] {
  const sorted = forecasts.toSorted((a, b) => a.predicted - b.predicted);
  return Array.from({ length: bins }, (_, bin) => {
    const part = sorted.slice(Math.floor((bin * sorted.length) / bins), Math.floor(((bin + 1) * sorted.length) / bins));
    return {
      rows: part.length,
      predicted: meanOf(part, (one) => one.predicted),
      observed: meanOf(part, (one) => one.observed),
    };
  }).filter(({ rows }) => rows > 0);
}

/** Mean distance between what was predicted and what came, by bins and their size (expected calibration error). */
export function calibrationError(bins: readonly ReliabilityBin[]): number {
  const rows = bins.reduce((sum, bin) => sum + bin.rows, 0);
  return bins.reduce((sum, bin) => sum + (bin.rows / rows) * Math.abs(bin.predicted - bin.observed), 0);
}

/** Mean squared error of the forecasts (Brier score). */
export function squaredError(forecasts: readonly Forecast[]): number {
  return meanOf(forecasts, ({ predicted, observed }) => (predicted - observed) ** 2);
}

function meanOf<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0) / items.length;
}

import { type Belief, observe, type SpendModel, step } from "./spend-model.ts";

/** A bucket that was seen, or is to come. */
export interface Bucket {
  /** Part of a bucket's length that it has, times the factor of its season. */
  readonly weight: number;
  /** Nano-dollars; of no meaning for buckets to come. */
  readonly spend: number;
}

/** What a model makes of the buckets to come. */
export interface ModelForecast {
  /** Logarithm of prior times likelihood, but for a constant that all models share. */
  readonly evidence: number;
  /** Nano-dollars over all buckets to come. */
  readonly mean: number;
  readonly variance: number;
}

/** What is believed before anything is seen. */
export interface Prior {
  /** Nano-dollars a bucket. */
  readonly rate: number;
  /** Variance of a bucket around its rate, and how many buckets this counts for. */
  readonly variance: number;
  readonly buckets: number;
}

/**
 * Filters the buckets seen and predicts the sum of those to come.
 *
 * A conjugate dynamic linear model with unknown variance (M. West and J. Harrison, "Bayesian Forecasting and Dynamic
 * Models", 2nd edition 1997, section 4.5). The variance of a bucket grows with its weight, as that of a compound Poisson
 * process does with time.
 *
 * @param seen   oldest first
 * @param toCome the first one is what is left of the last one seen
 */
export function runModel(
  model: SpendModel,
  prior: Prior,
  seen: readonly Bucket[],
  toCome: readonly Bucket[],
): ModelForecast {
  const belief = start(model, prior.rate);
  let degrees = prior.buckets;
  let variance = prior.variance;
  let evidence = Math.log(model.prior);
  for (const bucket of seen) {
    step(belief, model);
    if (bucket.weight <= 0) continue;
    const { error, scale } = observe(belief, model, bucket.weight, bucket.spend);
    evidence += logStudent(error, variance * scale, degrees);
    variance = (degrees * variance + (error * error) / scale) / (degrees + 1);
    degrees += 1;
  }
  const sum = predictSum(belief, model, toCome);
  return { evidence, mean: sum.mean, variance: variance * sum.scale };
}

function start(model: SpendModel, rate: number): Belief {
  const { level, drift, bursts } = model;
  return { level: rate, drift: 0, bursts: 0, ll: level.start, ld: 0, lb: 0, dd: drift.start, db: 0, bb: bursts.start };
}

/** Mean and scaled variance of the sum; the covariances of the sum so far with the parts of the rate are carried along. */
function predictSum(belief: Belief, model: SpendModel, toCome: readonly Bucket[]): { mean: number; scale: number } {
  const slope = model.driftIsSlope ? 1 : 0;
  const loading = 1 - slope;
  let mean = 0;
  let scale = 0;
  let withLevel = 0;
  let withDrift = 0;
  let withBursts = 0;
  toCome.forEach(({ weight }, index) => {
    if (index > 0) {
      step(belief, model);
      withLevel += slope * withDrift;
      withDrift *= model.drift.persistence;
      withBursts *= model.bursts.persistence;
    }
    const level = belief.ll + loading * belief.ld + belief.lb;
    const drift = belief.ld + loading * belief.dd + belief.db;
    const bursts = belief.lb + loading * belief.db + belief.bb;
    scale += 2 * weight * (withLevel + loading * withDrift + withBursts);
    scale += weight * weight * (level + loading * drift + bursts) + weight;
    mean += weight * (belief.level + loading * belief.drift + belief.bursts);
    withLevel += weight * level;
    withDrift += weight * drift;
    withBursts += weight * bursts;
  });
  return { mean, scale };
}

/** Logarithm of the density of Student's distribution, but for what all models share. */
function logStudent(error: number, squaredScale: number, degrees: number): number {
  return -0.5 * Math.log(squaredScale) - ((degrees + 1) / 2) * Math.log1p((error * error) / (degrees * squaredScale));
}

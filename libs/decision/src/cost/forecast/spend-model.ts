/**
 * One way in which spend may go. Its rate a bucket is a level, a drift and bursts, scaled by the season of the bucket. All
 * variances are multiples of that of one bucket around its rate.
 */
export interface SpendModel {
  /** Probability before anything is seen. */
  readonly prior: number;
  readonly level: RatePart;
  readonly drift: RatePart;
  readonly bursts: RatePart;
  /** True: the drift is added to the level at each step. False: it is added to the rate. */
  readonly driftIsSlope: boolean;
}

/** A part of a rate: an autoregressive process of the first order. */
export interface RatePart {
  /** What is left of it after a bucket. */
  readonly persistence: number;
  /** Variance that each bucket adds. */
  readonly step: number;
  /** Variance at the start. */
  readonly start: number;
}

/** What is believed of the parts: means, and covariances by their initials. Changed in place, for it is the inmost loop. */
export interface Belief {
  level: number;
  drift: number;
  bursts: number;
  ll: number;
  ld: number;
  lb: number;
  dd: number;
  db: number;
  bb: number;
}

/** Moves the belief on by a bucket. */
export function step(belief: Belief, model: SpendModel): void {
  const slope = model.driftIsSlope ? 1 : 0;
  const drift = model.drift.persistence;
  const bursts = model.bursts.persistence;
  belief.level += slope * belief.drift;
  belief.ll += slope * (2 * belief.ld + belief.dd) + model.level.step;
  belief.ld = drift * (belief.ld + slope * belief.dd);
  belief.lb = bursts * (belief.lb + slope * belief.db);
  belief.drift *= drift;
  belief.dd = drift * drift * belief.dd + model.drift.step;
  belief.db *= drift * bursts;
  belief.bursts *= bursts;
  belief.bb = bursts * bursts * belief.bb + model.bursts.step;
}

/**
 * Corrects the belief by what a bucket of this weight cost: the Kalman filter.
 *
 * @returns how wrong the prediction of the bucket was, and the scale that this error had been given
 */
export function observe(
  belief: Belief,
  model: SpendModel,
  weight: number,
  spend: number,
): { error: number; scale: number } {
  const loading = model.driftIsSlope ? 0 : 1;
  const level = belief.ll + loading * belief.ld + belief.lb;
  const drift = belief.ld + loading * belief.dd + belief.db;
  const bursts = belief.lb + loading * belief.db + belief.bb;
  const scale = weight * weight * (level + loading * drift + bursts) + weight;
  const error = spend - weight * (belief.level + loading * belief.drift + belief.bursts);
  const gain = (weight * error) / scale;
  belief.level += gain * level;
  belief.drift += gain * drift;
  belief.bursts += gain * bursts;
  const less = (weight * weight) / scale;
  belief.ll -= less * level * level;
  belief.ld -= less * level * drift;
  belief.lb -= less * level * bursts;
  belief.dd -= less * drift * drift;
  belief.db -= less * drift * bursts;
  belief.bb -= less * bursts * bursts;
  return { error, scale };
}

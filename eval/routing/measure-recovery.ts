import { callsNeeded, followRecovery, type Judged, orderByScore, type Recovery } from "./recovered-gap.ts";
import { seededRandom } from "./seeded-random.ts";

/** Shuffles that the figures of chance are a mean of. */
const SHUFFLES = 200;

/** Figures of one way of choosing the questions for the strong model. */
export interface RecoveryFigures {
  readonly area: number;
  /** Shares of strong calls that recover 50 and 80 % of the gap in quality. */
  readonly calls50: number;
  readonly calls80: number;
}

/** A way of choosing against chance and against one that knows the outcomes. */
export interface RecoveryReport {
  readonly model: Recovery;
  readonly oracle: Recovery;
  readonly figures: {
    readonly model: RecoveryFigures;
    readonly random: RecoveryFigures;
    readonly oracle: RecoveryFigures;
  };
  /** Bounds that hold the area in 95 % of samples drawn anew from the rows. */
  readonly interval: readonly [low: number, high: number];
}

/** Follows the recovered quality by falling score. Equal scores are ordered at random by the seed. */
export function measureRecovery(rows: readonly Judged[], seed: number, samples: number): RecoveryReport {
  const random = seededRandom(seed);
  const draws = rows.map(random);
  const order = orderByScore(rows, draws);
  const model = followRecovery(rows, order);
  const known = rows.map((row) => ({ ...row, score: row.strong - row.weak }));
  const oracle = followRecovery(known, orderByScore(known, draws));
  const figures = { model: figuresOf(model), random: chance(rows, random), oracle: figuresOf(oracle) };
  return { model, oracle, figures, interval: bootstrap(rows, order, samples, random) };
}

function figuresOf(recovery: Recovery): RecoveryFigures {
  return { area: recovery.area, calls50: callsNeeded(recovery, 0.5), calls80: callsNeeded(recovery, 0.8) };
}

function chance(rows: readonly Judged[], random: () => number): RecoveryFigures {
  const all = Array.from({ length: SHUFFLES }, () => {
    const shuffled = rows.map((row) => ({ ...row, score: random() }));
    return figuresOf(
      followRecovery(
        shuffled,
        orderByScore(
          shuffled,
          rows.map(() => 0),
        ),
      ),
    );
  });
  const mean = (value: (one: RecoveryFigures) => number): number =>
    all.reduce((sum, one) => sum + value(one), 0) / all.length;
  return {
    area: mean(({ area }) => area),
    calls50: mean(({ calls50 }) => calls50),
    calls80: mean(({ calls80 }) => calls80),
  };
}

/** Areas of samples of the rows with replacement. The order stays; a row drawn twice counts twice in its place. */
function bootstrap(
  rows: readonly Judged[],
  order: readonly number[],
  samples: number,
  random: () => number,
): [number, number] {
  const areas: number[] = [];
  for (let sample = 0; sample < samples; sample++) {
    const times = new Uint16Array(rows.length);
    for (let draw = 0; draw < rows.length; draw++) {
      const row = Math.floor(random() * rows.length);
      times[row] = (times[row] as number) + 1;
    }
    const drawn = order.flatMap((index) => Array.from({ length: times[index] as number }, () => rows[index] as Judged));
    const { area, strong, weak } = followRecovery(drawn, [...drawn.keys()]);
    if (strong !== weak) areas.push(area);
  }
  areas.sort((a, b) => a - b);
  const at = (share: number): number =>
    areas[Math.min(areas.length - 1, Math.floor(share * areas.length))] ?? Number.NaN;
  return [at(0.025), at(0.975)];
}

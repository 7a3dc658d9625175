/** A question with what each of two models made of it, and how urgently a router would give it to the strong one. */
export interface Judged {
  readonly strong: number;
  readonly weak: number;
  readonly score: number;
}

/** Quality for each number of calls to the strong model, and the figures drawn from it. */
export interface Recovery {
  /** Mean quality where the first k calls go to the strong model, k from 0 to the number of rows. */
  readonly quality: Float64Array;
  /** Area under the recovered share of the quality gap over the share of strong calls. */
  readonly area: number;
  readonly strong: number;
  readonly weak: number;
}

/**
 * Sends questions to the strong model by falling score and follows the mean quality.
 * Area (average performance gap recovered) and call thresholds as defined by RouteLLM (Ong et al. 2024).
 * @param order indexes of the rows, first the one that most needs the strong model
 */
export function followRecovery(rows: readonly Judged[], order: readonly number[]): Recovery {
  const count = rows.length;
  const weak = meanOf(rows, (row) => row.weak);
  const strong = meanOf(rows, (row) => row.strong);
  const quality = new Float64Array(count + 1);
  quality[0] = weak;
  let area = 0;
  for (let calls = 0; calls < count; calls++) {
    const row = rows[order[calls] as number] as Judged;
    const before = quality[calls] as number;
    const after = before + (row.strong - row.weak) / count;
    quality[calls + 1] = after;
    area += ((before + after) / 2 - weak) / (strong - weak) / count;
  }
  return { quality, area, strong, weak };
}

/** Share of strong calls from which on at least this share of the gap is recovered, first time. */
export function callsNeeded({ quality, strong, weak }: Recovery, share: number): number {
  const wanted = weak + share * (strong - weak) - 1e-12;
  const calls = quality.findIndex((value) => (strong >= weak ? value >= wanted : value <= wanted));
  return calls === -1 ? 1 : calls / (quality.length - 1);
}

/** Rows by falling score; equal scores in the order of `draws`, one random number a row. */
export function orderByScore(rows: readonly Judged[], draws: readonly number[]): number[] {
  return [...rows.keys()].sort(
    (a, b) => score(rows, b) - score(rows, a) || (draws[a] as number) - (draws[b] as number),
  );
}

function score(rows: readonly Judged[], index: number): number {
  return rows[index]?.score ?? 0;
}

function meanOf(rows: readonly Judged[], value: (row: Judged) => number): number {
  return rows.reduce((sum, row) => sum + value(row), 0) / rows.length;
}

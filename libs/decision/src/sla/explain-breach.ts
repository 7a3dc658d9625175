/** Calls that agree in everything that may explain a breach. */
export interface CauseFacts {
  readonly provider: string;
  readonly model: string;
  readonly deployment: string;
  readonly region: string;
  readonly tenant: string;
  /** How they failed. Empty: they did not. */
  readonly error: string;
  /** Calls that could have been bad. */
  readonly calls: number;
  /** Calls that were: failed, or slower than a bound. */
  readonly bad: number;
}

/** Where to look for causes. */
export const DIMENSIONS = ["provider", "model", "deployment", "region", "tenant"] as const;
export type Dimension = (typeof DIMENSIONS)[number] | "error";

/** A value of a dimension and what it explains. */
export interface Cause {
  readonly dimension: Dimension;
  readonly value: string;
  /** Share of the whole breach that it explains, 0 to 1. */
  readonly share: number;
  /** How much its share differs from its part in the traffic, 0 to 1. */
  readonly surprise: number;
  readonly calls: number;
  readonly bad: number;
  readonly expectedBad: number;
  /** What narrows it down, best first. */
  readonly within: readonly Cause[];
}

/** What explains a breach. */
export interface Explanation {
  readonly summary: string;
  readonly calls: number;
  readonly bad: number;
  readonly expectedBad: number;
  readonly baselineCalls: number;
  readonly baselineBad: number;
  /** Best first, at most one of each dimension. */
  readonly causes: readonly Cause[];
}

/** Calls of the baseline that a value must have before its own rate weighs as much as everybody's. */
const PRIOR_CALLS = 20;
/** Surprise of a dimension, beyond what chance makes, below which it says nothing. */
const LEAST_SURPRISE = 0.03;
/** How much more than chance alone brings on average is needed. */
const CHANCE_FACTOR = 3;
const LEAST_SHARE = 0.1;
const DEEPEST = 3;

interface Group {
  calls: number;
  bad: number;
}

/**
 * Finds what explains bad calls, after Bhagwan et al., "Adtributor: Revenue Debugging in Advertising Systems" (NSDI 2014).
 * A value's explanatory power is its part in the excess of bad calls over those that its baseline makes one expect. Its
 * surprise is its term of the Jensen-Shannon divergence between the parts in the excess and, other than in the paper, the parts
 * in the traffic, because bad calls of a good baseline are too few to compare with. The dimension that surprises most
 * comes first, and the search goes on within its first value.
 *
 * @param noun what bad calls are, for the sentence, for example "failures"
 */
export function explainBreach(cells: readonly CauseFacts[], baseline: readonly CauseFacts[], noun: string): Explanation {
  const whole = sum(cells);
  const before = sum(baseline);
  const rate = before.calls === 0 ? 0 : before.bad / before.calls;
  const causes = findCauses(cells, baseline, { rate, share: 1, left: DIMENSIONS, depth: 1 });
  const errors = findErrors(cells, baseline, 1).slice(0, 1);
  const all = [...causes, ...errors];
  return {
    summary: summarise(whole, all, noun),
    calls: whole.calls,
    bad: whole.bad,
    expectedBad: rate * whole.calls,
    baselineCalls: before.calls,
    baselineBad: before.bad,
    causes: all,
  };
}

interface Search {
  /** Bad calls in a call of the baseline. */
  readonly rate: number;
  /** Share of the breach that is left to explain. */
  readonly share: number;
  readonly left: readonly (typeof DIMENSIONS)[number][];
  readonly depth: number;
}

function findCauses(cells: readonly CauseFacts[], baseline: readonly CauseFacts[], search: Search): Cause[] {
  const found: { cause: Cause; divergence: number }[] = [];
  for (const dimension of search.left) {
    const values = judgeValues(dimension, cells, baseline, search);
    const first = values[0];
    const divergence = values.reduce((total, { surprise }) => total + surprise, 0) - CHANCE_FACTOR * chanceDivergence(values);
    if (first !== undefined && divergence >= LEAST_SURPRISE && first.share >= LEAST_SHARE * search.share) {
      found.push({ cause: first, divergence });
    }
  }
  const best = found.toSorted((left, right) => right.divergence - left.divergence).map(({ cause }) => cause);
  return best.map((cause) => narrow(cause, cells, baseline, search));
}

function narrow(cause: Cause, cells: readonly CauseFacts[], baseline: readonly CauseFacts[], search: Search): Cause {
  if (search.depth >= DEEPEST) return cause;
  const key = cause.dimension as (typeof DIMENSIONS)[number];
  const isIn = (cell: CauseFacts) => cell[key] === cause.value;
  const inside = cells.filter(isIn);
  const before = baseline.filter(isIn);
  const left = search.left.filter((dimension) => dimension !== key);
  const within = findCauses(inside, before, { ...search, share: cause.share, left, depth: search.depth + 1 });
  return { ...cause, within: [...within, ...findErrors(inside, before, cause.share).slice(0, 1)] };
}

/** The values of a dimension by what they explain; none where it has only one value, which says nothing. */
function judgeValues(
  dimension: (typeof DIMENSIONS)[number],
  cells: readonly CauseFacts[],
  baseline: readonly CauseFacts[],
  { rate, share }: Search,
): Cause[] {
  const groups = groupBy(cells, dimension);
  if (groups.size < 2) return [];
  const before = groupBy(baseline, dimension);
  const judged = [...groups].map(([value, { calls, bad }]) => {
    const known = before.get(value) ?? { calls: 0, bad: 0 };
    const expectedBad = (calls * (known.bad + PRIOR_CALLS * rate)) / (known.calls + PRIOR_CALLS);
    return { value, calls, bad, expectedBad, excess: Math.max(0, bad - expectedBad) };
  });
  const excess = judged.reduce((total, one) => total + one.excess, 0);
  const calls = judged.reduce((total, one) => total + one.calls, 0);
  if (excess <= 0 || calls <= 0) return [];
  return judged
    .map((one) => {
      const part = one.excess / excess;
      const { value, bad, expectedBad } = one;
      const surprise = divergenceTerm(one.calls / calls, part);
      return { dimension, value, share: part * share, surprise, calls: one.calls, bad, expectedBad, within: [] };
    })
    .toSorted((left, right) => right.share - left.share);
}

/** Errors by their share in the bad calls; they have no traffic of their own to be held against. */
function findErrors(cells: readonly CauseFacts[], baseline: readonly CauseFacts[], share: number): Cause[] {
  const groups = groupBy(cells.filter(({ error }) => error !== ""), "error");
  const before = groupBy(baseline.filter(({ error }) => error !== ""), "error");
  const { calls } = sum(cells);
  const earlier = sum(baseline);
  const judged = [...groups].map(([value, { bad }]) => {
    const expectedBad = (calls * (before.get(value)?.bad ?? 0)) / (earlier.calls + PRIOR_CALLS);
    return { value, bad, expectedBad, excess: Math.max(0, bad - expectedBad) };
  });
  const excess = judged.reduce((total, one) => total + one.excess, 0);
  const usual = judged.reduce((total, one) => total + one.expectedBad, 0);
  if (excess <= 0) return [];
  return judged
    .map((one) => {
      const part = one.excess / excess;
      const expected = usual === 0 ? 1 / judged.length : one.expectedBad / usual;
      const { value, bad, expectedBad } = one;
      return { dimension: "error" as const, value, share: part * share, surprise: divergenceTerm(expected, part), calls, bad, expectedBad, within: [] };
    })
    .toSorted((left, right) => right.share - left.share);
}

/** One value's term of the Jensen-Shannon divergence, scaled to 1 for what explains all without being there before. */
function divergenceTerm(before: number, now: number): number {
  const mean = (before + now) / 2;
  const part = (share: number) => (share === 0 ? 0 : (share * Math.log2(share / mean)) / 2);
  return Math.max(0, Math.min(1, 2 * (part(before) + part(now))));
}

/**
 * The divergence that bad calls drawn at random from the traffic have on average: for small differences a quarter of that of
 * Kullback and Leibler, whose mean is (values - 1) / (2 * draws), in the scale of the terms.
 */
function chanceDivergence(values: readonly Cause[]): number {
  const draws = values.reduce((total, { bad, expectedBad }) => total + Math.max(0, bad - expectedBad), 0);
  return (values.length - 1) / (4 * Math.LN2 * draws);
}

function groupBy(cells: readonly CauseFacts[], dimension: Dimension): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const cell of cells) {
    const value = cell[dimension];
    const group = groups.get(value) ?? { calls: 0, bad: 0 };
    group.calls += cell.calls;
    group.bad += cell.bad;
    groups.set(value, group);
  }
  return groups;
}

function sum(cells: readonly CauseFacts[]): Group {
  const total = { calls: 0, bad: 0 };
  for (const { calls, bad } of cells) {
    total.calls += calls;
    total.bad += bad;
  }
  return total;
}

function summarise(whole: Group, causes: readonly Cause[], noun: string): string {
  if (whole.bad === 0) return `There were no ${noun} in ${whole.calls} calls.`;
  const [first] = causes;
  const opening = `${whole.bad} of ${whole.calls} calls were ${noun}.`;
  if (first === undefined) return `${opening} They are spread like the traffic: no provider, model, region or tenant stands out.`;
  const path = [first];
  for (let next = bestWithin(first); next !== undefined; next = bestWithin(next)) path.push(next);
  const name = path.map((cause) => nameOf(cause)).join(", within it ");
  const last = path.at(-1) ?? first;
  const error = last.within.find(({ dimension }) => dimension === "error") ?? causes.find(({ dimension }) => dimension === "error");
  const kind = error === undefined || first.dimension === "error" ? "" : `, mostly as ${error.value}`;
  return `${opening} ${capitalised(name)} explains ${Math.round(last.share * 100)} % of the rise${kind}.`;
}

/** Narrower only where it holds most of its cause. */
function bestWithin({ within, share }: Cause): Cause | undefined {
  const [first] = within;
  return first !== undefined && first.dimension !== "error" && first.share >= 0.8 * share ? first : undefined;
}

function nameOf({ dimension, value }: Cause): string {
  return value === "" ? `no ${dimension}` : `${dimension} ${value}`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

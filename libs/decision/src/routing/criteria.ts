import { Verdict } from "@fairlead/contracts/sla/v1/health";
import type { Contender } from "./target.ts";

/** Names of the criteria. */
export const CRITERIA = ["cost", "latency", "quality", "reliability", "load"] as const;
export type Criterion = (typeof CRITERIA)[number];

/** How the contenders stand among each other: one column a criterion, one place a contender, 0 to 1, higher is better. */
export interface Criteria extends Readonly<Record<Criterion, Float64Array>> {
  /** How many contenders there are. */
  readonly count: number;
}

/** How much each criterion counts. */
export type Weights = Readonly<Partial<Record<Criterion, number>>>;

/** Stands for a column that nobody looks at. */
const NO_COLUMN = new Float64Array();
/** What a degraded verdict leaves of reliability. */
const DEGRADED = 0.8;
/** Decimal orders of magnitude after which nothing of a criterion is left. */
const DECADES = { cost: 3, latency: 2 } as const;
/** Calls in flight at which a target without stated limits counts as half loaded. */
const HALF_LOADED = 16;

/**
 * Puts the contenders' figures on one scale. Cost and latency fall with the order of magnitude by which they are above
 * the best: ten times the price is a third less, wherever the prices lie, and a dear contender that comes in does not
 * change how the others stand. Beside a free contender, for which there is no ratio, the cheapest that costs something
 * counts as twice as dear. Quality and reliability are shares already; load is what is left of a target's room. Each
 * column is worked out when it is first looked at: most strategies look at few.
 *
 * @param inFlight calls of a target that its figures do not show yet
 */
export function weighCriteria(contenders: readonly Contender[], inFlight: (contender: Contender) => number): Criteria {
  const columns: Partial<Record<Criterion, Float64Array>> = {};
  return {
    count: contenders.length,
    get cost() {
      return (columns.cost ??= costColumn(contenders));
    },
    get latency() {
      return (columns.latency ??= latencyColumn(contenders));
    },
    get quality() {
      return (columns.quality ??= qualityColumn(contenders));
    },
    get reliability() {
      return (columns.reliability ??= reliabilityColumn(contenders));
    },
    get load() {
      return (columns.load ??= loadColumn(contenders, inFlight));
    },
  };
}

/** A weighted mean of the criteria for each contender. Weights are scaled to sum to one. */
export function mixCriteria(criteria: Criteria, weights: Weights): Float64Array {
  const mixed = new Float64Array(criteria.count);
  const sum = CRITERIA.reduce((total, name) => total + (weights[name] ?? 0), 0);
  for (const name of CRITERIA) {
    const share = (weights[name] ?? 0) / sum;
    if (!(share > 0)) continue;
    const column = criteria[name];
    for (let index = 0; index < mixed.length; index++) mixed[index] = at(mixed, index) + share * at(column, index);
  }
  return mixed;
}

/**
 * As `mixCriteria`, with each column that counts stretched so that its least is 0 and its most 1: for trades in which both
 * ends count.
 */
export function mixStretched(criteria: Criteria, weights: Weights): Float64Array {
  const stretched = Object.fromEntries(CRITERIA.map((name) => [name, (weights[name] ?? 0) > 0 ? stretch(criteria[name]) : NO_COLUMN]));
  return mixCriteria({ ...(stretched as Record<Criterion, Float64Array>), count: criteria.count }, weights);
}

/** One place of a column; places are within its length by construction. */
export function at(column: Float64Array, index: number): number {
  return column[index] as number;
}

/** All 1 where all are equal. */
function stretch(column: Float64Array): Float64Array {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let place = 0; place < column.length; place++) {
    least = Math.min(least, at(column, place));
    most = Math.max(most, at(column, place));
  }
  const stretched = new Float64Array(column.length).fill(1);
  if (most > least) for (let place = 0; place < column.length; place++) stretched[place] = (at(column, place) - least) / (most - least);
  return stretched;
}

// Each column has a loop of its own: a shared one that calls a function for each place takes several times as long.

function qualityColumn(contenders: readonly Contender[]): Float64Array {
  const column = new Float64Array(contenders.length);
  for (const { place, offered } of contenders) column[place] = offered.quality;
  return column;
}

function reliabilityColumn(contenders: readonly Contender[]): Float64Array {
  const column = new Float64Array(contenders.length);
  for (const { place, target, reliability } of contenders) column[place] = target.verdict === Verdict.DEGRADED ? reliability * DEGRADED : reliability;
  return column;
}

function loadColumn(contenders: readonly Contender[], inFlight: (contender: Contender) => number): Float64Array {
  const column = new Float64Array(contenders.length);
  for (const contender of contenders) column[contender.place] = roomOf(contender, inFlight(contender));
  return column;
}

/** Contenders of one model at one provider cost the same and mostly come next to each other. */
function costColumn(contenders: readonly Contender[]): Float64Array {
  const column = new Float64Array(contenders.length);
  const cheapest = cheapestOf(contenders);
  let offer = -1;
  let own = 0;
  for (const contender of contenders) {
    if (contender.offer !== offer) {
      offer = contender.offer;
      own = standing(cheapest, contender.offered.cost, DECADES.cost);
    }
    column[contender.place] = own;
  }
  return column;
}

function latencyColumn(contenders: readonly Contender[]): Float64Array {
  const column = new Float64Array(contenders.length);
  let fastest = Number.POSITIVE_INFINITY;
  for (const { latencyMs } of contenders) fastest = Math.min(fastest, latencyMs);
  for (const { place, latencyMs } of contenders) column[place] = standing(fastest, latencyMs, DECADES.latency);
  return column;
}

function cheapestOf(contenders: readonly Contender[]): number {
  let cheapest = Number.POSITIVE_INFINITY;
  let free = false;
  for (const { offered } of contenders) {
    if (offered.cost > 0) cheapest = Math.min(cheapest, offered.cost);
    else free = true;
  }
  return free ? cheapest / 2 : cheapest;
}

function standing(best: number, own: number, decades: number): number {
  if (own <= best || own <= 0) return 1;
  return Math.max(0, 1 - Math.log10(own / best) / decades);
}

function roomOf({ target }: Contender, inFlight: number): number {
  const { state, limits } = target;
  const busy = (state?.active ?? 0) + (state?.queued ?? 0) + inFlight;
  const slots = limits === undefined || limits.concurrentRequests === 0 ? HALF_LOADED : limits.concurrentRequests / 2;
  const headroom = state === undefined ? 1 : Math.min(state.requestHeadroom, state.tokenHeadroom);
  return (headroom * slots) / (slots + busy);
}
